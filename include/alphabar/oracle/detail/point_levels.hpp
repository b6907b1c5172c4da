// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar::detail {

/// x = signal · x_0 + noise · z.
struct PointLevel {
  double signal = 0;
  double noise = 0;
};

/// The noise of the start. If the start scale of the plan is the noise scale of the first level, or
/// that of noise plus data of variance 1, it is the noise scale of the level; otherwise the start
/// scale.
inline double noise_of_start(const SamplerPlan& plan) {
  const TransitionKernel<double>& level = plan.calls.front().level;
  const auto same = [&](double scale) {
    return std::abs(plan.start_scale - scale) <= 1e-4 * scale;
  };
  const bool at_level = same(level.noise_scale()) || same(std::sqrt(level.variance(1.0)));
  return at_level ? level.noise_scale() : plan.start_scale;
}

/// The level of x at each call and at the end, for data that are one point x_0, a network that
/// always predicts it, and a start with the signal of the level of the first call.
inline std::vector<PointLevel> point_levels(const SamplerPlan& plan) {
  struct Value {
    double signal = 0;
    double start = 0;
    std::vector<double> draws;
  };
  const auto total = static_cast<std::size_t>(plan.draws());
  const TransitionKernel<double>& first = plan.calls.front().level;
  Value x{first.signal_scale(), noise_of_start(plan), std::vector<double>(total)};
  std::vector<Value> predictions;
  std::vector<PointLevel> levels;
  std::size_t drawn = 0;
  const auto add = [](Value& to, double factor, const Value& value) {
    to.signal += factor * value.signal;
    to.start += factor * value.start;
    for (std::size_t m = 0; m < to.draws.size(); ++m) to.draws[m] += factor * value.draws[m];
  };
  const auto take = [&](const LinearStep& step) {
    drawn += static_cast<std::size_t>(step.new_draws);
    Value next{0, 0, std::vector<double>(total)};
    add(next, step.x, x);
    for (std::size_t j = 0; j < step.predictions.size(); ++j) {
      add(next, step.predictions[j], predictions[predictions.size() - 1 - j]);
    }
    for (std::size_t j = 0; j < step.draws.size(); ++j) next.draws[drawn - 1 - j] += step.draws[j];
    x = next;
  };
  const auto note = [&] {
    double noise = std::abs(x.start);
    for (const double w : x.draws) noise = std::hypot(noise, w);
    levels.push_back({x.signal, noise});
  };
  take(plan.start);
  for (const SamplerCall& call : plan.calls) {
    note();
    const IdealPrediction<double> ideal(plan.prediction, call.level);
    Value prediction{ideal.of_mean(0.0), 0, std::vector<double>(total)};
    add(prediction, ideal.gain(0.0), x);
    predictions.push_back(prediction);
    take(call.step);
  }
  note();
  return levels;
}

}  // namespace alphabar::detail
