// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"

namespace alphabar::detail {

/// One step of `LogSnrForm` of any length h, for the stages of a method, in the variance-exploding
/// scale: y = x/√a.
class ExponentialStep {
 public:
  ExponentialStep(Prediction prediction, double eta) : prediction_(prediction), eta_(eta) {}

  /// The weight of y.
  [[nodiscard]] double kept(double h) const {
    return prediction_ == Prediction::x0 ? std::exp(-(1 + eta_) * h) : 1;
  }
  /// The weights of 1, u, u², ... for D = x_0, or for ε in a step from σ_t.
  [[nodiscard]] std::vector<double> moments(double h, std::size_t count, double sigma_t) const {
    if (prediction_ == Prediction::x0) return step_moments(StepWeight::growing, h, count, 1 + eta_);
    std::vector<double> moments = step_moments(StepWeight::decaying, h, count);
    for (double& moment : moments) moment *= -(1 + eta_) * sigma_t;
    return moments;
  }
  /// The standard deviation of the noise, in units of σ_s.
  [[nodiscard]] double noise(double h) const {
    if (eta_ == 0) return 0;
    return std::sqrt(prediction_ == Prediction::x0 ? -std::expm1(-2 * eta_ * h)
                                                   : eta_ * std::expm1(2 * h));
  }

 private:
  Prediction prediction_;
  double eta_;
};

}  // namespace alphabar::detail
