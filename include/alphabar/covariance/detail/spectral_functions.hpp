// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

#include "alphabar/concepts.hpp"

/// Functions of the eigenvalues of a covariance, applied to each or summed over all.
///
/// Sums are formed in blocks, which the compiler can vectorize and which stay in the cache. The
/// remaining eigenvalues, fewer than a block, are added one by one.
namespace alphabar::detail {

/// λ.
struct Identity {
  template <class T>
  T operator()(T x) const {
    return x;
  }
};

/// A function that takes all eigenvalues at once, as an array: Eigen vectorizes roots, which a
/// compiler must not do with std::sqrt, because it sets errno.
template <class F>
concept ArrayFunction = F::takes_arrays;

/// √λ.
struct Root {
  static constexpr bool takes_arrays = true;
  template <class Lambda>
  auto operator()(const Lambda& lambda) const {
    using std::sqrt;
    return sqrt(lambda);
  }
};

/// 1/√λ.
struct InverseRoot : Root {
  template <class Lambda>
  auto operator()(const Lambda& lambda) const {
    return 1 / Root::operator()(lambda);
  }
};

/// The numbers of a plain matrix in memory order, as one type for all shapes, so that what is done
/// with them is compiled once.
template <class Plain>
auto flat(const Plain& values) {
  using Vector = Eigen::Matrix<typename Plain::Scalar, Eigen::Dynamic, 1>;
  return Eigen::Map<const Vector>(values.data(), values.size());
}

/// f(λ) for each number of a plain matrix. It is a plain loop, which the compiler can vectorize, so
/// that no Eigen expression is instantiated for each f.
template <class Plain, class F>
Plain spectral_map(const Plain& values, const F& f) {
  using Array = Eigen::Array<typename Plain::Scalar, Eigen::Dynamic, 1>;
  Plain mapped(values.rows(), values.cols());
  if constexpr (ArrayFunction<F>) {
    Eigen::Map<Array>(mapped.data(), mapped.size()) = f(flat(values).array());
  } else {
    for (Index k = 0; k < values.size(); ++k) mapped.data()[k] = f(values.data()[k]);
  }
  return mapped;
}

/// x = 2^exponent · fraction.
struct BinarySplit {
  double exponent;  ///< an integer; −∞ for x = 0
  double fraction;  ///< in [√½, √2)
};

/// The split of x = 0 or a positive normal x, by integer arithmetic without branches or calls: the
/// compiler vectorizes it in a loop, from SSE2 on.
inline BinarySplit binary_split(double x) {
  using Bits = std::uint64_t;
  constexpr int mantissa_bits = 52;
  constexpr Bits mantissa = (Bits{1} << mantissa_bits) - 1;
  constexpr Bits root_of_half = std::bit_cast<Bits>(std::numbers::sqrt2 / 2);
  // About x · √2: its exponent field is that of the power of 2 nearest to x.
  const Bits raised = std::bit_cast<Bits>(x) + (std::bit_cast<Bits>(1.0) - root_of_half);
  const Bits field = raised >> mantissa_bits;
  // A small integer, written into the mantissa of 2⁵², becomes a double.
  const double biased = std::bit_cast<double>(field | std::bit_cast<Bits>(0x1p52)) - 0x1p52;
  // The field is 0 for x = 0 only: its bits make +∞ there, and 0 elsewhere.
  const Bits is_zero = (field - 1) >> 63;
  const auto infinite_at_zero = std::bit_cast<double>((is_zero << 63) - (is_zero << mantissa_bits));
  return {biased - 1023 - infinite_at_zero,
          std::bit_cast<double>((raised & mantissa) + root_of_half)};
}

inline constexpr int spectral_block = 256;

/// log λ; the sum is the log-determinant.
struct Logarithm {
  template <Real Scalar>
  Scalar operator()(Scalar lambda) const {
    return std::log(lambda);
  }
};

/// Σ f(λ) over the block of values from `first` on.
template <class Values, class F>
auto block_sum(const Values& values, Index first, F& f) {
  Eigen::Array<std::invoke_result_t<F&, typename Values::Scalar>, spectral_block, 1> terms;
  for (Index k = 0; k < spectral_block; ++k) terms(k) = f(values(first + k));
  return terms.sum();
}

/// Σ log λ, by one logarithm, of the product of all fractions; the exponents of 2 are summed.
template <class Values>
auto block_sum(const Values& values, Index first, Logarithm&) {
  using Double = std::common_type_t<double, typename Values::Scalar>;
  using Limits = std::numeric_limits<Double>;
  Eigen::Array<Double, spectral_block, 1> exponents;
  Eigen::Array<Double, spectral_block, 1> fractions;
  bool normal = true;
  for (Index k = 0; k < spectral_block; ++k) {
    const auto x = static_cast<Double>(values(first + k));
    normal = normal && x >= (Limits::min)() && x <= (Limits::max)();
    const auto [exponent, fraction] = binary_split(x);
    exponents(k) = exponent;
    fractions(k) = fraction;
  }
  if (normal) return exponents.sum() * std::numbers::ln2 + std::log(fractions.prod());
  const auto logarithm = [](Double lambda) { return std::log(lambda); };
  return block_sum(values, first, logarithm);
}

/// Σ f(λ) over a vector of values, of the type that f returns; Σ log λ is −∞ when a value is 0.
template <class Values, class F>
std::invoke_result_t<F&, typename Values::Scalar> spectral_sum(const Values& values, F f) {
  using Sum = std::invoke_result_t<F&, typename Values::Scalar>;
  Sum sum = 0;
  Sum rest = 0;
  Index first = 0;
  for (; first + spectral_block <= values.size(); first += spectral_block) {
    sum += static_cast<Sum>(block_sum(values, first, f));
  }
  for (; first < values.size(); ++first) rest += f(values(first));
  return sum + rest;
}

}  // namespace alphabar::detail
