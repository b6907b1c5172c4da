// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/detail/error_free.hpp"
#include "alphabar/kernel/detail/floating_point.hpp"

namespace alphabar {

/// One Gaussian step of a diffusion, from a time s to a time t >= s:
///
///     q(x_t | x_s) = N(√A x_s, B I),    that is    x_t = √A x_s + √B ε,  ε ~ N(0, I).
///
/// A is the `signal_power`, B the `noise_variance`; their roots are the scales. A kernel depends on
/// neither data nor schedule, so one type is used for variance-preserving (A + B = 1),
/// variance-exploding (A = 1), EDM and flow-matching processes.
///
/// `later * earlier` is the composition, and it derives the closed form: two steps with A = 1 − β,
/// B = β give A = (1 − β')(1 − β) and B = (1 − β')β + β' = 1 − A. The product of t steps has
/// A = ᾱ_t and B = 1 − ᾱ_t (Ho et al. 2020, arXiv:2006.11239v2, eq. 4).
///
/// Invariant: all four numbers are finite and not negative. All four are stored, because √A may be
/// nonzero where A has underflowed.
/// Accuracy: a product of n kernels keeps A and B within 2n units u of relative error (u = 2⁻⁵³,
/// for float 2⁻²⁴) when each factor is correctly rounded. The kernels of `NoiseSchedule` are within
/// 0.51 ulp, for any number of steps.
template <Real Scalar = double>
class TransitionKernel {
 public:
  /// The identity, t = s.
  TransitionKernel() = default;

  /// @throws std::invalid_argument unless both are finite and >= 0
  TransitionKernel(Scalar signal_power, Scalar noise_variance)
      : signal_power_(checked("TransitionKernel", "signal_power", signal_power)),
        noise_variance_(checked("TransitionKernel", "noise_variance", noise_variance)),
        signal_scale_(std::sqrt(signal_power)),
        noise_scale_(std::sqrt(noise_variance)) {}

  /// From √A and √B, which are kept as given.
  /// @throws std::invalid_argument unless both are >= 0, with squares that are finite
  [[nodiscard]] static TransitionKernel from_scales(Scalar signal_scale, Scalar noise_scale) {
    constexpr auto name = "TransitionKernel::from_scales";
    const Scalar signal_power = square(name, "signal_scale", signal_scale);
    const Scalar noise_variance = square(name, "noise_scale", noise_scale);
    return {signal_power, noise_variance, signal_scale, noise_scale};
  }

  /// From all four numbers, kept as given, for callers whose √A and √B are more accurate than the
  /// roots of the rounded A and B. A and B may have underflowed where their roots have not.
  /// @throws std::invalid_argument unless all are finite and >= 0, and A and B are the squares of
  ///         the scales to rounding
  [[nodiscard]] static TransitionKernel from_powers_and_scales(Scalar signal_power,
                                                               Scalar noise_variance,
                                                               Scalar signal_scale,
                                                               Scalar noise_scale) {
    constexpr auto name = "TransitionKernel::from_powers_and_scales";
    require_root(name, "signal_scale", signal_scale, signal_power);
    require_root(name, "noise_scale", noise_scale, noise_variance);
    return {signal_power, noise_variance, signal_scale, noise_scale};
  }

  /// Each of the four numbers rounded to this Scalar.
  template <Real Other>
  explicit TransitionKernel(const TransitionKernel<Other>& other)
      : TransitionKernel(
            static_cast<Scalar>(other.signal_power()), static_cast<Scalar>(other.noise_variance()),
            static_cast<Scalar>(other.signal_scale()), static_cast<Scalar>(other.noise_scale())) {}

  [[nodiscard]] Scalar signal_power() const noexcept { return signal_power_; }      ///< A
  [[nodiscard]] Scalar noise_variance() const noexcept { return noise_variance_; }  ///< B
  [[nodiscard]] Scalar signal_scale() const noexcept { return signal_scale_; }      ///< √A
  [[nodiscard]] Scalar noise_scale() const noexcept { return noise_scale_; }        ///< √B

  /// Chapman–Kolmogorov: first `earlier`, then `later`. A = A'A, B = A'B + B'.
  /// @throws std::invalid_argument if A or B overflows
  [[nodiscard]] friend TransitionKernel operator*(const TransitionKernel& later,
                                                  const TransitionKernel& earlier) {
    const Scalar noise_variance =
        detail::fma(later.signal_power_, earlier.noise_variance_, later.noise_variance_);
    return {later.signal_power_ * earlier.signal_power_, noise_variance,
            later.signal_scale_ * earlier.signal_scale_,
            std::hypot(later.signal_scale_ * earlier.noise_scale_, later.noise_scale_)};
  }

  friend bool operator==(const TransitionKernel&, const TransitionKernel&) = default;

  /// Aλ + B: the variance of x_t in a direction in which x_s has the variance λ.
  template <Arithmetic Lambda>
  [[nodiscard]] auto variance(Lambda lambda) const noexcept {
    const auto wide = static_cast<std::common_type_t<Scalar, Lambda>>(lambda);
    return signal_power_ * wide + noise_variance_;
  }

  /// The same for an Eigen array of variances with this kernel's Scalar; returns a plain array.
  template <class Lambdas>
  requires SameScalar<typename Lambdas::Scalar, Scalar>
  [[nodiscard]] auto variance(const Lambdas& lambdas) const {
    return (signal_power_ * lambdas + noise_variance_).eval();
  }

  /// √A x + √B ε for numbers.
  template <Arithmetic X, Arithmetic Noise>
  [[nodiscard]] Scalar perturb(X x, Noise noise) const {
    return detail::affine(signal_scale_, static_cast<Scalar>(x), noise_scale_,
                          static_cast<Scalar>(noise));
  }

  /// √A x + √B ε for Eigen vectors, batches and arrays with this kernel's Scalar; returns a plain
  /// object.
  /// @throws std::invalid_argument when the shapes differ
  template <class X, class Noise>
  requires SameScalar<typename X::Scalar, Scalar> && SameScalar<typename Noise::Scalar, Scalar>
  [[nodiscard]] auto perturb(const X& x, const Noise& noise) const {
    detail::require_size("TransitionKernel::perturb", "noise.rows()", x.rows(), noise.rows());
    detail::require_size("TransitionKernel::perturb", "noise.cols()", x.cols(), noise.cols());
    return (signal_scale_ * x + noise_scale_ * noise).eval();
  }

 private:
  /// From four consistent numbers. The powers may have underflowed or overflowed.
  TransitionKernel(Scalar signal_power, Scalar noise_variance, Scalar signal_scale,
                   Scalar noise_scale)
      : signal_power_(checked("TransitionKernel", "signal_power", signal_power)),
        noise_variance_(checked("TransitionKernel", "noise_variance", noise_variance)),
        signal_scale_(signal_scale),
        noise_scale_(noise_scale) {}

  static Scalar checked(const char* function, const char* argument, Scalar value) {
    detail::require(std::isfinite(value) && value >= 0, function, argument, "be finite and >= 0",
                    value);
    return value;
  }

  /// The square of a scale.
  static Scalar square(const char* function, const char* argument, Scalar scale) {
    const Scalar power = checked(function, argument, scale) * scale;
    detail::require(std::isfinite(power), function, argument, "have a finite square", scale);
    return power;
  }

  /// The bound is twice the largest error of rounding the arguments, plus a term for subnormal
  /// squares.
  static void require_root(const char* function, const char* argument, Scalar root, Scalar square) {
    using Limits = std::numeric_limits<Scalar>;
    checked(function, argument, root);
    const Scalar rounding = 4 * (Limits::epsilon() * square + Limits::denorm_min());
    detail::require(std::abs(root * root - square) <= rounding, function, argument,
                    "be the root of its square, given beside it", root);
  }

  Scalar signal_power_ = 1;
  Scalar noise_variance_ = 0;
  Scalar signal_scale_ = 1;
  Scalar noise_scale_ = 0;
};

template <Arithmetic A, Arithmetic B>
TransitionKernel(A, B) -> TransitionKernel<
    std::conditional_t<std::is_same_v<A, float> && std::is_same_v<B, float>, float, double>>;

}  // namespace alphabar
