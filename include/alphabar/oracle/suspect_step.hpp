// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {

/// A step that may have been implemented in place of another one.
struct SuspectStep {
  std::size_t call = 0;   ///< the call whose step it replaces
  SamplerCall instead{};  ///< its D is that of the plan, at its own level
  std::string meaning{};  ///< the meaning of the finding
};

/// A wrong plan that is a likely mistake, for example one along another table.
struct SuspectPlan {
  SamplerPlan plan{};     ///< of as many calls
  std::string meaning{};  ///< the meaning of the finding: "the table of the cosine schedule"
};

/// Suspects for a sampler along whole times of a table, with one call per step and without earlier
/// predictions: every step with its own time, the next time or both read one time early or late in
/// the table. Other samplers have none.
/// Cost: six plans of one step per call.
/// @throws what `SamplerPath` and the sampler throw for these times
template <Sampler S, Real Scalar>
[[nodiscard]] std::vector<SuspectStep> suspect_steps(const S& sampler,
                                                     const NoiseSchedule<Scalar>& schedule,
                                                     const RealList& times) {
  constexpr int beside[][2] = {{-1, -1}, {1, 1}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  const SamplerPath path(schedule, times);
  const SamplerPlan claimed = sampler.plan(path);
  std::vector<SuspectStep> suspects;
  if (claimed.kept_predictions() > 1 || claimed.calls.size() != path.steps()) return suspects;
  for (std::size_t k = 0; k < path.steps(); ++k) {
    for (const auto& [here, next] : beside) {
      const auto t = static_cast<Index>(path.time(k)) + here;
      const auto s = static_cast<Index>(path.time(k + 1)) + next;
      if (t > schedule.steps() || s < 0 || t <= s || !(schedule.sigma(t) > 0)) continue;
      const SamplerPlan plan = sampler.plan(SamplerPath(schedule, std::array{t, s}));
      suspects.push_back({k, plan.calls.front(),
                          "a step from t = " + detail::to_text(t) + " to " + detail::to_text(s) +
                              " instead of " + detail::to_text(t - here) + " to " +
                              detail::to_text(s - next)});
    }
  }
  return suspects;
}

}  // namespace alphabar
