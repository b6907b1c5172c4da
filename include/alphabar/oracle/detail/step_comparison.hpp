// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// The difference of two steps, and the level at which each ends.
namespace alphabar::detail {

/// The weights of a step. The weights of its draws are combined to the root of the sum of squares.
struct StepNumbers {
  double x = 0;
  std::vector<double> predictions{};
  double noise = 0;

  [[nodiscard]] double prediction(std::size_t j) const {
    return j < predictions.size() ? predictions[j] : 0;
  }
};

inline StepNumbers numbers_of(const LinearStep& step) {
  StepNumbers numbers{step.x, step.predictions, 0};
  for (const double w : step.draws) numbers.noise = std::hypot(numbers.noise, w);
  return numbers;
}

/// Whether two numbers differ by at most `tolerance`, relative to the larger one if that exceeds 1.
inline bool same_number(double a, double b, double tolerance) {
  return std::abs(a - b) <= tolerance * (std::max)({1.0, std::abs(a), std::abs(b)});
}

/// The end of a step with an ideal network: signal · x_0 + noise · ε + drawn · z.
struct StepEnd {
  double signal = 0;
  double noise = 0;
  double drawn = 0;

  /// Of ε and z together.
  [[nodiscard]] double noise_scale() const { return std::hypot(noise, drawn); }
  /// The noise level in the variance-exploding scale.
  [[nodiscard]] double sigma() const { return noise_scale() / signal; }
};

/// The scale of a process: which pairs of signal and noise are levels.
enum class LevelScale { preserving, exploding, straight, other };

inline LevelScale scale_of(const SamplerPlan& plan) {
  const auto all = [&](const auto& value) {
    return std::ranges::all_of(plan.calls, [&](const SamplerCall& call) {
      return std::abs(value(call.level) - 1) <= 1e-9;
    });
  };
  using Level = TransitionKernel<double>;
  if (all([](const Level& l) { return l.signal_power(); })) return LevelScale::exploding;
  if (all([](const Level& l) { return l.signal_power() + l.noise_variance(); })) {
    return LevelScale::preserving;
  }
  if (all([](const Level& l) { return l.signal_scale() + l.noise_scale(); })) {
    return LevelScale::straight;
  }
  return LevelScale::other;
}

/// A step as claimed and as found, in terms of the prediction of the plan.
struct StepComparison {
  const SamplerPlan& plan;
  std::size_t call = 0;  ///< of the plan
  StepNumbers claimed{};
  StepNumbers found{};
  double tolerance = 0;
  LevelScale scale = LevelScale::other;

  [[nodiscard]] const SamplerCall& here() const { return plan.calls[call]; }

  [[nodiscard]] bool same(double a, double b) const { return same_number(a, b, tolerance); }

  /// Values below the tolerance become 0.
  [[nodiscard]] double settled(double value) const { return same(value, 0) ? 0 : value; }

  /// The largest difference from the step found, in the units of `tolerance`.
  [[nodiscard]] double distance(const StepNumbers& wanted) const {
    double largest = 0;
    const auto compare = [&](double a, double b) {
      largest = (std::max)(largest, std::abs(a - b) / (std::max)({1.0, std::abs(a), std::abs(b)}));
    };
    compare(wanted.x, found.x);
    compare(wanted.noise, found.noise);
    const std::size_t count = (std::max)(wanted.predictions.size(), found.predictions.size());
    for (std::size_t j = 0; j < count; ++j) compare(wanted.prediction(j), found.prediction(j));
    return largest;
  }

  [[nodiscard]] bool fits(const StepNumbers& wanted) const { return distance(wanted) <= tolerance; }

  /// Empty if the step uses a score at clean data.
  [[nodiscard]] std::optional<StepEnd> end_of(const StepNumbers& step) const {
    const auto& level = here().level;
    StepEnd there{step.x * level.signal_scale(), step.x * level.noise_scale(), settled(step.noise)};
    for (std::size_t j = 0; j < step.predictions.size() && j <= call; ++j) {
      const auto& asked = plan.calls[call - j].level;
      if (plan.prediction == Prediction::score && !(asked.noise_scale() > 0)) return std::nullopt;
      const PredictionForm form =
          prediction_form(plan.prediction, asked.signal_scale(), asked.noise_scale());
      there.signal += step.predictions[j] * form.form.x0 / form.unit;
      there.noise += step.predictions[j] * form.form.noise / form.unit;
    }
    there.noise = settled(there.noise);
    return there;
  }

  [[nodiscard]] bool on_a_level(const StepEnd& l) const {
    if (!(l.signal > 0) || l.noise < 0) return false;
    const double noise = l.noise_scale();
    switch (scale) {
      case LevelScale::preserving:
        return same(l.signal * l.signal + noise * noise, 1);
      case LevelScale::exploding:
        return same(l.signal, 1);
      case LevelScale::straight:
        return same(l.signal + noise, 1);
      case LevelScale::other:
        break;
    }
    return false;
  }

  /// The name of a level: u on straight paths, otherwise sigma.
  [[nodiscard]] std::string level_name(const StepEnd& l) const {
    return scale == LevelScale::straight ? "u = " + six_digits(l.noise_scale())
                                         : "sigma = " + six_digits(l.sigma());
  }

  /// The finding without a meaning: the weight with the largest difference, or that of the
  /// prediction. Steps with one prediction are written in terms of the prediction of the network.
  [[nodiscard]] SamplerFinding worst(bool of_prediction = false) const {
    const bool one = claimed.predictions.size() <= 1 && found.predictions.size() <= 1;
    StepNumbers wanted = claimed;
    StepNumbers is = found;
    if (one) {
      const PredictionConversion<double> to_d = plan.conversion(call);
      for (StepNumbers* step : {&wanted, &is}) {
        step->x += to_d.xt_scale() * step->prediction(0);
        step->predictions = {to_d.prediction_scale() * step->prediction(0)};
      }
    }
    SamplerFinding finding{.call = static_cast<Index>(call)};
    double largest = -1;
    const auto compare = [&](const std::string& name, double a, double b) {
      if (std::abs(a - b) <= largest) return;
      largest = std::abs(a - b);
      finding.coefficient = name;
      finding.claimed = a;
      finding.found = settled(b);
    };
    const std::string kind = prediction_form(one ? plan.network : plan.prediction, 1, 1).name;
    const std::size_t count = (std::max)(wanted.predictions.size(), is.predictions.size());
    for (std::size_t j = 0; j < count; ++j) {
      std::string name = "the weight of the predicted " + kind;
      if (j > 0) name += " of " + to_text(j) + (j == 1 ? " call" : " calls") + " before";
      compare(name, wanted.prediction(j), is.prediction(j));
    }
    if (of_prediction) return finding;
    compare("the weight of x", wanted.x, is.x);
    compare("the weight of the draws", wanted.noise, is.noise);
    return finding;
  }
};

}  // namespace alphabar::detail
