// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

namespace alphabar::detail {

/// The prediction of an ideal network for x_t = √A x_0 + √B ε when x_0 ~ N(μ, Σ): the conditional
/// mean.
/// In an eigendirection of Σ with the eigenvalue λ, and with λ_t = Aλ + B, it is
/// gain · x + of_mean · μ:
///
///     kind            gain · λ_t         of_mean · λ_t
///     noise           √B                 −√A √B
///     x0              √A λ               B
///     velocity        √A √B (1 − λ)      −√B (A + B)
///     score           −1                 √A
///     flow_velocity   √B − √A λ          −√B (√A + √B)
///
/// The only differences are those in the table. Where λ_t = 0, x_t carries no information and the
/// prediction is that of the mean. There the score does not exist, and the version for arrays has
/// an infinite gain.
template <Real Scalar>
class IdealPrediction {
 public:
  IdealPrediction(Prediction kind, const TransitionKernel<Scalar>& kernel)
      : kind_(kind), kernel_(kernel) {
    const Scalar signal = kernel.signal_scale();
    const Scalar noise = kernel.noise_scale();
    switch (kind) {
      case Prediction::noise:
        set({noise, 1, 0, -signal * noise, 0});
        break;
      case Prediction::x0:
        set({signal, 0, 1, kernel.noise_variance(), 1});
        break;
      case Prediction::velocity:
        set({signal * noise, 1, -1, -noise * (kernel.signal_power() + kernel.noise_variance()),
             -noise});
        break;
      case Prediction::score:
        set({-1, 1, 0, signal, 0});
        break;
      case Prediction::flow_velocity:
        set({1, noise, -signal, -noise * (signal + noise), -1});
        break;
    }
  }

  /// For a number.
  template <Arithmetic Lambda>
  [[nodiscard]] Scalar gain(Lambda lambda) const {
    const auto variance = kernel_.variance(lambda);
    const auto numerator = form_.scale * (form_.constant + form_.slope * lambda);
    return variance > 0 ? numerator / variance : 0;
  }
  template <Arithmetic Lambda>
  [[nodiscard]] Scalar of_mean(Lambda lambda) const {
    const auto variance = kernel_.variance(lambda);
    return variance > 0 ? form_.of_mean / variance : form_.of_mean_alone;
  }

  /// Both coefficients, for a number or an array of numbers, with one division.
  template <class Value>
  struct Gains {
    Value gain;
    Value of_mean;
  };
  template <class Value>
  [[nodiscard]] Gains<Value> operator()(const Value& lambda) const {
    const Value variance = kernel_.variance(lambda);
    const Value inverse = 1 / variance;
    Gains<Value> gains{form_.scale * (form_.constant + form_.slope * lambda) * inverse,
                       form_.of_mean * inverse};
    if (kernel_.noise_variance() > 0 || kind_ == Prediction::score) return gains;
    if constexpr (Arithmetic<Value>) {
      if (!(variance > 0)) gains = {0, form_.of_mean_alone};
    } else {
      for (Index k = 0; k < variance.size(); ++k) {
        if (variance(k) > 0) continue;
        gains.gain(k) = 0;
        gains.of_mean(k) = form_.of_mean_alone;
      }
    }
    return gains;
  }

 private:
  /// gain = scale (constant + slope λ)/λ_t; of_mean at λ_t = 0 is `of_mean_alone`.
  struct Form {
    Scalar scale, constant, slope, of_mean, of_mean_alone;
  };

  void set(const Form& form) { form_ = form; }

  Prediction kind_;
  TransitionKernel<Scalar> kernel_;
  Form form_{};
};

}  // namespace alphabar::detail
