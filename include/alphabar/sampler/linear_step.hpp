// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

namespace alphabar {

/// The linear step after a call of the network:
///
///     x_next = x · x_k + Σ_j predictions[j] D_{k−j} + Σ_j draws[j] z_{m−j}
///
/// where x_k is the point of call k, D_k the prediction there, and z_m the last standard normal
/// drawn so far, including those of this step.
struct LinearStep {
  double x = 1;                       ///< the weight of the point
  std::vector<double> predictions{};  ///< of this prediction, the one before, ...
  std::vector<double> draws{};        ///< of the last normal, the one before, ...
  Index new_draws = 0;                ///< how many normals are drawn for this step

  friend bool operator==(const LinearStep&, const LinearStep&) = default;
};

/// The same step for a network that predicts P, where D = a x + b P: x + a predictions[0] and b
/// predictions[0] replace the weights of x and D. Earlier predictions remain those of D.
[[nodiscard]] inline LinearStep for_network(LinearStep step,
                                            const PredictionConversion<double>& conversion) {
  if (step.predictions.empty()) return step;
  step.x += conversion.xt_scale() * step.predictions[0];
  step.predictions[0] *= conversion.prediction_scale();
  return step;
}

/// One call of the network and the step after it.
struct SamplerCall {
  double time = 0;                   ///< on the path: t, σ or u
  TransitionKernel<double> level{};  ///< q(x | x_0) at the call
  double model_time = time;          ///< network's time argument: t − 1, ln σ/4, 1000 u, ...
  double input_scale = 1;            ///< > 0; the network's input is input_scale · x
  LinearStep step{};                 ///< the step after the prediction
};

}  // namespace alphabar
