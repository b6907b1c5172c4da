// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

/// A sampler is a list of numbers. All that it ever does is ask the network at some point x and
/// add:
///
///     x_next = c_x x + c_pred D + c_prev D' + c_noise z,    z ~ N(0, I)
///
/// where D is what the network says at x and D' what it said at the call before. The same list
/// drives a real network (`run_sampler`, or any loop around an inference engine) and the exact law
/// of what comes out (oracle/sampler_law.hpp), so that neither can drift from the other.
namespace alphabar {

/// The numbers after one call of the network.
struct AffineStep {
  double x = 1;           ///< c_x
  double prediction = 0;  ///< c_pred
  double previous = 0;    ///< c_prev
  double noise = 0;       ///< c_noise; 0 draws nothing
  std::array<double, 2>
      older{};  ///< of D'' and D''': only Runge–Kutta of order 4 looks back so far

  friend bool operator==(const AffineStep&, const AffineStep&) = default;
};

/// The same step for a network of another kind, which says P where D = a x + b P is wanted: c_x + a
/// c_pred and b c_pred in the places of c_x and c_pred. D' remains what it is, so keep D of each
/// call when the sampler looks back.
[[nodiscard]] inline AffineStep for_network(AffineStep step,
                                            const PredictionConversion<double>& conversion) {
  step.x += conversion.xt_scale() * step.prediction;
  step.prediction *= conversion.prediction_scale();
  return step;
}

/// One call of the network: where, and what is made of the answer.
struct SamplerStep {
  double time = 0;                       ///< of x, on the path
  TransitionKernel<double> zero_to_t{};  ///< q(x_t | x_0): the noise in x
  AffineStep coefficients{};             ///< of the step from there
};

/// A sampler on its grid, written out call by call.
struct SamplerPlan {
  Prediction prediction = Prediction::x0;  ///< what D is
  std::vector<SamplerStep> steps{};        ///< in the order of the calls

  /// How often the network is asked.
  [[nodiscard]] Index calls() const { return static_cast<Index>(steps.size()); }

  /// Whether an answer is needed again after later calls.
  [[nodiscard]] bool looks_back() const {
    return std::any_of(steps.begin(), steps.end(), [](const SamplerStep& step) {
      const AffineStep& c = step.coefficients;
      return c.previous != 0 || c.older[0] != 0 || c.older[1] != 0;
    });
  }

  /// The numbers after call k = 0..calls() − 1 of a network that predicts `kind`.
  /// @throws std::out_of_range for another k, std::invalid_argument where x and a prediction of
  ///     `kind` do not determine D: from ε at zero terminal SNR
  [[nodiscard]] AffineStep coefficients(Index k, Prediction kind) const {
    detail::require_in_range("SamplerPlan::coefficients", "k", 0, calls() - 1, k);
    const SamplerStep& step = steps[static_cast<std::size_t>(k)];
    return for_network(step.coefficients, {step.zero_to_t, kind, prediction});
  }
};

}  // namespace alphabar
