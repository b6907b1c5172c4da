// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar::detail {

/// The time of a table, whole or not, at which σ_t = σ, by `NoiseSchedule::time_of_log_snr`. A σ
/// outside the levels of the times 1..T that are finite and not 0 counts as the nearest of these.
template <Real Scalar>
double time_of_sigma(const NoiseSchedule<Scalar>& schedule, double sigma) {
  const ScheduleTable& exact = exact_table(schedule);
  Index first = 1;
  Index last = exact.steps();
  for (; first < last && std::isinf(exact[first].log_snr()); ++first) {
  }
  for (; last > first && std::isinf(exact[last].log_snr()); --last) {
  }
  return schedule.time_of_log_snr(
      std::clamp(log_snr_of_sigma(sigma), exact[last].log_snr(), exact[first].log_snr()));
}

}  // namespace alphabar::detail
