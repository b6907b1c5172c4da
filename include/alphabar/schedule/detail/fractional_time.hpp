// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/schedule/detail/schedule_table.hpp"

/// Between the times of a table: log SNR is linear from one time to the next. (An interpolation of
/// ᾱ or of σ would take another path in each scale, and its inverse would not lead back.)
namespace alphabar::detail {

inline double log_snr_at(const ScheduleTable& table, double t) {
  constexpr auto function = "NoiseSchedule::log_snr_at";
  require_between(function, "t", 0, static_cast<double>(table.steps()), t);
  const auto s = static_cast<Index>(t);
  const double before = table[s].log_snr();
  const double fraction = t - static_cast<double>(s);
  if (fraction == 0) return before;
  const double after = table[s + 1].log_snr();
  require(std::isfinite(before) && std::isfinite(after), function, "t",
          "be whole, or between two times of finite log SNR", t);
  return before + fraction * (after - before);
}

/// The first time at which log SNR has fallen to the value, by bisection.
inline double time_of_log_snr(const ScheduleTable& table, double log_snr) {
  const auto require_reached = [&](double lowest, double highest) {
    require_between("NoiseSchedule::time_of_log_snr", "log_snr", lowest, highest, log_snr);
  };
  Index earlier = 0;
  Index later = table.steps();
  require_reached(table[later].log_snr(), table[0].log_snr());
  if (log_snr == table[0].log_snr()) return 0;
  while (later - earlier > 1) {
    const Index middle = earlier + (later - earlier) / 2;
    (table[middle].log_snr() > log_snr ? earlier : later) = middle;
  }
  const double before = table[earlier].log_snr();
  const double after = table[later].log_snr();
  if (log_snr == after) return static_cast<double>(later);
  if (std::isinf(before)) require_reached(table[table.steps()].log_snr(), after);
  if (std::isinf(after)) require_reached(before, table[0].log_snr());
  return static_cast<double>(earlier) + (before - log_snr) / (before - after);
}

}  // namespace alphabar::detail
