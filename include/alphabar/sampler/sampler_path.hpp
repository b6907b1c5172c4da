// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/ve_process.hpp"

namespace alphabar {
namespace detail {

/// What a sampler may ask of a continuous process.
template <class P>
concept HasTransitions = requires(const P& process, double t) {
  { process.transition(t, t) } -> std::same_as<TransitionKernel<double>>;
};

}  // namespace detail

/// The times that a sampler walks down, from noise to data, and the kernels between them: all that
/// it needs to know of a process.
///
/// The last time is where it ends. Grids of this library end before clean data, at the last call of
/// the network: append a 0 to arrive there, as `to_data` does.
/// Invariant: two times or more, strictly decreasing, with noise at each but the last.
class SamplerPath {
 public:
  /// Along a table: whole times from T to 0. Kernels are those of the table in double.
  /// @throws std::invalid_argument for times that do not decrease, fewer than two, or no noise
  /// @throws std::out_of_range for a time outside 0..T
  template <Real Scalar, ArithmeticRange Times>
  SamplerPath(const NoiseSchedule<Scalar>& schedule, const Times& times)
      : SamplerPath(Table{schedule.exact()}, times) {}

  /// Along a process in continuous time, `VpLinear` and its like.
  template <detail::HasTransitions Process, ArithmeticRange Times>
  SamplerPath(const Process& process, const Times& times) {
    for (const auto time : times) times_.push_back(static_cast<double>(time));
    detail::require(times_.size() >= 2, "SamplerPath", "the number of times", "be >= 2",
                    times_.size());
    for (std::size_t k = 0; k < times_.size(); ++k) {
      if (k > 0 && !(times_[k] < times_[k - 1])) {
        detail::refuse("SamplerPath", detail::element("times", static_cast<Index>(k)),
                       "be below " + detail::to_text(times_[k - 1]), times_[k]);
      }
      levels_.push_back(process.transition(0, times_[k]));
      if (k > 0) gaps_.push_back(process.transition(times_[k], times_[k - 1]));
      if (k + 1 < times_.size() && !(levels_[k].noise_variance() > 0)) {
        detail::refuse("SamplerPath",
                       "the noise at " + detail::element("times", static_cast<Index>(k)), "be > 0",
                       levels_[k].noise_variance());
      }
    }
  }

  /// Along σ, in the scale where the data keep theirs: x = x_0 + σ ε (`Edm`).
  template <ArithmeticRange Sigmas>
  static SamplerPath of_sigmas(const Sigmas& sigmas) {
    return SamplerPath(Edm(), sigmas);
  }

  [[nodiscard]] std::size_t steps() const { return gaps_.size(); }
  /// t_k, k = 0..steps(). @throws std::out_of_range for another k, as the next two
  [[nodiscard]] double time(std::size_t k) const { return at(times_, "time", k); }
  /// q(x_{t_k} | x_0).
  [[nodiscard]] const TransitionKernel<double>& level(std::size_t k) const {
    return at(levels_, "level", k);
  }
  /// q(x_{t_k} | x_{t_{k+1}}): what step k = 0..steps() − 1 goes back.
  [[nodiscard]] const TransitionKernel<double>& gap(std::size_t k) const {
    return at(gaps_, "gap", k);
  }

 private:
  /// The exact table as a process.
  struct Table {
    const detail::ScheduleTable& exact;

    [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
      for (const double time : {s, t}) {
        detail::require_between("SamplerPath", "a time", 0, static_cast<double>(exact.steps()),
                                time);
        detail::require(std::floor(time) == time, "SamplerPath", "a time", "be a whole number",
                        time);
      }
      return exact.transition(static_cast<Index>(s), static_cast<Index>(t));
    }
  };

  template <class T>
  static const T& at(const std::vector<T>& values, const std::string& name, std::size_t k) {
    if (k >= values.size()) {
      detail::require_in_range("SamplerPath::" + name, "k", 0, std::ssize(values) - 1,
                               static_cast<Index>(k));
    }
    return values[k];
  }

  std::vector<double> times_;
  std::vector<TransitionKernel<double>> levels_;
  std::vector<TransitionKernel<double>> gaps_;
};

/// The grid, and a 0 behind it: times or levels that end on clean data.
template <ArithmeticRange Grid>
[[nodiscard]] std::vector<std::ranges::range_value_t<Grid>> to_data(const Grid& grid) {
  std::vector<std::ranges::range_value_t<Grid>> extended(std::ranges::begin(grid),
                                                         std::ranges::end(grid));
  extended.push_back(0);
  return extended;
}

/// A sampler is what can write itself out for a path.
template <class S>
concept Sampler = requires(const S& sampler, const SamplerPath& path) {
  { sampler.plan(path) } -> std::same_as<SamplerPlan>;
};

namespace detail {

/// One call per step: what the sampler does between two levels.
template <class S>
SamplerPlan one_call_per_step(const S& sampler, const SamplerPath& path) {
  SamplerPlan plan;
  for (std::size_t k = 0; k < path.steps(); ++k) {
    plan.steps.push_back(
        {path.time(k), path.level(k), sampler.step(path.gap(k), path.level(k + 1))});
  }
  return plan;
}

/// The path is one of the process, whose time ends at 1, by its noise levels.
template <HasTransitions Process>
void require_path_of(std::string_view sampler, const Process& process, const SamplerPath& path) {
  for (std::size_t k = 0; k <= path.steps(); ++k) {
    const std::string name = "path.time(" + to_text(k) + ")";
    require(path.time(k) <= 1, sampler, name, "be at most 1, where its process ends", path.time(k));
    const TransitionKernel<double> level = process.transition(0, path.time(k));
    require(level == path.level(k), sampler, "the noise variance at " + name,
            "be that of its process, " + to_text(level.noise_variance()),
            path.level(k).noise_variance());
  }
}

/// One step back seen as noise levels, σ = √(v/a) in the variance-exploding scale:
///
///     q = σ_s/σ_t = √A √(v_s/v_t),    1 − q = (B/v_t)/(1 + q),    v_t = A v_s + B.
///
/// Every term is positive. Where x_t has no noise, v_t = 0, x_s is what is predicted: q = 0.
struct SigmaRatio {
  SigmaRatio(const TransitionKernel<double>& s_to_t, const TransitionKernel<double>& zero_to_s) {
    const double noise_s = zero_to_s.noise_variance();
    const double noise_t = std::fma(s_to_t.signal_power(), noise_s, s_to_t.noise_variance());
    if (noise_t == 0) return;
    noise_ratio = std::sqrt(noise_s / noise_t);
    ratio = s_to_t.signal_scale() * noise_ratio;
    renewed = s_to_t.noise_variance() / noise_t;
    complement = renewed / (1 + ratio);
  }

  /// log(σ_t/σ_s), by the smaller of q and 1 − q.
  [[nodiscard]] double log_gap() const {
    return ratio < 0.5 ? -std::log(ratio) : -std::log1p(-complement);
  }

  double ratio = 0;        ///< q
  double complement = 1;   ///< 1 − q
  double noise_ratio = 0;  ///< √(v_s/v_t)
  double renewed = 1;      ///< B/v_t = 1 − q²
};

}  // namespace detail
}  // namespace alphabar
