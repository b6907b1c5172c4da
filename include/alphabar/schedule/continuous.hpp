// SPDX-License-Identifier: MIT
#pragma once

#include <iterator>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/ve_process.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// All processes in continuous time, and tables made from them.
namespace alphabar {

/// The process at times 0 < t_1 < ... < t_T <= 1: the schedule with its ᾱ(t_k), within the bounds
/// that `NoiseSchedule` states. With t_0 = 0, β_k is the noise variance of
/// transition(t_{k−1}, t_k).
/// @throws std::invalid_argument for times that are none, not increasing or not in (0, 1]
template <Real S = double, VariancePreserving P>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process, const RealList& increasing_times) {
  const auto level = [&](double t) -> SignalAndNoise {
    if constexpr (ExactVariancePreserving<P>) {
      return process.signal_and_noise(t);
    } else {
      return {process.alpha_bar(t), process.one_minus_alpha_bar(t)};
    }
  };
  std::vector<detail::ScheduleState> states(1);
  double s = 0;
  for (const double t : increasing_times.values()) {
    const Index k = std::ssize(states);
    if (!(t > s && t <= 1)) {
      detail::refuse("discretize", detail::element("times", k - 1),
                     "be in (" + detail::to_text(s) + ", 1]", t);
    }
    const SignalAndNoise here = level(t);
    states.push_back(detail::ScheduleState::from({here.signal, here.signal_error},
                                                 {here.noise, here.noise_error}, k));
    s = t;
  }
  detail::require(states.size() > 1, "discretize", "times", "hold at least one value", 0);
  return detail::schedule_of<S>(detail::ScheduleTable::from_states(std::move(states)));
}

}  // namespace alphabar
