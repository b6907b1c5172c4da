// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/detail/time_of_sigma.hpp"
#include "alphabar/grid/detail/whole_part.hpp"
#include "alphabar/grid/flow_levels.hpp"
#include "alphabar/grid/partial_run.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar::diffusers {

/// The source of the levels of the calls: the timesteps, or a grid.
enum class SigmaGrid { timesteps, karras, exponential, beta, log_snr };

/// The keys of a file that choose a grid.
inline constexpr std::pair<const char*, SigmaGrid> sigma_grid_keys[] = {
    {"use_karras_sigmas", SigmaGrid::karras},
    {"use_exponential_sigmas", SigmaGrid::exponential},
    {"use_beta_sigmas", SigmaGrid::beta},
    {"use_lu_lambdas", SigmaGrid::log_snr}};

/// The level at the end of the last step.
enum class LastLevel {
  clean,        ///< 0
  table,        ///< σ_1 of the table
  last_called,  ///< the level of the last call, so that the step does nothing
  sigma_min,    ///< the end of the grid
  own           ///< `SchedulerLevels::own_end`
};

/// The time argument of a network at a level σ or u.
enum class ModelTime {
  index,             ///< the time of the table, counted from 0
  level,             ///< the level itself
  flow,              ///< T u
  log_sigma,         ///< ln(σ)/4
  scaled_log_sigma,  ///< 250 ln(σ)
  arctan             ///< (2/π) arctan σ
};

/// The second calls of the steps.
enum class SecondCall {
  none,      ///< none
  at_next,   ///< at the end of the step, with its time (Heun)
  between,   ///< at the geometric mean of its two levels (KDPM2, DPM-Solver SDE)
  ancestral  ///< at σ_s, the geometric mean of σ_t and σ_s²/σ_t (KDPM2 ancestral)
};

/// A run of a scheduler. Defaults mean those of the scheduler.
struct Run {
  Index steps = 0;               ///< n; 0 where sigmas or timesteps are given
  std::vector<double> sigmas{};  ///< levels of the calls, before the shift of a straight path
  /// Times of the calls: 0..T−1, on a straight path 1..T. There the levels of these times are
  /// shifted, and the network is told the times themselves. A table on a grid takes none.
  std::vector<Index> timesteps{};
  std::optional<double> mu{};  ///< of the dynamic shift
  double strength = 1;         ///< < 1: only the last ⌊n strength⌋ steps (image to image)
  std::optional<Index> last_steps{};  ///< m instead of a strength: only the last m of the n steps
  std::optional<double> eta{};        ///< DDIM: η, 0 unless given; TCD: γ, 0.3 unless given
  Churn churn{};                      ///< Euler and Heun
  Index order = 4;                    ///< of LMS; not a key of its file
  /// Uses the weights of diffusers where they differ from the published ones: DPM-Solver of order 3
  /// with half of its quadratic term, PNDM with averages of v in place of ε.
  bool reproduce_defects = false;
};

/// The shift of a straight path.
struct FlowShift {
  double shift = 1;                ///< s: u' = s u/(1 + (s − 1) u)
  bool dynamic = false;            ///< s = e^μ with the μ of the run instead
  bool linear = false;             ///< or s = μ
  std::optional<double> terminal;  ///< the last level, set by scaling the distances from 1
  bool inverted = false;           ///< the network's time is 1 − u
  bool to_zero = false;            ///< the equally spaced levels end before 0, not at 1/T
  bool before_last = false;        ///< they are the first n of n + 1 between 1 and 1/T
  bool given_unshifted = false;    ///< levels and times of the caller are not shifted
};

/// The levels at which a scheduler calls the network, and the time argument of each call.
struct SchedulerLevels {
  /// The first call of a step.
  struct Call {
    double time;   ///< the time argument of the network
    double level;  ///< σ, or u on a straight path
  };
  /// The calls in order.
  using Calls = std::vector<Call>;

  std::optional<NoiseSchedule<double>> table;  ///< absent for straight paths and EDM
  SchedulerTimes times;                        ///< the times of the calls in the table
  SigmaGrid grid = SigmaGrid::timesteps;       ///< the grid that replaces their levels
  std::optional<double> sigma_min;             ///< the end of that grid, if not theirs
  std::optional<double> sigma_max;             ///< its beginning
  double rho = 7;                              ///< of the Karras grid
  FlowShift flow;                              ///< of a straight path
  LastLevel last = LastLevel::clean;           ///< the end of the last step
  ModelTime model_time = ModelTime::index;     ///< the time argument of the network
  bool whole_times = false;                    ///< times on a grid are rounded to whole ones
  bool nearest_time = true;                    ///< to the nearest, not to the earlier
  bool grid_of_table = false;                  ///< the grid spans the table, not the times visited
  std::function<Calls(const Run&)> own;        ///< the calls of a class with its own rule
  double own_end = 0;                          ///< the end of the last step of such a class

  /// n: the number of steps of a run, including those that a partial run leaves out.
  /// @throws std::invalid_argument for n < 1, and where steps, levels and times contradict
  [[nodiscard]] static Index count(const Run& run) {
    const std::size_t listed = (std::max)(run.sigmas.size(), run.timesteps.size());
    const Index n = listed > 0 ? static_cast<Index>(listed) : run.steps;
    detail::require(n >= 1, "diffusers::Scheduler", "n", "be >= 1", n);
    if (run.steps != 0) {
      detail::require_size("diffusers::Run", "steps where levels or times are given", n, run.steps);
    }
    return n;
  }

  /// The first call of each step, in order.
  /// @throws std::invalid_argument or std::out_of_range for more calls than there are, for none, a
  ///     missing μ, or levels and times that are not those of the scheduler
  [[nodiscard]] Calls visited(const Run& run) const {
    detail::require(run.sigmas.empty() || run.timesteps.empty(), "diffusers::Run",
                    "timesteps.size()", "be 0 where sigmas are given", run.timesteps.size());
    const Index n = count(run);
    for (std::size_t i = 0; i < run.sigmas.size(); ++i) {
      const double sigma = run.sigmas[i];
      if (std::isfinite(sigma) && sigma > 0) continue;
      detail::refuse("diffusers::Run", detail::element("sigmas", static_cast<Index>(i)),
                     "be finite and > 0", sigma);
    }
    require_descending("sigmas", run.sigmas);
    if (!run.sigmas.empty() && run.sigmas[0] > 1 && at_most_1()) {
      detail::refuse("diffusers::Run", "sigmas[0]", "be at most 1 for this class", run.sigmas[0]);
    }
    if (times.are_whole()) {
      detail::require(run.sigmas.empty(), "diffusers::Run", "sigmas.size()",
                      "be 0 for this class, which calls the network at times of its table",
                      run.sigmas.size());
    }
    if (times.walk == SchedulerWalk::own || times.walk == SchedulerWalk::edm) {
      detail::require(run.timesteps.empty(), "diffusers::Run", "timesteps.size()",
                      "be 0 for this class", run.timesteps.size());
    }
    Calls calls;
    if (times.walk == SchedulerWalk::own) {
      calls = own(run);
    } else if (times.walk == SchedulerWalk::edm) {
      for (const double sigma : run.sigmas.empty() ? edm_levels(n) : run.sigmas) {
        calls.push_back({time_at(sigma), sigma});
      }
    } else {
      calls = table ? table_calls(run, n) : flow_calls(run, n);
    }
    calls.erase(calls.begin(), calls.begin() + first_step(run, std::ssize(calls)));
    return calls;
  }

  /// The level at the end of the last of these steps.
  /// @pre there is a step
  [[nodiscard]] double end(const Calls& calls) const {
    switch (last) {
      case LastLevel::clean:
        return 0;
      case LastLevel::table:
        return table ? table->sigma(1) : calls.back().level;
      case LastLevel::sigma_min:
        return sigma_min.value_or(calls.back().level);
      case LastLevel::own:
        return own_end;
      default:
        return calls.back().level;
    }
  }

  /// The time argument of the network at any level.
  [[nodiscard]] double time_at(double level) const {
    switch (model_time) {
      case ModelTime::level:
        return level;
      case ModelTime::flow:
        return (flow.inverted ? 1 - level : level) * static_cast<double>(times.train_steps);
      case ModelTime::log_sigma:
        return std::log(level) / 4;
      case ModelTime::scaled_log_sigma:
        return 250 * std::log(level);
      case ModelTime::arctan:
        return std::atan(level) * (2 * std::numbers::inv_pi);
      default:
        return table_time(level) - 1;
    }
  }

 private:
  /// The first of n steps that the run makes.
  static Index first_step(const Run& run, Index n) {
    if (run.last_steps) {
      detail::require(run.strength == 1, "diffusers::Run", "strength",
                      "be 1 where last_steps is given", run.strength);
      detail::require_in_range("diffusers::Run", "last_steps", 1, n, *run.last_steps);
      return n - *run.last_steps;
    }
    const Index first = first_call(n, run.strength);
    detail::require(first < n, "diffusers::Run", "strength", "leave a call", run.strength);
    return first;
  }

  /// Whether a level is u or an angle, not σ.
  [[nodiscard]] bool at_most_1() const {
    if (model_time == ModelTime::flow) return true;
    return model_time == ModelTime::level && times.walk == SchedulerWalk::edm;
  }

  template <class T>
  static void require_descending(const char* name, const std::vector<T>& list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (list[i] <= list[i - 1]) continue;
      detail::refuse("diffusers::Run", detail::element(name, static_cast<Index>(i)),
                     "be at most the one before, " + detail::to_text(list[i - 1]), list[i]);
    }
  }

  static void require_times(const Run& run, Index first, Index last) {
    for (std::size_t i = 0; i < run.timesteps.size(); ++i) {
      detail::require_in_range("diffusers::Run",
                               detail::element("timesteps", static_cast<Index>(i)), first, last,
                               run.timesteps[i]);
    }
    require_descending("timesteps", run.timesteps);
  }

  /// IPNDM: sin φ = sin²(πw/2) for equally spaced w, in units of a right angle.
  [[nodiscard]] static std::vector<double> even_angles(Index n) {
    constexpr double half_pi = std::numbers::pi / 2;
    std::vector<double> levels;
    for (Index k = 0; k < n; ++k) {
      const double w = static_cast<double>(n - k) / static_cast<double>(n);
      const double sine = std::sin(half_pi * w);
      const double noise = sine * sine;
      const double cosine = std::cos(half_pi * w);
      const double signal = k == 0 ? 0 : cosine * std::sqrt(1 + noise);
      levels.push_back(std::atan2(noise, signal) / half_pi);
    }
    return levels;
  }

  /// Consistency models use every (T/n)-th of their T training levels.
  [[nodiscard]] std::vector<double> edm_levels(Index n) const {
    if (model_time == ModelTime::level) return even_angles(n);
    if (model_time != ModelTime::scaled_log_sigma) return grid_levels(n, 0, 0);
    detail::require_in_range("diffusers::Scheduler", "n", 1, times.train_steps, n);
    const std::vector<double> all = grid_levels(times.train_steps, 0, 0);
    std::vector<double> levels;
    for (Index k = 0; k < n; ++k) {
      levels.push_back(all[static_cast<std::size_t>(k * (times.train_steps / n))]);
    }
    return levels;
  }

  /// UniPC shifts the equally spaced levels 1, ..., 1/T without the last, and limits them to
  /// 1 − 10⁻⁶. DPM-Solver and related classes shift equally spaced levels between 1 − 1/T and 0.
  /// Flow matching shifts equally spaced levels between 1 and the shifted 1/T, so its last level is
  /// shifted twice, as in diffusers.
  [[nodiscard]] std::vector<double> even_levels(Index n) const {
    const double smallest = 1 / static_cast<double>(times.train_steps);
    if (flow.to_zero) return linear_levels(n, 1 / static_cast<double>(n));
    const bool multistep = times.walk == SchedulerWalk::multistep;
    if (times.walk == SchedulerWalk::unipc || multistep || flow.before_last) {
      std::vector<double> levels =
          linear_levels(n + 1, multistep ? 0 : smallest, multistep ? 1 - smallest : 1);
      levels.pop_back();
      return levels;
    }
    const double smallest_level =
        flow.dynamic ? smallest : shift_levels({smallest}, flow.shift).front();
    return linear_levels(n, smallest_level);
  }

  [[nodiscard]] double shift(const Run& run) const {
    if (!flow.dynamic) return flow.shift;
    if (!run.mu) {
      detail::refuse("diffusers::Run", "mu",
                     "be given for use_dynamic_shifting: dynamic_shift_mu(length of the sequence)",
                     "none");
    }
    // What shift_levels takes.
    const double lower = flow.linear ? 1e-100 : -230;
    const double upper = flow.linear ? 1e100 : 230;
    detail::require_between("diffusers::Run", "mu", lower, upper, *run.mu);
    return flow.linear ? *run.mu : std::exp(*run.mu);
  }

  [[nodiscard]] Calls flow_calls(const Run& run, Index n) const {
    const auto steps = static_cast<double>(times.train_steps);
    require_times(run, 1, times.train_steps);
    std::vector<double> levels = run.sigmas;
    for (const Index k : run.timesteps) levels.push_back(static_cast<double>(k) / steps);
    if (levels.empty() || !flow.given_unshifted) {
      if (levels.empty()) levels = even_levels(n);
      levels = shift_levels(std::move(levels), shift(run));
      if (flow.terminal) levels = stretch_levels(std::move(levels), *flow.terminal);
      if (grid != SigmaGrid::timesteps) levels = grid_levels(n, levels.back(), levels.front());
    }
    const bool multistep =
        times.walk == SchedulerWalk::unipc || times.walk == SchedulerWalk::multistep;
    constexpr double below_1 = 1 - 1e-6;
    if (times.walk == SchedulerWalk::unipc) levels[0] = (std::min)(levels[0], below_1);
    Calls calls;
    for (const double u : levels) calls.push_back({multistep ? whole_flow_time(u) : time_at(u), u});
    if (run.timesteps.empty() || multistep || flow.inverted) return calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {  // not those of the shifted levels
      calls[i].time = static_cast<double>(run.timesteps[i]);
    }
    return calls;
  }

  /// ⌊T u⌋.
  [[nodiscard]] double whole_flow_time(double u) const {
    return alphabar::detail::whole_part(u * static_cast<double>(times.train_steps));
  }

  [[nodiscard]] Calls table_calls(const Run& run, Index n) const {
    Calls calls;
    if (!run.sigmas.empty()) {
      for (const double sigma : run.sigmas) calls.push_back({time_on_grid(sigma), sigma});
      return calls;
    }
    for (const auto& [key, kind] : sigma_grid_keys) {
      detail::require(grid != kind || run.timesteps.empty(), "diffusers::Run", "timesteps.size()",
                      "be 0 where " + std::string(key) + " is true", run.timesteps.size());
    }
    require_times(run, 0, table->steps() - 1);
    std::vector<double> visited;
    for (const Index k : run.timesteps) visited.push_back(static_cast<double>(k) + 1);
    if (visited.empty()) visited = times(n);
    for (const double t : visited) calls.push_back({t - 1, sigma_between(t)});
    if (grid != SigmaGrid::timesteps) calls = on_grid(calls);
    if (model_time != ModelTime::index) {
      for (Call& call : calls) call.time = time_at(call.level);
    }
    return calls;
  }

  [[nodiscard]] Calls on_grid(const Calls& visited) const {
    const double lowest = grid_of_table ? table->sigma(1) : visited.back().level;
    const double highest = grid_of_table ? table->sigma(table->steps()) : visited.front().level;
    Calls calls;
    for (const double sigma : grid_levels(static_cast<Index>(visited.size()), lowest, highest)) {
      calls.push_back({time_on_grid(sigma), sigma});
    }
    return calls;
  }

  [[nodiscard]] double time_on_grid(double sigma) const {
    const double k = table_time(sigma) - 1;
    if (!whole_times) return k;
    return nearest_time ? std::nearbyint(k) : std::floor(k);
  }

  [[nodiscard]] std::vector<double> grid_levels(Index n, double lowest, double highest) const {
    const double low = sigma_min.value_or(lowest);
    const double high = sigma_max.value_or(highest);
    if (n == 1) return {high};
    switch (grid) {
      case SigmaGrid::exponential:
      case SigmaGrid::log_snr:
        return exponential_sigmas(n, low, high);
      case SigmaGrid::beta:
        return beta_sigmas(n, low, high);
      default:
        return karras_sigmas(n, low, high, rho);
    }
  }

  /// σ at a time, linear in σ between two whole times, as in diffusers.
  [[nodiscard]] double sigma_between(double t) const {
    const auto before = static_cast<Index>(t);
    const double fraction = t - static_cast<double>(before);
    const double sigma = table->sigma(before);
    return fraction == 0 ? sigma : std::lerp(sigma, table->sigma(before + 1), fraction);
  }

  /// The time of a σ, linear in log σ between two whole times, as in diffusers; beyond the table
  /// the nearer end.
  [[nodiscard]] double table_time(double sigma) const {
    return alphabar::detail::time_of_sigma(*table, sigma);
  }
};

}  // namespace alphabar::diffusers
