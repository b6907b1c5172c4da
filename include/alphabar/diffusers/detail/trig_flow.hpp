// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/lcm.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar::diffusers::detail {

/// x = cos(t) x_0 + σ_d sin(t) ε, where σ_d is the deviation of the data. Beyond a right angle the
/// process is that at the right angle:
///
///     A = cos² t/cos² s,    B = σ_d² sin(t − s) sin(t + s)/cos² s.
///
/// Lu, Song 2024, arXiv:2410.11081, section 3.
struct TrigFlow {
  static constexpr double right_angle = std::numbers::pi / 2;
  double sigma_data = 0.5;  ///< σ_d

  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    if (s == t || s >= right_angle) return {1, 0};
    const double cosine = std::cos(s) * std::cos(s);
    const double variance = sigma_data * sigma_data / cosine;
    if (t >= right_angle) return {0, variance * cosine};
    return {std::cos(t) * std::cos(t) / cosine, variance * std::sin(t - s) * std::sin(t + s)};
  }
};

/// Consistency sampling along it, x_0 = cos(t) x − sin(t) F, where F, the output of the network, is
/// the velocity of x_0/σ_d at x. "SCM" in diffusers begins at 1.5708, beyond the right angle. The
/// step from there has the same formula, with cos(t) < 0.
inline SamplerPlan trig_flow_plan(const SamplerPath& path) {
  SamplerPlan plan = Lcm{}.plan(path);
  for (SamplerCall& call : plan.calls) {
    if (call.time <= TrigFlow::right_angle) continue;
    const double kept = call.step.predictions[0];  // of x_0 = −F
    call.step.x += kept * std::cos(call.time);
    call.step.predictions[0] = kept * std::sin(call.time);
  }
  return plan;
}

}  // namespace alphabar::diffusers::detail
