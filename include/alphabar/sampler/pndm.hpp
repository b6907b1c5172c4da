// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/slope_form.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

/// Pseudo numerical methods: the slopes of sampler/linear_multistep.hpp with the Adams–Bashforth
/// weights of equal steps, up to order 4, after a start of another kind. The history holds the
/// slopes at the starts of steps. On equal steps the order is 4 for Pndm and 3 for Plms. Where the
/// lengths of steps vary smoothly it is 2, otherwise 1. No noise is drawn.
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
/// Liu, Ren, Lin, Zhao 2022, arXiv:2202.09778, algorithm 2.
/// @throws std::invalid_argument where σ at the first time is infinite and the path not straight
namespace alphabar {
namespace detail {

/// A run along slopes, on a tape. The point is x/√a, or x along a straight path.
class SlopeTape {
 public:
  SlopeTape(std::string_view sampler, const SamplerPath& path, bool average_velocities)
      : path_(path),
        form_(sampler, path),
        velocities_(average_velocities && form_.prediction() == Prediction::noise),
        prediction_(velocities_ ? Prediction::velocity : form_.prediction()),
        tape_(prediction_, empty_plan(path, prediction_).start_scale),
        point_(tape_.start() / form_.scale(path.level(0))) {}

  [[nodiscard]] const TapeValue& point() const { return point_; }
  [[nodiscard]] double length(std::size_t k) const { return form_.lengths()[k]; }
  [[nodiscard]] double level(std::size_t k) const { return form_.level(path_.level(k)); }
  [[nodiscard]] double level(const PathPoint& at) const { return form_.level(at.level); }

  /// The prediction at time k, or between times.
  [[nodiscard]] TapeValue ask(std::size_t k, const TapeValue& point) {
    return tape_.ask(call_at(path_, k, {}), form_.scale(path_.level(k)) * point);
  }
  [[nodiscard]] TapeValue ask(const PathPoint& at, const TapeValue& point) {
    return tape_.ask(path_.call(at), form_.scale(at.level) * point);
  }

  /// The slope in step k for a prediction, or for an average of several. For a velocity V it is
  /// ε = (√a V + √v x)/(a + v).
  [[nodiscard]] TapeValue slope(std::size_t k, const TapeValue& prediction) const {
    if (!velocities_) return prediction;
    const TransitionKernel<double>& level = path_.level(k);
    const double norm = level.signal_power() + level.noise_variance();
    return level.signal_scale() / norm * (prediction + level.noise_scale() * point_);
  }

  /// Takes step k with the slope `average`. `first` is the prediction at its start.
  void go(std::size_t k, const TapeValue& average, TapeValue first) {
    point_ -= length(k) * slope(k, average);
    if (length(k) > 0) past_.insert(past_.begin(), std::move(first));
    if (past_.size() > 4) past_.pop_back();
  }

  /// The steps from `first` on, with the Adams–Bashforth weights.
  [[nodiscard]] SamplerPlan finish(std::size_t first) {
    for (std::size_t k = first; k < path_.steps(); ++k) {
      const TapeValue present = ask(k, point_);
      const auto weights = adams_bashforth_weights((std::min<std::size_t>)(past_.size() + 1, 4));
      TapeValue average = weights[0] * present;
      for (std::size_t j = 1; j < weights.size(); ++j) average += weights[j] * past_[j - 1];
      go(k, average, present);
    }
    return tape_.finish(form_.scale(path_.level(path_.steps())) * point_);
  }

 private:
  const SamplerPath& path_;
  SlopeForm form_;
  bool velocities_;
  Prediction prediction_;
  SamplerTape tape_;
  TapeValue point_;
  std::vector<TapeValue> past_;  // predictions at the starts of steps, the latest first
};

}  // namespace detail

/// PLMS: the first step is the improved Euler method, which calls the network at both ends, so the
/// second time is called twice. On a path of one step it is Euler's method.
///
/// diffusers' PNDMScheduler with skip_prk_steps, and the sampler of latent diffusion.
struct Plms {
  /// Averages v instead of ε, as diffusers does for a network that predicts v.
  bool average_velocities = false;

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::SlopeTape run("Plms", path, average_velocities);
    if (path.steps() == 1) return run.finish(0);
    const TapeValue first = run.ask(0, run.point());
    const TapeValue second = run.ask(1, run.point() - run.length(0) * run.slope(0, first));
    run.go(0, (first + second) / 2, first);
    return run.finish(1);
  }
};

/// PNDM: the first three steps, or all but the last if there are fewer, use the classical
/// Runge–Kutta method with four calls each. Two of the calls are at the middle time; along a table
/// at the whole time before it, if it is not whole.
///
/// diffusers' PNDMScheduler (its default), which needs four steps or more.
struct Pndm {
  bool average_velocities = false;  ///< as in Plms

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::SlopeTape run("Pndm", path, average_velocities);
    const std::size_t classical = (std::min<std::size_t>)(3, path.steps() - 1);
    for (std::size_t k = 0; k < classical; ++k) {
      const double half = (path.time(k) - path.time(k + 1)) / 2;
      const PathPoint middle =
          path.at_time(path.time(k) - (path.whole_times() ? std::ceil(half) : half));
      const double to_middle = run.level(k) - run.level(middle);
      const TapeValue x = run.point();
      const TapeValue first = run.ask(k, x);
      const TapeValue second = run.ask(middle, x - to_middle * run.slope(k, first));
      const TapeValue third = run.ask(middle, x - to_middle * run.slope(k, second));
      const TapeValue fourth = run.ask(k + 1, x - run.length(k) * run.slope(k, third));
      run.go(k, (first + 2 * second + 2 * third + fourth) / 6, first);
    }
    return run.finish(classical);
  }
};

}  // namespace alphabar
