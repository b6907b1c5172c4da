// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "alphabar/concepts.hpp"
#include "alphabar/detail/binary_split.hpp"
#include "alphabar/detail/in_double.hpp"

/// Sums over the eigenvalues of a covariance, a block at a time: what is computed for each becomes
/// vector instructions where it can, and the blocks stay in the cache.
namespace alphabar::detail {

inline constexpr int spectral_block = 256;

/// The λ of log λ: its sum is a determinant's.
struct Logarithm {
  template <Real Scalar>
  Scalar operator()(Scalar lambda) const {
    return std::log(lambda);
  }
};

/// Calls add(block) for a vector of values, block by block.
template <class Values, class Add>
void for_each_spectral_block(const Values& values, const Add& add) {
  for (Index first = 0; first < values.size(); first += spectral_block) {
    add(values.segment(first, std::min<Index>(spectral_block, values.size() - first)));
  }
}

/// Numbers for one block, on the stack.
template <class Scalar>
using SpectralBlock = Eigen::Array<Scalar, Eigen::Dynamic, 1, Eigen::ColMajor, spectral_block, 1>;

/// Σ f(λ) over a vector of values.
template <class Values, class F>
typename Values::Scalar spectral_sum(const Values& values, F f) {
  typename Values::Scalar sum = 0;
  for_each_spectral_block(values, [&](const auto& block) {
    const SpectralBlock<typename Values::Scalar> terms = block.array().unaryExpr(f);
    sum += terms.sum();
  });
  return sum;
}

/// Σ log λ, −∞ when a value is 0: a logarithm for each block, that of the product of all fractions
/// beside the sum of all exponents of 2.
template <class Values>
typename Values::Scalar spectral_sum(const Values& values, Logarithm logarithm) {
  using Double = typename InDouble<Values>::Scalar;
  using Limits = std::numeric_limits<Double>;
  Double sum = 0;
  for_each_spectral_block(values, [&](const auto& block) {
    const SpectralBlock<Double> x = block.template cast<Double>();
    if (!(x.minCoeff() >= Limits::min() && x.maxCoeff() <= Limits::max())) {
      sum += x.unaryExpr(logarithm).sum();
      return;
    }
    SpectralBlock<Double> exponents(x.size());
    SpectralBlock<Double> fractions(x.size());
    for (Index k = 0; k < x.size(); ++k) {
      const auto [exponent, fraction] = binary_split(x(k));
      exponents(k) = exponent;
      fractions(k) = fraction;
    }
    sum += exponents.sum() * std::numbers::ln2 + std::log(fractions.prod());
  });
  return static_cast<typename Values::Scalar>(sum);
}

}  // namespace alphabar::detail
