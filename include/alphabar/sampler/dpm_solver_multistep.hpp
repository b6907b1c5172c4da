// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"

/// Exponential multistep methods in half log SNR, λ = log(√a/√v), with one call per step. The
/// polynomial P through the last predictions is integrated with the weight e^λ (x_0) or e^(−λ) (ε).
/// With h = λ_s − λ_t > 0, for the probability flow, without noise:
///
///     x_s = √(v_s/v_t) x_t + √a_s ∫ e^(−(h − τ)) P(τ) dτ           D = x_0
///     x_s = √(a_s/a_t) x_t − √(a_s v_t/a_t) ∫ e^(−τ) P(τ) dτ       D = ε
///
/// η > 0 is the reverse SDE with its noise variance scaled by η, with c = 1 + η:
///
///     x_s = √(v_s/v_t) e^(−ηh) x_t + √a_s ∫ c e^(−c(h − τ)) P(τ) dτ + √(v_s (1 − e^(−2ηh))) z
///     x_s = √(a_s/a_t) x_t − c √(a_s v_t/a_t) ∫ e^(−τ) P(τ) dτ + √(η v_s (e^(2h) − 1)) z
///
/// The noise does not lower the order of the mean; the order of the variance is at most 2 for
/// η > 0.
///
/// The first step is of order 1 and the second of order 2, also after a step of infinite h. So
/// first steps as long as the others limit the order of the whole run to 2. A step onto clean data,
/// h = ∞, is of order 1: DDIM. Calls that repeat a level count once. For x_0 a path may start at
/// pure noise (u = 1, zero terminal SNR), for ε it may not. With η > 0, a plan for ε cannot end on
/// clean data.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels σ = √(v/a) from 1.0001 to 1000.
namespace alphabar {

/// DPM-Solver++ (x_0) and DPM-Solver (ε), multistep, of order 1, 2 or 3.
///
/// Lu et al. 2022, arXiv:2211.01095, proposition 4.1 and algorithm 2, and arXiv:2206.00927,
/// proposition 3.1.
/// diffusers' DPMSolverMultistepScheduler and EDMDPMSolverMultistepScheduler (algorithm_type
/// dpmsolver++, dpmsolver; for sde-dpmsolver++ and sde-dpmsolver η is 1) are the same, but lower
/// the order at the end for fewer than 15 steps. CosineDPMSolverMultistepScheduler is the case
/// η = 1, k-diffusion's dpmpp_2m_sde and dpmpp_3m_sde are cases of η > 0.
struct DpmSolverMultistep {
  Prediction prediction = Prediction::x0;  ///< or Prediction::noise
  int order = 2;                           ///< the number of predictions that a step uses
  /// How a step of order 2 integrates P: `heun` exactly; `midpoint` as a constant with the value of
  /// P at τ = h/2. Order 3 integrates P exactly.
  SolverType type = SolverType::midpoint;
  bool lower_order_final = false;  ///< the last step is of order 1, the one before of order <= 2
  bool euler_at_final = false;     ///< the last step is of order 1
  /// Halves the quadratic term in steps of order 3, as diffusers, k-diffusion and ComfyUI do. The
  /// order is then 2.
  bool halved_quadratic_term = false;
  double eta = 0;  ///< η >= 0; 0: the probability flow, 1: the reverse of the forward process

  /// @throws std::invalid_argument for another order or prediction, and for ε along a path that
  ///     starts at pure noise
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return plan_as("DpmSolverMultistep", path);
  }

 private:
  friend struct Deis;
  friend struct DpmSolverPp2M;
  friend struct ResMultistep;

  [[nodiscard]] SamplerPlan plan_as(std::string_view name, const SamplerPath& path) const {
    detail::require_order(name, order, 3);
    const detail::LogSnrForm form(name, path, prediction, {eta});
    const std::size_t steps = path.steps();
    return detail::one_call_per_step(path, prediction, [&](std::size_t k) {
      const bool first_order = euler_at_final && k + 1 == steps;
      const std::size_t count =
          first_order ? 1 : detail::order_of_step(order, lower_order_final, k, steps);
      const detail::PastCalls calls = detail::past_calls(form.lengths(), k, count);
      const double h = form.lengths()[k];
      auto moments = detail::step_moments(form.weight(), h, calls.ages.size(), form.rate(k));
      detail::apply_dpm_rules(moments, form.mass(k), type, halved_quadratic_term);
      const auto weights = detail::weights_of_moments(moments, h, calls.gaps);
      return form.step(k, calls.by_age(weights));
    });
  }
};

/// DPM-Solver++(2M): an Euler step with x_0 extrapolated from this call and the previous one by
/// half a step in log σ,
///
///     D̄ = D + h/(2h') (D − D'),    h = log(σ_t/σ_s),  h' the h of the step before.
///
/// Order 2. Lu et al. 2022, arXiv:2211.01095, algorithm 2. k-diffusion's dpmpp_2m is the same, but
/// on straight paths it uses −log u as λ; here λ is the half log SNR log((1 − u)/u).
struct DpmSolverPp2M {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return DpmSolverMultistep{}.plan_as("DpmSolverPp2M", path);
  }
};

/// RES, multistep: x_0, integrated exactly, of order 1, 2 or 3. Zhang et al. 2023,
/// arXiv:2308.02157. ComfyUI's res_multistep (order 2) is the same, but on straight paths it uses
/// −log u as λ.
struct ResMultistep {
  int order = 2;  ///< the number of predictions that a step uses

  /// @throws std::invalid_argument for another order
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return DpmSolverMultistep{.order = order, .type = SolverType::heun}.plan_as("ResMultistep",
                                                                                path);
  }
};

/// DEIS with polynomials in log ρ, ρ = √(v/a): ε, integrated exactly over ρ, of order 1, 2 or 3.
/// Zhang, Chen 2023, arXiv:2204.13902. diffusers' DEISMultistepScheduler is the same, but lowers
/// the order at the end for fewer than 15 steps.
struct Deis {
  int order = 2;                   ///< the number of predictions that a step uses
  bool lower_order_final = false;  ///< the last step is of order 1, the one before of order <= 2

  /// @throws std::invalid_argument for another order, and for a path that starts at pure noise
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return DpmSolverMultistep{.prediction = Prediction::noise,
                              .order = order,
                              .type = SolverType::heun,
                              .lower_order_final = lower_order_final}
        .plan_as("Deis", path);
  }
};

}  // namespace alphabar
