// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/rectified_flow.hpp"

namespace alphabar::diffusers {

/// What the levels of the calls follow: the timesteps, or a grid of its own.
enum class SigmaGrid { timesteps, karras, exponential };

/// What a `scheduler_config.json` means (diffusers/scheduler_config.hpp reads it): the schedule
/// that the network was trained with, and the calls of the network in a run of n steps. A call has
///
///     a time, for the network:   k = t − 1 with a table, T u on a straight path, ln(σ)/4 for EDM
///     a noise level, its sigma:  σ_t with a table, u on a straight path, σ for EDM
///
/// where σ_t = √((1−ᾱ_t)/ᾱ_t) and a straight path is x = (1−u) x_0 + u ε. A call that diffusers
/// makes twice is listed twice. All is in double: it agrees with diffusers to the rounding of its
/// floats.
struct Scheduler {
  std::string class_name;       ///< of diffusers
  std::string prediction_type;  ///< by its name in the file

  /// Absent for EDM, where x_0 = (σ_d² x ± σ_d σ s F(x/s)) / s² with s² = σ_d² + σ² and σ_d =
  /// sigma_data: + for "epsilon", − for "v_prediction".
  std::optional<Prediction> prediction;

  std::optional<NoiseSchedule<double>> schedule;  ///< absent for straight paths and EDM

  SchedulerTimes times;                   ///< which times of the table are visited
  SigmaGrid grid = SigmaGrid::timesteps;  ///< which levels replace theirs
  std::optional<double> sigma_min;        ///< the end of that grid, if not theirs
  std::optional<double> sigma_max;        ///< its beginning
  double rho = 7;                         ///< of the Karras grid
  double sigma_data = 0.5;                ///< EDM only
  double shift = 1;                       ///< of the straight path
  bool ends_at_zero = true;  ///< or at the smallest level: the ᾱ of the last step is 1, or ᾱ_1
  bool log_sigma_time = false;  ///< the network takes ln(σ)/4 although there is a table
  bool nearest_time = true;     ///< a level between two times goes to the nearer, not the earlier

  /// The times t = 1..T of the calls, for the schedule: Python's timesteps plus 1.
  /// @throws std::invalid_argument without a table, or when a time is not whole (Euler and Heun
  /// with linspace or a grid): `model_times` and `sigmas` have those
  [[nodiscard]] std::vector<Index> timesteps(Index n) const {
    if (!schedule || log_sigma_time) {
      ALPHABAR_THROW(std::invalid_argument(detail::sentence("diffusers::Scheduler::timesteps",
                                                            "the network", "take times of a table",
                                                            class_name + ": see model_times")));
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

  /// What the network is given, call by call: Python's timesteps.
  /// @throws std::invalid_argument or std::out_of_range, as `sigmas` and `timesteps` do, for more
  /// calls than there are
  [[nodiscard]] std::vector<double> model_times(Index n) const {
    std::vector<double> result;
    for (const Call& call : calls(n)) result.push_back(call.time);
    return result;
  }

  /// The noise level of every call, and the one at the end.
  [[nodiscard]] std::vector<double> sigmas(Index n) const {
    std::vector<double> result;
    for (const Call& call : calls(n)) result.push_back(call.sigma);
    const double smallest = schedule ? schedule->sigma(1) : result.back();
    result.push_back(ends_at_zero ? 0 : smallest);
    return result;
  }

 private:
  struct Call {
    double time;
    double sigma;
  };
  using Calls = std::vector<Call>;

  [[nodiscard]] Calls calls(Index n) const {
    detail::require(n >= 1, "diffusers::Scheduler", "n", "be >= 1", n);
    if (times.walk == SchedulerWalk::edm) return edm_calls(n);
    return schedule ? table_calls(n) : flow_calls(n);
  }

  [[nodiscard]] Calls edm_calls(Index n) const {
    Calls result;
    for (const double sigma : grid_levels(n, 0, 0)) result.push_back({log_time(sigma), sigma});
    return result;
  }

  /// UniPC and DPM-Solver shift even levels between 1 − 1/T and 0. Flow matching shifts even levels
  /// between 1 and the shifted 1/T: its last one is shifted twice, which is kept.
  [[nodiscard]] Calls flow_calls(Index n) const {
    const RectifiedFlow path(shift);
    const auto steps = static_cast<double>(times.train_steps);
    const bool multistep = times.walk == SchedulerWalk::multistep;
    const double first = multistep ? 1 - 1 / steps : 1;
    const double last = multistep ? 0 : path.noise_scale(1 / steps);
    const auto intervals = static_cast<double>(multistep ? n : std::max<Index>(n - 1, 1));
    std::vector<double> levels;
    for (Index k = 0; k < n; ++k) {
      const double even = std::lerp(first, last, static_cast<double>(k) / intervals);
      levels.push_back(path.noise_scale(even));
    }
    if (grid != SigmaGrid::timesteps) levels = grid_levels(n, levels.back(), levels.front());
    Calls result;
    for (const double u : levels) {
      const auto k = static_cast<Index>(result.size());
      result.push_back({multistep ? whole_flow_time(k, n) : u * steps, u});
    }
    return result;
  }

  /// ⌊T u⌋ of the k-th of n even levels, by one division of whole numbers.
  [[nodiscard]] double whole_flow_time(Index k, Index n) const {
    const auto left = static_cast<double>((times.train_steps - 1) * (n - k));
    const double done = static_cast<double>(times.train_steps * n) - left;
    return std::floor(shift * left * static_cast<double>(times.train_steps) /
                      (done + shift * left));
  }

  [[nodiscard]] Calls table_calls(Index n) const {
    Calls result;
    for (const double t : times(n)) result.push_back({t - 1, sigma_between(t)});
    if (grid != SigmaGrid::timesteps) result = on_grid(result);
    for (Call& call : result) {
      if (log_sigma_time) call.time = log_time(call.sigma);
    }
    return times.walk == SchedulerWalk::heun ? doubled(result) : result;
  }

  /// The grid of DPM-Solver and UniPC spans the table; that of Euler and Heun, the times visited.
  [[nodiscard]] Calls on_grid(const Calls& visited) const {
    const bool multistep = times.walk == SchedulerWalk::multistep;
    const double lowest = multistep ? schedule->sigma(1) : visited.back().sigma;
    const double highest = multistep ? schedule->sigma(schedule->steps()) : visited.front().sigma;
    Calls result;
    for (const double sigma : grid_levels(static_cast<Index>(visited.size()), lowest, highest)) {
      const double k = time_of(sigma) - 1;
      const double whole = nearest_time ? std::nearbyint(k) : std::floor(k);
      result.push_back({multistep ? whole : k, sigma});
    }
    return result;
  }

  static Calls doubled(const Calls& once) {
    Calls result{once.front()};
    for (std::size_t k = 1; k < once.size(); ++k) result.insert(result.end(), 2, once[k]);
    return result;
  }

  [[nodiscard]] std::vector<double> grid_levels(Index n, double lowest, double highest) const {
    const double low = sigma_min.value_or(lowest);
    const double high = sigma_max.value_or(highest);
    if (n == 1) return {high};
    return grid == SigmaGrid::exponential ? exponential_sigmas(n, low, high)
                                          : karras_sigmas(n, low, high, rho);
  }

  /// Linear in σ between two times, as diffusers goes there ...
  [[nodiscard]] double sigma_between(double t) const {
    const auto before = static_cast<Index>(t);
    const double fraction = t - static_cast<double>(before);
    const double sigma = schedule->sigma(before);
    return fraction == 0 ? sigma : std::lerp(sigma, schedule->sigma(before + 1), fraction);
  }

  /// ... and linear in log σ, as it comes back. The ends of the table for what is beyond.
  [[nodiscard]] double time_of(double sigma) const {
    const double last = schedule->log_snr(schedule->steps());
    return schedule->time_of_log_snr(
        std::clamp(log_snr_of_sigma(sigma), last, schedule->log_snr(1)));
  }

  static double log_time(double sigma) { return std::log(sigma) / 4; }
};

}  // namespace alphabar::diffusers
