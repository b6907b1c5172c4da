// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/ve_process.hpp"

namespace alphabar {

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
  template <Real Scalar>
  SamplerPath(const NoiseSchedule<Scalar>& schedule, RealList times)
      : SamplerPath(std::move(times), [&](double s, double t) {
          return table_transition(detail::exact_table(schedule), s, t);
        }) {}

  /// Along a process in continuous time, as `VpLinear`.
  template <MarkovProcess Process>
  SamplerPath(const Process& process, RealList times)
      : SamplerPath(std::move(times),
                    [&](double s, double t) { return process.transition(s, t); }) {}

  /// Along σ, in the scale where the data keep theirs: x = x_0 + σ ε (`Edm`).
  [[nodiscard]] static SamplerPath of_sigmas(RealList sigmas) { return {Edm(), std::move(sigmas)}; }

  [[nodiscard]] std::size_t steps() const noexcept { return gaps_.size(); }
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
  template <class Transition>
  SamplerPath(RealList times, const Transition& transition) : times_(std::move(times).values()) {
    detail::require(times_.size() >= 2, "SamplerPath", "the number of times", "be >= 2",
                    times_.size());
    for (std::size_t k = 0; k < times_.size(); ++k) {
      const auto name = [k] { return detail::element("times", static_cast<Index>(k)); };
      if (k > 0 && !(times_[k] < times_[k - 1])) {
        detail::refuse("SamplerPath", name(), "be below " + detail::to_text(times_[k - 1]),
                       times_[k]);
      }
      levels_.push_back(transition(0, times_[k]));
      if (k > 0) gaps_.push_back(transition(times_[k], times_[k - 1]));
      if (k + 1 < times_.size() && !(levels_[k].noise_variance() > 0)) {
        detail::refuse("SamplerPath", "the noise at " + name(), "be > 0",
                       levels_[k].noise_variance());
      }
    }
  }

  static TransitionKernel<double> table_transition(const detail::ScheduleTable& exact, double s,
                                                   double t) {
    for (const double time : {s, t}) {
      detail::require_between("SamplerPath", "a time", 0, static_cast<double>(exact.steps()), time);
      detail::require(std::floor(time) == time, "SamplerPath", "a time", "be a whole number", time);
    }
    return exact.transition(static_cast<Index>(s), static_cast<Index>(t));
  }

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

}  // namespace alphabar
