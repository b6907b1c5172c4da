// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"

namespace alphabar {

/// `DpmSolverMultistep` from data to noise, to invert a sample. The path is given from noise to
/// data, like any other, and is followed backwards. With g = log(σ_t/σ_s) > 0 from s up to t, and τ
/// in [0, g],
///
///     x_t = √(v_t/v_s) x_s − √a_t (σ_t/σ_s) ∫ e^(−τ) P(τ) dτ        D = x_0
///     x_t = √(a_t/a_s) x_s + √v_t ∫ e^(−(g − τ)) P(τ) dτ            D = ε
///
/// P is the polynomial through the predictions of this call and the previous ones. Orders and
/// options are those of `DpmSolverMultistep`. A run starts from x at the last level of the path,
/// not from noise; for ε that level may be clean data.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Lu et al. 2022, arXiv:2211.01095 and arXiv:2206.00927, with h < 0. diffusers'
/// DPMSolverMultistepInverseScheduler is the same, but lowers the order at the end for fewer than
/// 15 steps.
struct DpmSolverInversion {
  Prediction prediction = Prediction::x0;  ///< or Prediction::noise
  int order = 2;                           ///< the number of predictions that a step uses: 1, 2, 3
  SolverType type = SolverType::midpoint;  ///< of the slope in a step of order 2
  bool lower_order_final = false;  ///< the last step is of order 1, the one before of order <= 2
  bool euler_at_final = false;     ///< the last step is of order 1
  /// Halves the quadratic term in steps of order 3, as diffusers does.
  bool halved_quadratic_term = false;

  /// @throws std::invalid_argument for another order or prediction, for x_0 from clean data, and
  ///     for a path that starts at pure noise
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr auto name = "DpmSolverInversion";
    detail::require_order(name, order, 3);
    detail::require_data_or_noise(name, prediction);
    const std::size_t steps = path.steps();
    detail::require(path.level(0).signal_scale() > 0, name, "sigma at the first time", "be finite",
                    std::numeric_limits<double>::infinity());
    const double last = path.level(steps).noise_scale();
    detail::require(prediction == Prediction::noise || last > 0, name, "the noise at the last time",
                    "be > 0 to integrate x_0", last);
    std::vector<double> lengths;  // in the order of the steps, from the end of the path
    for (std::size_t k = steps; k-- > 0;) {
      lengths.push_back(detail::SigmaRatio(path.gap(k), path.level(k + 1)).log_gap());
    }
    SamplerPlan plan{.prediction = prediction};
    for (std::size_t step = 0; step < steps; ++step) {
      const std::size_t k = steps - 1 - step;
      plan.calls.push_back(detail::call_at(path, k + 1, step_up(path, k, lengths, step)));
    }
    return plan;
  }

 private:
  [[nodiscard]] LinearStep step_up(const SamplerPath& path, std::size_t k,
                                   const std::vector<double>& lengths, std::size_t step) const {
    const bool data = prediction == Prediction::x0;
    const bool first_order = euler_at_final && k == 0;
    const std::size_t count =
        first_order ? 1 : detail::order_of_step(order, lower_order_final, step, lengths.size());
    const detail::PastCalls calls = detail::past_calls(lengths, step, count);
    const auto weight = data ? detail::StepWeight::decaying : detail::StepWeight::growing;
    const double g = lengths[step];
    const detail::SigmaRatio ratio(path.gap(k), path.level(k + 1));
    auto moments = detail::step_moments(weight, g, calls.ages.size());
    detail::apply_dpm_rules(moments, ratio.complement, type, halved_quadratic_term);
    const double factor =
        data ? -path.level(k).signal_scale() / ratio.ratio : path.level(k).noise_scale();
    LinearStep up{.x = data ? 1 / ratio.noise_ratio : path.gap(k).signal_scale(),
                  .predictions = calls.by_age(detail::weights_of_moments(moments, g, calls.gaps))};
    for (double& each : up.predictions) each *= factor;
    return up;
  }
};

}  // namespace alphabar
