// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/exponential_stages.hpp"
#include "alphabar/sampler/detail/exponential_step.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tape.hpp"

/// Exponential Runge–Kutta methods for the reverse SDE in half log SNR λ, y = x/√a, D the predicted
/// x_0:
///
///     dy = (1 + η)(D − y) dλ + √(2η) σ dw
///
/// Stages are between the levels of the path. The noise of a step is one path of the SDE: each
/// stage reuses the normals of the stages before it and adds an independent one. η = 0 is the
/// probability flow, without noise. Steps from σ = ∞ and onto clean data are of order 1 with one
/// call. The first step from σ = ∞ limits the order of the whole run to 2.
///
/// Without noise SEEDS-2 is of order 2, SEEDS-3 of order 3; with noise the variance of the result
/// converges with order 2 for both.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Gonzalez et al. 2023, arXiv:2305.14267.
namespace alphabar {
namespace detail {

/// Stages at the distances r_j h, then the end.
inline SamplerPlan seeds_plan(std::string_view sampler, const SamplerPath& path, double eta,
                              const std::vector<double>& r, SolverType type) {
  const LogSnrForm form(sampler, path, Prediction::x0, {eta});
  const ExponentialStep exponential(Prediction::x0, eta);
  return staged_plan(
      path, Prediction::x0, [&](std::size_t k) { return form.first_order(k); },
      [&](SamplerTape& tape, std::size_t, const TapeValue& y, const TapeValue& d, double sigma,
          double h) {
        ExponentialStages stages(exponential, sigma, y, d);
        TapeValue noise = 0 * y;  // in units of σ
        const auto with_noise = [&](TapeValue at, double distance, double gap) {
          if (eta == 0) return at;
          noise = std::exp(-eta * gap) * noise + exponential.noise(gap) * tape.draw();
          return at + sigma * std::exp(-distance) * noise;
        };
        double before = 0;
        for (const double share : r) {
          const double distance = share * h;
          const double gap = (share - before) * h;
          before = share;
          const PathPoint point = point_after(path, sigma, distance);
          const TapeValue stage = with_noise(stages.at(distance), distance, gap);
          stages.add(gap, tape.ask(path.call(point), point.level.signal_scale() * stage));
        }
        return with_noise(stages.at(h, type), h, (1 - before) * h);
      });
}

inline void require_stage(std::string_view sampler, std::string_view name, double r, double above,
                          double last) {
  if (!(r > above && r <= last)) {
    refuse(sampler, name, "be in (" + to_text(above) + ", " + to_text(last) + "]", r);
  }
}

}  // namespace detail

/// SEEDS-2: one stage at r. The weights are those of `SolverType::midpoint` ("phi_1") or of
/// `SolverType::heun` ("phi_2"), which are exact for a linear D. Two calls and, with noise, two
/// normals per step.
///
/// "seeds_2" in ComfyUI; its "exp_heun_2_x0" has r = 1, heun and η = 0, "exp_heun_2_x0_sde" η = 1.
/// η = 0 and midpoint is DPM-Solver++(2S) of Lu et al. 2022, arXiv:2211.01095, algorithm 1.
struct Seeds2 {
  double eta = 1;                          ///< η >= 0
  double r = 0.5;                          ///< in (0, 1]
  SolverType type = SolverType::midpoint;  ///< of the end of a step

  /// @throws std::invalid_argument for other r or η
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_stage("Seeds2", "r", r, 0, 1);
    return detail::seeds_plan("Seeds2", path, eta, {r}, type);
  }
};

/// SEEDS-3: stages at r_1 and r_2; the end uses the slope of the second. Three calls and, with
/// noise, three normals per step. "seeds_3" in ComfyUI.
struct Seeds3 {
  double eta = 1;       ///< η >= 0
  double r_1 = 1. / 3;  ///< in (0, r_2)
  double r_2 = 2. / 3;  ///< in (r_1, 1]

  /// @throws std::invalid_argument for other r or η
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_stage("Seeds3", "r_1", r_1, 0, 1);
    detail::require_stage("Seeds3", "r_2", r_2, r_1, 1);
    return detail::seeds_plan("Seeds3", path, eta, {r_1, r_2}, SolverType::midpoint);
  }
};

/// RES of order 2: `Seeds2` without noise and with the weights that are exact for a linear D.
/// Two calls per step. Zhang et al. 2023, arXiv:2308.02157. "res_2s" in RES4LYF.
struct Res2S {
  double c_2 = 0.5;  ///< the position of the second stage, in (0, 1]

  /// @throws std::invalid_argument for another c_2
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_stage("Res2S", "c_2", c_2, 0, 1);
    return detail::seeds_plan("Res2S", path, 0, {c_2}, SolverType::heun);
  }
};

}  // namespace alphabar
