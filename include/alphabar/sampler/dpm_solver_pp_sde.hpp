// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/exponential_stages.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// DPM-Solver++ for the SDE with one stage: two ancestral steps in the variance-exploding scale
/// (`Ddim{eta}`) from the same point, the first by rh in log σ to the stage, the second to the end
/// with the prediction
///
///     D̄ = (1 − 1/(2r)) D + 1/(2r) D_1.
///
/// The intervals of the two normals overlap. They are increments of one Brownian motion, so their
/// correlation is √((ς_t − ς_1)/(ς_t − ς_s)) with ς = σ, on straight paths ς = u. Independent
/// normals give another law, and the variance of the result converges with order 1 instead of 2.
///
/// Steps from σ = ∞ and onto clean data are those of `Ddim{eta}`. η = 0 is DPM-Solver++(2S). Two
/// calls and, with noise, two normals per step.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Derived from Lu et al. 2022, arXiv:2211.01095. "DPMSolverSDE" in diffusers (η = 1), "dpmpp_sde"
/// in k-diffusion.
struct DpmSolverPpSde {
  /// The joint law of the two normals of a step.
  enum class Normals {
    brownian,    ///< increments of one Brownian motion over overlapping intervals
    independent  ///< for comparison with programs that draw both independently
  };
  double eta = 1;                       ///< η, in [0, 1]
  double r = 0.5;                       ///< the position of the stage, in (0, 1)
  Normals normals = Normals::brownian;  ///< of one step

  /// @throws std::invalid_argument for another η or r
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_eta("DpmSolverPpSde", eta);
    detail::require(r > 0 && r < 1, "DpmSolverPpSde", "r", "be in (0, 1)", r);
    const detail::FlowScale scale(path);
    const SamplerPlan first_order = Ddim{eta}.plan(path);
    return detail::staged_plan(
        path, Prediction::x0, [&](std::size_t k) { return first_order.calls[k].step; },
        [&](SamplerTape& tape, std::size_t k, const TapeValue& y, const TapeValue& d, double sigma,
            double h) {
          const PathPoint point = detail::point_after(path, sigma, r * h);
          const LinearStep to_stage = ancestral(r * h);
          TapeValue stage = to_stage.x * y + to_stage.predictions[0] * d;
          TapeValue first = 0 * y;
          if (eta > 0) {
            first = tape.draw();
            stage += sigma * to_stage.draws[0] * first;
          }
          const TapeValue d_1 = tape.ask(path.call(point), point.level.signal_scale() * stage);
          const LinearStep to_end = ancestral(h);
          const double fac = 1 / (2 * r);
          TapeValue end = to_end.x * y + to_end.predictions[0] * ((1 - fac) * d + fac * d_1);
          if (eta > 0) {
            const double shared = share(scale, path.level(k), point.level, path.level(k + 1), h);
            end += sigma * to_end.draws[0] *
                   (std::sqrt(shared) * first + std::sqrt(1 - shared) * tape.draw());
          }
          return end;
        });
  }

 private:
  /// Over h in log σ, from σ = 1.
  [[nodiscard]] LinearStep ancestral(double h) const {
    return Ddim{eta}.step({1, -std::expm1(-2 * h)}, {1, std::exp(-2 * h)});
  }

  /// (ς_t − ς_1)/(ς_t − ς_s).
  [[nodiscard]] double share(const detail::FlowScale& scale, const TransitionKernel<double>& t,
                             const TransitionKernel<double>& stage,
                             const TransitionKernel<double>& s, double h) const {
    if (normals == Normals::independent) return 0;
    return scale.decay(-std::expm1(-r * h), t, stage).replaced /
           scale.decay(-std::expm1(-h), t, s).replaced;
  }
};

}  // namespace alphabar
