// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/detail/exponential_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar::detail {

/// The stages of one step of an explicit exponential Runge–Kutta method, as values y = x/√a. The
/// first prediction, P_0, is at the start; the next ones are at distances h_1, h_2 in half log SNR.
///
/// With the moments M of `ExponentialStep` for the distance h and r_j = h_j/h, `at` gives
///
///     P_0:              M_0 P_0
///     P_0, P_1:         + (M_1/r_1) (P_1 − P_0),       for the midpoint M_0/(2r_1)
///     P_0, P_1, P_2:    the quadratic through them,    for the midpoint + (M_1/r_2) (P_2 − P_0)
class ExponentialStages {
 public:
  ExponentialStages(const ExponentialStep& step, double sigma_t, TapeValue y, TapeValue first)
      : step_(step), sigma_(sigma_t), y_(std::move(y)), predictions_{std::move(first)} {}

  /// Adds the prediction at this distance from the previous one.
  void add(double gap, TapeValue prediction) {
    distances_.push_back((distances_.empty() ? 0 : distances_.back()) + gap);
    last_gap_ = gap;
    predictions_.push_back(std::move(prediction));
  }

  /// y at the distance h, without its noise.
  [[nodiscard]] TapeValue at(double h, SolverType type = SolverType::heun) const {
    const std::vector<double> moments = step_.moments(h, predictions_.size(), sigma_);
    TapeValue y = step_.kept(h) * y_ + moments[0] * predictions_[0];
    const bool heun = type == SolverType::heun;
    if (predictions_.size() == 2) {
      y += (heun ? moments[1] : moments[0] / 2) * slope(0, h);
    } else if (predictions_.size() == 3 && !heun) {
      y += moments[1] * slope(1, h);
    } else if (predictions_.size() == 3) {
      const double r_1 = distances_[0] / h;
      const double r_2 = distances_[1] / h;
      const double between = last_gap_ / h;  // r_2 − r_1
      y += (r_2 * moments[1] - moments[2]) / between * slope(0, h);
      y += (moments[2] - r_1 * moments[1]) / between * slope(1, h);
    }
    return y;
  }

 private:
  /// (P_j+1 − P_0)/r_j+1.
  [[nodiscard]] TapeValue slope(std::size_t j, double h) const {
    return h / distances_[j] * (predictions_[j + 1] - predictions_[0]);
  }

  const ExponentialStep& step_;
  double sigma_;
  TapeValue y_;
  std::vector<double> distances_;
  double last_gap_ = 0;
  std::vector<TapeValue> predictions_;
};

/// The point at the distance h in half log SNR from σ.
inline PathPoint point_after(const SamplerPath& path, double sigma, double h) {
  return path.at_log_snr(2 * (h - std::log(sigma)));
}

/// A method in half log SNR with several calls per step. step(tape, k, y, P, σ_t, h) returns
/// y = x/√a at the end. first_order(k) is used for steps that are no such interval.
template <class FirstOrder, class Step>
SamplerPlan staged_plan(const SamplerPath& path, Prediction prediction,
                        const FirstOrder& first_order, const Step& step) {
  SamplerTape tape(prediction, empty_plan(path, prediction).start_scale);
  TapeValue x = tape.start();
  for (std::size_t k = 0; k < path.steps(); ++k) {
    const TransitionKernel<double>& level = path.level(k);
    const TransitionKernel<double>& target = path.level(k + 1);
    const TapeValue p = tape.ask(call_at(path, k, {}), x);
    const SigmaRatio ratio(path.gap(k), target);
    if (ratio.is_interval()) {
      x = target.signal_scale() *
          step(tape, k, x / level.signal_scale(), p, sigma_of(level), ratio.log_gap());
    } else {
      x = apply(tape, first_order(k), x, p);
    }
  }
  return tape.finish(x);
}

}  // namespace alphabar::detail
