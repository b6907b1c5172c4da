// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <numbers>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/binary_split.hpp"
#include "alphabar/covariance/detail/in_double.hpp"

/// Sums over the eigenvalues of a covariance, a block at a time: what is computed for each becomes
/// vector instructions where it can, and a block stays in the cache. The last eigenvalues, less
/// than a block, are added one by one.
namespace alphabar::detail {

inline constexpr int spectral_block = 256;

/// λ → log λ: its sum is a determinant's.
struct Logarithm {
  template <Real Scalar>
  Scalar operator()(Scalar lambda) const {
    return std::log(lambda);
  }
};

/// Σ of_block(b) over the whole blocks b of a vector, and Σ f(λ) over the values behind them.
template <class Values, class OfBlock, class F>
auto sum_in_blocks(const Values& values, const OfBlock& of_block, F f) {
  decltype(f(typename Values::Scalar())) sum = 0;
  Index first = 0;
  for (; first + spectral_block <= values.size(); first += spectral_block) {
    sum += of_block(values.segment(first, spectral_block));
  }
  return sum + values.tail(values.size() - first).unaryExpr(f).sum();
}

template <class Scalar>
using SpectralBlock = Eigen::Array<Scalar, spectral_block, 1>;

/// Σ f(λ) over a vector of values, of the type that f returns.
template <class Values, class F>
auto spectral_sum(const Values& values, F f) {
  const auto of_block = [&](const auto& block) {
    const SpectralBlock<decltype(f(typename Values::Scalar()))> terms = block.array().unaryExpr(f);
    return terms.sum();
  };
  return sum_in_blocks(values, of_block, f);
}

/// Σ log λ, −∞ when a value is 0: a logarithm for each block, that of the product of all fractions
/// beside the sum of all exponents of 2.
template <class Values>
typename Values::Scalar spectral_sum(const Values& values, Logarithm logarithm) {
  using Scalar = typename Values::Scalar;
  using Double = typename InDouble<Values>::Scalar;
  using Limits = std::numeric_limits<Double>;
  const auto of_block = [&](const auto& block) {
    const SpectralBlock<Double> x = block.template cast<Double>();
    if (!(x.minCoeff() >= Limits::min() && x.maxCoeff() <= Limits::max())) {
      return static_cast<Scalar>(x.unaryExpr(logarithm).sum());
    }
    SpectralBlock<Double> exponents;
    SpectralBlock<Double> fractions;
    for (Index k = 0; k < spectral_block; ++k) {
      const auto [exponent, fraction] = binary_split(x(k));
      exponents(k) = exponent;
      fractions(k) = fraction;
    }
    return static_cast<Scalar>(exponents.sum() * std::numbers::ln2 + std::log(fractions.prod()));
  };
  return sum_in_blocks(values, of_block, logarithm);
}

}  // namespace alphabar::detail
