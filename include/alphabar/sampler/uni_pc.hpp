// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// UniPC: the exponential multistep predictor of order p. The prediction at the end of a step then
/// corrects that step, from the same point, before the next step. One call per step.
///
/// With P the polynomial through p predictions, and through one more for the corrector, a step is
/// that of sampler/dpm_solver_multistep.hpp. Where P is linear (predictor of order 2, corrector of
/// order 1) the integral of its slope over the step is approximated, with P = P_0 + τ P_1:
///
///     ∫ w P = (1 − e^(−h)) P_0 + ½ B h P_1,    B = 1 − e^(−h)    bh2,
///                                              B = h             bh1, x_0;  h e^(−h)    bh1, ε.
///
/// Order p + 1 for p = 1 and 2. The first step has p = 1, the second at most 2. So first steps as
/// long as the others limit the order of the whole run to 3. The last step has no corrector. Steps
/// onto clean data and from pure noise are DDIM steps without a corrector. For ε, paths that start
/// at pure noise are refused.
/// Accuracy: as in sampler/dpm_solver_multistep.hpp.
/// Zhao et al. 2023, arXiv:2302.04867, algorithms 1 and 2. diffusers' UniPCMultistepScheduler;
/// ComfyUI's uni_pc and uni_pc_bh2 (order 3, lower_order_final, end at σ = 0.001).
struct UniPc {
  /// The choice of B(h) above.
  enum class B { bh1, bh2 };

  Prediction prediction = Prediction::x0;  ///< or Prediction::noise
  int order = 2;                           ///< p, in 1..3
  B b = B::bh2;                            ///< the choice of B(h)
  bool lower_order_final = false;  ///< the last step is of order 1, the one before of order <= 2
  std::vector<Index> disable_corrector{};  ///< steps that are not corrected, from 0

  /// @throws std::invalid_argument for another order or prediction, and for ε along a path that
  ///     starts at pure noise
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("UniPc", order, 3);
    const detail::LogSnrForm form("UniPc", path, prediction);
    std::vector<double> correction{0};  // of this call's point, from its prediction backwards
    return detail::one_call_per_step(path, prediction, [&](std::size_t k) {
      const std::size_t count = detail::order_of_step(order, lower_order_final, k, path.steps());
      const detail::PastCalls calls = detail::past_calls(form.lengths(), k, count);
      const std::vector<double> predictor = predictor_weights(form, k, calls);
      LinearStep step{.x = form.point(k), .predictions = form.scaled(k, calls.by_age(predictor))};
      if (step.x != 0) {  // on clean data the corrected point is not used
        step.predictions.resize((std::max)(step.predictions.size(), correction.size()));
        for (std::size_t j = 0; j < correction.size(); ++j) {
          step.predictions[j] += step.x * correction[j];
        }
      }
      correction = form.scaled(k, corrected(form, k, calls, predictor));
      return step;
    });
  }

 private:
  /// ∫ w (1, u), u = τ/h, with B.
  [[nodiscard]] std::vector<double> linear_moments(const detail::LogSnrForm& form,
                                                   std::size_t k) const {
    const double h = form.lengths()[k];
    double factor = form.mass(k);
    if (b == B::bh1) factor = prediction == Prediction::x0 ? h : h * std::exp(-h);
    return {form.mass(k), factor / 2};
  }

  [[nodiscard]] std::vector<double> predictor_weights(const detail::LogSnrForm& form, std::size_t k,
                                                      const detail::PastCalls& calls) const {
    const double h = form.lengths()[k];
    auto moments = calls.ages.size() <= 2
                       ? linear_moments(form, k)
                       : detail::step_moments(form.weight(), h, calls.ages.size());
    return detail::weights_of_moments(moments, h, calls.gaps);
  }

  /// The weights of the corrector of step k minus those of its predictor, from the prediction at
  /// its end backwards.
  [[nodiscard]] std::vector<double> corrected(const detail::LogSnrForm& form, std::size_t k,
                                              const detail::PastCalls& calls,
                                              const std::vector<double>& predictor) const {
    const double h = form.lengths()[k];
    const auto listed =
        std::find(disable_corrector.begin(), disable_corrector.end(), static_cast<Index>(k));
    if (listed != disable_corrector.end() || h == 0 || !std::isfinite(h)) return {0};
    std::vector<double> weights;
    if (calls.ages.size() == 1) {
      const std::vector<double> moments = linear_moments(form, k);
      weights = {moments[1], moments[0] - moments[1]};
    } else {
      weights = detail::corrector_weights(form.weight(), h, calls.gaps);
    }
    std::vector<double> earlier(weights.begin() + 1, weights.end());
    for (std::size_t j = 0; j < earlier.size(); ++j) earlier[j] -= predictor[j];
    std::vector<double> by_age = calls.by_age(earlier);
    by_age.insert(by_age.begin(), weights[0]);
    return by_age;
  }
};

}  // namespace alphabar
