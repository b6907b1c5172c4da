// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/ancestral_split.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/exponential_stages.hpp"
#include "alphabar/sampler/detail/exponential_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/euler_ancestral.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// DPM-Solver++(2S) to the lower level of an ancestral step (`EulerAncestral`), then new noise up
/// to level s. With h = log(σ_t/σ_d), D the predicted x_0, the stage is at the distance rh in half
/// log SNR. In the variance-exploding scale
///
///     x_d = e^(−h) x + (1 − e^(−h)) D̄,    D̄ = (1 − 1/(2r)) D + 1/(2r) D_1.
///
/// η = 0 is DPM-Solver++(2S). Steps from σ = ∞ and onto clean data are those of `EulerAncestral`,
/// which are the limit. Two calls per step. Order 2; with noise the variance of the result is of
/// order 2.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Lu et al. 2022, arXiv:2211.01095, algorithm 1. "dpmpp_2s_ancestral" in k-diffusion and, for
/// straight paths, ComfyUI (where the stage of a step from u = 1 is at u = 0.9999).
struct DpmSolverPp2SAncestral {
  double eta = 1;  ///< η, in [0, 1]
  double r = 0.5;  ///< the position of the stage, in (0, 1]

  /// @throws std::invalid_argument for another η or r
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr auto name = "DpmSolverPp2SAncestral";
    detail::require_eta(name, eta);
    detail::require(r > 0 && r <= 1, name, "r", "be in (0, 1]", r);
    const bool straight = detail::is_straight(path);
    const detail::ExponentialStep flow(Prediction::x0, 0);
    const SamplerPlan first_order = EulerAncestral{eta}.plan(path);
    return detail::staged_plan(
        path, Prediction::x0, [&](std::size_t k) { return first_order.calls[k].step; },
        [&](SamplerTape& tape, std::size_t k, const TapeValue& y, const TapeValue& d, double sigma,
            double) {
          const detail::AncestralSplit split(path, straight, k, eta);
          detail::ExponentialStages stages(flow, sigma, y, d);
          const double h = r * split.log_gap;
          const PathPoint point = detail::point_after(path, sigma, h);
          stages.add(h, tape.ask(path.call(point), point.level.signal_scale() * stages.at(h)));
          TapeValue down = stages.at(split.log_gap, SolverType::midpoint);
          if (split.draw == 0) return down;
          const double scale = straight ? path.level(k + 1).signal_scale() : 1;
          return down + split.draw / scale * tape.draw();
        });
  }
};

}  // namespace alphabar
