// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/diffusers/scheduler_levels.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/vp_process.hpp"

namespace alphabar::diffusers {

/// The scale of x in a scheduler.
enum class SampleScale {
  of_table,    ///< that of the table, at its whole times
  preserving,  ///< x = (x_0 + σ ε)/√(1 + σ²), at any level
  exploding,   ///< x = x_0 + σ ε; the network's input is x/√(1 + σ²)
  straight,    ///< x = (1 − u) x_0 + u ε
  cosine,      ///< x = cos(φ) x_0 + sin(φ) ε, φ = πt/2
  own          ///< that of `Scheduler::own_path`
};

/// The meaning of a `scheduler_config.json`, as read by diffusers/scheduler_config.hpp: the
/// schedule of the network's training, the calls of the network in a run of n steps, and the
/// sampler of the class. Everything is in double and agrees with diffusers to the rounding of its
/// floats.
struct Scheduler {
  std::string class_name;       ///< of diffusers
  std::string prediction_type;  ///< its name in the file

  /// The kind of prediction. Absent for EDM, where x_0 = (σ_d² x ± σ_d σ s F(x/s)) / s² with
  /// s² = σ_d² + σ² and σ_d = sigma_data: + for "epsilon", − for "v_prediction". A plan does this
  /// conversion.
  std::optional<Prediction> prediction;
  double sigma_data = 0.5;  ///< EDM only

  SchedulerLevels levels;                     ///< the levels of the calls
  SampleScale scale = SampleScale::of_table;  ///< the scale of x
  SecondCall second_call = SecondCall::none;  ///< the level of the second call of a step
  std::optional<Churn> churn{};               ///< of the file; absent where a run sets it
  bool start_has_data = false;  ///< the deviation of the start is √(1 + σ²), not σ
  bool upward = false;  ///< from data to noise, through the calls of `levels` in reverse order

  /// Makes the path through these levels if the class has its own scale.
  std::function<SamplerPath(const std::vector<double>&)> own_path;

  /// Makes the plan of the class for a path whose steps begin at these calls.
  std::function<SamplerPlan(const SamplerPath&, const Run&, const SchedulerLevels::Calls&)> sampler;
  /// The reason why there is no plan, such as "clip_sample must be false, got true"; empty if there
  /// is one.
  std::string obstacle;

  /// The table; absent for straight paths and EDM.
  [[nodiscard]] const std::optional<NoiseSchedule<double>>& schedule() const& {
    return levels.table;
  }
  /// The same by value, from a temporary.
  [[nodiscard]] std::optional<NoiseSchedule<double>> schedule() && {
    return std::move(levels.table);
  }

  /// The times t = 1..T of the calls, for the schedule: Python's timesteps plus 1.
  /// @throws std::invalid_argument without a table, or when a time is not whole (Euler and Heun
  ///     with linspace or a grid); use `model_times` and `sigmas` then
  [[nodiscard]] std::vector<Index> timesteps(Count n) const {
    if (!levels.table || levels.model_time != ModelTime::index) {
      detail::refuse("diffusers::Scheduler::timesteps", "the network", "take times of a table",
                     class_name + ": see model_times");
    }
    std::vector<Index> result;
    for (const double k : model_times(n)) {
      detail::require(k == std::floor(k), "diffusers::Scheduler::timesteps",
                      detail::element("model_times", static_cast<Index>(result.size())), "be whole",
                      k);
      result.push_back(static_cast<Index>(k) + 1);
    }
    return result;
  }

  /// The time argument of the network for each call: Python's timesteps. A call that is made twice
  /// is listed twice.
  /// @throws std::invalid_argument or std::out_of_range, as `sigmas` and `timesteps` do, for more
  /// calls than there are
  [[nodiscard]] std::vector<double> model_times(Count n) const {
    return model_times(Run{.steps = n});
  }
  /// The same for any run.
  [[nodiscard]] std::vector<double> model_times(const Run& run) const {
    std::vector<double> result;
    for (const SchedulerLevels::Call& call : calls(run)) result.push_back(call.time);
    return result;
  }

  /// The noise level of every call, and the one at the end of the last step: σ, or u on a straight
  /// path. For an inversion they increase. "DDIMInverseScheduler" tells the network the time of
  /// the end of the step, so each of its `model_times` is that of the next level.
  [[nodiscard]] std::vector<double> sigmas(Count n) const { return sigmas(Run{.steps = n}); }
  /// The same for any run.
  [[nodiscard]] std::vector<double> sigmas(const Run& run) const {
    const SchedulerLevels::Calls all = calls(run);
    std::vector<double> result;
    if (upward) result.push_back(levels.end(all));  // there the first step begins
    for (const SchedulerLevels::Call& call : all) result.push_back(call.level);
    if (!upward) result.push_back(levels.end(all));
    return result;
  }

  /// The plan of a run of n steps, with which `run_sampler` computes what the class computes.
  /// Normals have the numbers in which diffusers draws them, including unused ones before the last
  /// used one.
  [[nodiscard]] SamplerPlan plan(Count n) const { return plan(Run{.steps = n}); }

  /// The plan of any run.
  /// @throws std::invalid_argument, with key and value, for a scheduler that is not a linear
  ///     sampler, and for a run that the sampler does not support
  [[nodiscard]] SamplerPlan plan(const Run& run) const {
    if (!obstacle.empty()) {
      ALPHABAR_THROW(std::invalid_argument("alphabar::diffusers::Scheduler::plan: " + obstacle));
    }
    const SchedulerLevels::Calls visited = levels.visited(run);
    SamplerPlan plan = sampler(path(visited), run, visited);
    plan.network = prediction.value_or(Prediction::velocity);
    if (!prediction) {
      plan.data_scale = sigma_data;
      plan.prediction_scale = prediction_type == "epsilon" ? -1 : 1;
    }
    if (levels.flow.inverted) plan.prediction_scale = -1;
    tell_network(plan, run, visited);
    if (scale == SampleScale::exploding) plan.start_scale = start_scale(visited.front().level);
    return plan;
  }

 private:
  /// The list of calls, including the second ones.
  [[nodiscard]] SchedulerLevels::Calls calls(const Run& run) const {
    SchedulerLevels::Calls visited = levels.visited(run);
    if (upward) std::reverse(visited.begin(), visited.end());
    const SchedulerWalk walk = levels.times.walk;
    if (walk == SchedulerWalk::plms && visited.size() > 1) {
      visited.insert(visited.begin() + 1, visited[1]);
    }
    if (walk == SchedulerWalk::runge_kutta) return with_midpoints(visited);
    if (second_call == SecondCall::none) return visited;
    SchedulerLevels::Calls listed{visited.front()};
    for (std::size_t k = 1; k < visited.size(); ++k) {
      if (calls_twice(run, visited, k - 1)) listed.push_back(second_of(visited, k - 1));
      listed.push_back(visited[k]);
    }
    return listed;
  }

  /// The calls of PNDM. The first three steps, or all but the last if there are fewer, make four
  /// calls, two of them at the middle time, rounded down.
  [[nodiscard]] SchedulerLevels::Calls with_midpoints(const SchedulerLevels::Calls& visited) const {
    SchedulerLevels::Calls listed{visited.front()};
    for (std::size_t k = 1; k < visited.size(); ++k) {
      if (k < 4) {
        const double time = std::floor((visited[k - 1].time + visited[k].time) / 2);
        const SchedulerLevels::Call middle{time, levels.table->sigma(static_cast<Index>(time) + 1)};
        listed.insert(listed.end(), {middle, middle, visited[k]});
      }
      listed.push_back(visited[k]);
    }
    return listed;
  }

  /// Whether step k has a second call. A step that keeps its level needs one only after churn.
  [[nodiscard]] bool calls_twice(const Run& run, const SchedulerLevels::Calls& visited,
                                 std::size_t k) const {
    if (second_call == SecondCall::none || k + 1 == visited.size()) return false;
    const double level = visited[k].level;
    if (level != visited[k + 1].level) return true;
    const double sigma = scale == SampleScale::straight ? level / (1 - level) : level;
    return second_call == SecondCall::at_next &&
           churn.value_or(run.churn).gamma(sigma, visited.size()) > 0;
  }

  /// The second call of step k.
  [[nodiscard]] SchedulerLevels::Call second_of(const SchedulerLevels::Calls& visited,
                                                std::size_t k) const {
    const SchedulerLevels::Call& next = visited[k + 1];
    if (second_call == SecondCall::at_next) return next;
    const double before = second_call == SecondCall::between ? visited[k].level : next.level;
    const double level = std::sqrt(before) * std::sqrt(next.level);
    return {levels.time_at(level), level};
  }

  [[nodiscard]] SamplerPath path(const SchedulerLevels::Calls& visited) const {
    std::vector<double> grid;
    const double end = levels.end(visited);
    if (scale == SampleScale::of_table) {
      for (const SchedulerLevels::Call& call : visited) grid.push_back(call.time + 1);
      grid.push_back(end == 0 ? 0 : 1);
      return {*levels.table, grid};
    }
    for (const SchedulerLevels::Call& call : visited) {
      if (!std::isfinite(call.level)) {
        detail::refuse("diffusers::Scheduler::plan",
                       detail::element("sigmas", static_cast<Index>(grid.size())),
                       "be finite for this class", call.level);
      }
      grid.push_back(call.level);
    }
    grid.push_back(end);
    if (scale == SampleScale::preserving) return {VpOfSigma(), grid};
    if (scale == SampleScale::straight) return {RectifiedFlow(), grid};
    if (scale == SampleScale::cosine) return {VpCosine(0), grid};
    if (scale == SampleScale::own) return own_path(grid);
    return SamplerPath::of_sigmas(grid);
  }

  /// Sets the model times and input scales of the calls.
  void tell_network(SamplerPlan& plan, const Run& run,
                    const SchedulerLevels::Calls& visited) const {
    if (scale == SampleScale::of_table) return;  // the model time of t is t − 1
    if (scale == SampleScale::own) return;       // set by its sampler
    Index calls = std::ssize(visited);
    for (std::size_t k = 0; k < visited.size(); ++k) calls += calls_twice(run, visited, k) ? 1 : 0;
    detail::require_size("diffusers::Scheduler::plan", "the calls of the sampler", calls,
                         std::ssize(plan.calls));
    std::size_t i = 0;
    for (std::size_t k = 0; k < visited.size(); ++k) {
      plan.calls[i++].model_time = visited[k].time;
      if (!calls_twice(run, visited, k)) continue;
      SamplerCall& second = plan.calls[i++];
      second.model_time =
          second_call == SecondCall::at_next ? visited[k + 1].time : levels.time_at(second.time);
    }
    if (scale != SampleScale::exploding) return;
    for (SamplerCall& call : plan.calls) {
      call.input_scale = 1 / std::hypot(levels.table ? 1 : sigma_data, call.level.noise_scale());
    }
  }

  [[nodiscard]] double start_scale(double sigma) const {
    return start_has_data ? std::hypot(1.0, sigma) : sigma;
  }
};

}  // namespace alphabar::diffusers
