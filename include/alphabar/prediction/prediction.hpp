// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/detail/error_free.hpp"
#include "alphabar/kernel/detail/floating_point.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar {

/// What a network may predict of x_t = √A x_0 + √B ε. All five are linear in (x_0, ε).
enum class Prediction {
  noise,         ///< ε (Ho et al. 2020, arXiv:2006.11239v2, eq. 14)
  x0,            ///< x_0
  velocity,      ///< v = √A ε − √B x_0 (Salimans, Ho 2022, arXiv:2202.00512, appendix D)
  score,         ///< −ε/√B = ∇ log q(x_t | x_0) (Song et al. 2021, arXiv:2011.13456, eq. 7)
  flow_velocity  ///< u = ε − x_0 (Esser et al. 2024, arXiv:2403.03206: from data to noise)
};

namespace detail {

/// x0 · x_0 + noise · ε.
struct LinearForm {
  double x0;
  double noise;

  friend bool operator==(const LinearForm&, const LinearForm&) = default;
};

/// The determinant |p, q|. For the forms below it is a sum of terms of one sign, or the difference
/// of the two given scales: no cancellation amplifies a rounding error.
inline double area(LinearForm p, LinearForm q) { return fma(p.x0, q.noise, -(p.noise * q.x0)); }

/// The definition of a kind: the prediction is form / unit.
struct PredictionForm {
  const char* name;
  LinearForm form;
  double unit;
  const char* area_with_x_t;  ///< by name, for the messages
};

/// `function` is who refuses a score without noise.
inline PredictionForm prediction_form(Prediction kind, double signal_scale, double noise_scale,
                                      std::string_view function = "PredictionConversion") {
  switch (kind) {
    case Prediction::noise:
      return {"noise", {0, 1}, 1, "signal_scale"};
    case Prediction::x0:
      return {"x0", {1, 0}, 1, "noise_scale"};
    case Prediction::velocity:
      return {"velocity", {-noise_scale, signal_scale}, 1, "signal_power + noise_variance"};
    case Prediction::score:
      require(noise_scale > 0, function, "noise_scale", "be > 0 for a score", noise_scale);
      return {"score", {0, 1}, -noise_scale, "signal_scale"};
    case Prediction::flow_velocity:
      break;
  }
  return {"flow_velocity", {-1, 1}, 1, "signal_scale + noise_scale"};
}

}  // namespace detail

/// The scales of a network's input, data and output. The input is input · x_t, for example
/// x_t/√(1 + σ²) for x_t = x_0 + σ ε; the prediction P refers to the scaled input and the scaled
/// data, which matters for v and the score. The data are x_0/data, and the output is
/// prediction · P. The F of EDM with the deviation σ_d of the data is −v of x_0/σ_d at
/// x_t/√(σ_d² + σ²): {1/√(σ_d² + σ²), σ_d, −1} (Karras et al. 2022, arXiv:2206.00364, eq. 7).
struct NetworkScales {
  double input = 1;       ///< of x_t, > 0
  double data = 1;        ///< of x_0, > 0
  double prediction = 1;  ///< of the prediction, not 0

  friend bool operator==(const NetworkScales&, const NetworkScales&) = default;
};

/// Converts one kind of prediction to another, given x_t:
///
///     to = a x_t + b from,    a = |to, from| / |x_t, from|,    b = |x_t, to| / |x_t, from|,
///
/// where |p, q| = p_0 q_ε − p_ε q_0 for p = p_0 x_0 + p_ε ε. This is Cramer's rule. It contains the
/// twenty formulas of the papers and holds for any kernel from 0 to t, also where A + B ≠ 1. Four
/// of them:
///
///     ε → x_0: (x_t − √B ε)/√A        v → x_0: (√A x_t − √B v)/(A + B)
///     x_0 → ε: (x_t − √A x_0)/√B      v → ε:   (√B x_t + √A v)/(A + B)
///
/// `NetworkScales` describe a network whose input or data are scaled.
///
/// Limits: from == to gives exactly (0, 1). At zero terminal SNR (A = 0) x_0 = −v/√B; at t = 0
/// (B = 0) v = √A ε.
/// Accuracy: a and b are within 4 ulp (float: 0.51 ulp) of the exact function of the kernel's two
/// scales, as long as A + B, a and b are in the normal range of double.
/// Cost: three fused multiply-adds and a few divisions, no allocation.
template <Real Scalar = double>
class PredictionConversion {
 public:
  /// @throws std::invalid_argument when x_t and `from` do not determine `to` within the range of
  /// Scalar: x_0, v or u from ε at A = 0; ε, v or u from x_0 at B = 0; a score at B = 0; and for
  /// scales that are 0 or not finite, or an input or data scale < 0
  PredictionConversion(const TransitionKernel<Scalar>& zero_to_t, Prediction from, Prediction to,
                       const NetworkScales& scales = {}) {
    if (from == to && scales == NetworkScales{}) return;
    require_positive("scales.input", scales.input);
    require_positive("scales.data", scales.data);
    detail::require(std::isfinite(scales.prediction) && scales.prediction != 0,
                    "PredictionConversion", "scales.prediction", "be finite and not 0",
                    scales.prediction);
    const detail::LinearForm x_t{static_cast<double>(zero_to_t.signal_scale()),
                                 static_cast<double>(zero_to_t.noise_scale())};
    auto given = detail::prediction_form(from, scales.input * scales.data * x_t.x0,
                                         scales.input * x_t.noise);
    given.form.x0 /= scales.data;
    given.unit /= scales.prediction;
    const auto wanted = detail::prediction_form(to, x_t.x0, x_t.noise);
    double xt_scale = 0;
    double prediction_scale = 1;
    if (wanted.form != given.form) {
      const double spanned = detail::area(x_t, given.form);
      if (spanned == 0) refuse_to_turn(given, wanted, given.area_with_x_t, "be > 0", 0.0);
      xt_scale = detail::area(wanted.form, given.form) / spanned;
      prediction_scale = detail::area(x_t, wanted.form) / spanned;
    }
    xt_scale_ = static_cast<Scalar>(xt_scale / wanted.unit);
    prediction_scale_ = static_cast<Scalar>(prediction_scale * given.unit / wanted.unit);
    for (const Scalar scale : {xt_scale_, prediction_scale_}) {
      if (!std::isfinite(scale)) refuse_to_turn(given, wanted, "a coefficient", "be finite", scale);
    }
  }

  /// Both coefficients rounded to this Scalar.
  template <Real Other>
  explicit PredictionConversion(const PredictionConversion<Other>& other)
      : xt_scale_(static_cast<Scalar>(other.xt_scale())),
        prediction_scale_(static_cast<Scalar>(other.prediction_scale())) {}

  [[nodiscard]] Scalar xt_scale() const noexcept { return xt_scale_; }                  ///< a
  [[nodiscard]] Scalar prediction_scale() const noexcept { return prediction_scale_; }  ///< b

  /// a x_t + b prediction for numbers.
  template <Arithmetic X, Arithmetic P>
  [[nodiscard]] Scalar operator()(X x_t, P prediction) const {
    return detail::affine(xt_scale_, static_cast<Scalar>(x_t), prediction_scale_,
                          static_cast<Scalar>(prediction));
  }

  /// The same for Eigen vectors, batches and arrays with this Scalar; returns a plain object.
  /// @throws std::invalid_argument when the shapes differ
  template <class X, class P>
  requires SameScalar<typename X::Scalar, Scalar> && SameScalar<typename P::Scalar, Scalar>
  [[nodiscard]] auto operator()(const X& x_t, const P& prediction) const {
    constexpr auto function = "PredictionConversion";
    detail::require_size(function, "prediction.rows()", x_t.rows(), prediction.rows());
    detail::require_size(function, "prediction.cols()", x_t.cols(), prediction.cols());
    return (xt_scale_ * x_t + prediction_scale_ * prediction).eval();
  }

 private:
  static void require_positive(const char* argument, double scale) {
    detail::require(std::isfinite(scale) && scale > 0, "PredictionConversion", argument,
                    "be finite and > 0", scale);
  }

  template <Real Value>
  [[noreturn]] static void refuse_to_turn(const detail::PredictionForm& from,
                                          const detail::PredictionForm& to, const char* argument,
                                          std::string requirement, Value value) {
    requirement.append(" to turn ").append(from.name).append(" into ").append(to.name);
    detail::refuse("PredictionConversion", argument, requirement, value);
  }

  Scalar xt_scale_ = 0;
  Scalar prediction_scale_ = 1;
};

}  // namespace alphabar
