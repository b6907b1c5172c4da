// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <set>
#include <vector>

namespace diffuse_dataset {

using alphabar::Index;

/// The numbers of times and samples of the checks, chosen to take seconds for small data and half a
/// minute for 60000 images of 784 pixels.
struct Plan {
  std::vector<Index> times;  ///< ascending, last T
  Index walked = 0;          ///< samples computed step by step; all are computed by the closed form
  Index tested = 0;          ///< samples of the closed form whose residuals are tested
  Index drawn = 0;           ///< draws from the fitted Gaussian
};

/// 1, 2, 10, T, and times between them that are evenly spaced in log SNR.
inline std::vector<Index> even_times(const alphabar::NoiseSchedule<double>& schedule, int between) {
  const Index last = schedule.steps();
  Index t = std::min<Index>(10, last);
  const double from = schedule.log_snr(t);
  const double to = schedule.log_snr(last);
  std::set<Index> times{1, std::min<Index>(2, last), last};
  for (int k = 0; k < between; ++k) {
    while (t < last && schedule.log_snr(t) > from + (to - from) * k / between) ++t;
    times.insert(t);
  }
  return {times.begin(), times.end()};
}

/// A dozen times, or fewer where the log SNR changes quickly.
inline std::vector<Index> check_times(const alphabar::NoiseSchedule<double>& schedule) {
  std::vector<Index> times;
  for (int between = 9; between < 30 && times.size() < 12; ++between) {
    times = even_times(schedule, between);
  }
  return times;
}

inline Plan make_plan(const alphabar::NoiseSchedule<double>& schedule, Index samples,
                      Index dimension) {
  constexpr double walk_budget = 3e8;    // normals drawn
  constexpr double memory_budget = 4e7;  // numbers stored of samples computed step by step
  constexpr double test_budget = 3e9;    // multiplications per time
  constexpr double draw_budget = 8e8;
  constexpr double most_draws = 20000;

  Plan plan;
  plan.times = check_times(schedule);
  const auto d = static_cast<double>(dimension);
  const auto at_most = [&](double bound) {
    return std::clamp<Index>(static_cast<Index>(bound), std::min<Index>(samples, 2), samples);
  };
  plan.walked = at_most(std::min(walk_budget / (d * static_cast<double>(schedule.steps())),
                                 memory_budget / (d * static_cast<double>(plan.times.size()))));
  plan.tested = at_most(test_budget / (d * d));
  plan.drawn = static_cast<Index>(std::min(most_draws, draw_budget / (d * d)));
  return plan;
}

}  // namespace diffuse_dataset
