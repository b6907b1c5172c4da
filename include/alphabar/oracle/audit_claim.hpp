// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {

/// A step that is easily done in place of another.
struct SuspectStep {
  std::size_t call = 0;   ///< in whose place
  SamplerStep step{};     ///< its D is that of the plan, at its own level
  std::string meaning{};  ///< what to say when it is found
};

namespace detail {

/// Every step with its own time, the next or both read one place early or late in the table.
template <Sampler S, Real Scalar>
std::vector<SuspectStep> steps_beside(const S& sampler, const NoiseSchedule<Scalar>& schedule,
                                      const std::vector<Index>& times) {
  constexpr int beside[][2] = {{-1, -1}, {1, 1}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}};
  std::vector<SuspectStep> suspects;
  for (std::size_t k = 0; k + 1 < times.size(); ++k) {
    for (const auto& [here, next] : beside) {
      const Index t = times[k] + here;
      const Index s = times[k + 1] + next;
      if (t > schedule.steps() || s < 0 || t <= s || !(schedule.sigma(t) > 0)) continue;
      const SamplerPlan plan = sampler.plan(SamplerPath(schedule, std::array{t, s}));
      suspects.push_back({k, plan.steps.front(),
                          "a step from t = " + to_text(t) + " to " + to_text(s) + " instead of " +
                              to_text(times[k]) + " to " + to_text(times[k + 1])});
    }
  }
  return suspects;
}

}  // namespace detail

/// What somebody's sampler says it is.
struct SamplerClaim {
  SamplerPlan plan;                      ///< the coefficients, call by call
  Prediction network = plan.prediction;  ///< what it takes the network's answers for
  double start_scale = 1;                ///< of the first draw: σ_max for EDM
  double tolerance = 1e-9;               ///< of coefficients and times; 1e-4 for float
  std::vector<SuspectStep> suspects{};   ///< what a step that is wrong might be

  /// A sampler along whole times of a table, which ends at the last of them. It suspects tables
  /// that are read one place early or late: for the time of a step, for the next, or for both.
  /// Samplers that look back, or call twice in a step, are claimed without suspects.
  /// Cost: six plans of one step per call.
  /// @throws what `SamplerPath` and the sampler throw for these times
  template <Sampler S, Real Scalar>
  [[nodiscard]] static SamplerClaim along(const S& sampler, const NoiseSchedule<Scalar>& schedule,
                                          const RealList& times, Prediction network) {
    const SamplerPath path(schedule, times);
    SamplerClaim claim{.plan = sampler.plan(path), .network = network};
    if (claim.plan.looks_back() || claim.plan.steps.size() != path.steps()) return claim;
    std::vector<Index> whole;
    for (std::size_t k = 0; k <= path.steps(); ++k) {
      whole.push_back(static_cast<Index>(path.time(k)));
    }
    claim.suspects = detail::steps_beside(sampler, schedule, whole);
    return claim;
  }
};

}  // namespace alphabar
