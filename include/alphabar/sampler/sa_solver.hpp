// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// SA-Solver: predictor and corrector, both Adams methods, for the reverse SDE with its noise
/// variance scaled by τ² (`DpmSolverMultistep` with η = τ²). After a predictor step to s the
/// network is called there. The corrector repeats the step from the same point with the same
/// normal, with the new prediction in the polynomial.
///
/// The orders are the numbers of predictions in the polynomial. They are lower in the first steps
/// and, with lower_order_final, in the last m − k steps: m − k for the predictor of step k, one or
/// two more for the corrector after it, where m counts the steps that do not end on clean data. The
/// step onto clean data is of order 1, and the point before it is corrected only with
/// `repeat_call`.
///
/// One call per step; with `repeat_call` (PECE) a second one at each corrected point. τ = 0 draws
/// nothing.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Xue et al. 2023, arXiv:2309.05019, and its appendix D for simple_order_2. "SASolver" in
/// diffusers, "sa_solver" and "sa_solver_pece" in ComfyUI.
struct SaSolver {
  Prediction prediction = Prediction::x0;  ///< or noise
  int predictor_order = 2;                 ///< 1 to 4
  int corrector_order = 2;                 ///< 0 (none) to 4
  std::vector<double> tau{1};              ///< τ of each step, the last for all others
  /// With two predictions of x_0 the weight of the slope is (1 + τ²) h/2 instead of the exact one,
  /// as the paper advises for few steps.
  bool simple_order_2 = true;
  bool repeat_call = false;            ///< PECE: the network is called again at the corrected point
  bool lower_order_final = true;       ///< lower orders in the last steps
  bool corrector_falls_early = false;  ///< predictor's order + 1, not + 2, at the end (ComfyUI)

  /// @throws std::invalid_argument for other orders, predictions or τ; for ε from σ = ∞, and onto
  ///     clean data with noise
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    constexpr auto name = "SaSolver";
    require_order("predictor_order", predictor_order, 1);
    require_order("corrector_order", corrector_order, 0);
    detail::require(!tau.empty(), name, "the number of tau", "be >= 1", 0);
    std::vector<double> etas;
    for (const double t : tau) {
      detail::require(t >= 0 && t <= 1000, name, "tau", "be in [0, 1000]", t);
      etas.push_back(t * t);
    }
    const detail::LogSnrForm form(name, path, prediction, etas);
    const bool clean = path.level(path.steps()).noise_variance() == 0;
    const std::size_t last = path.steps() - (clean ? 1 : 0);  // m

    SamplerTape tape(prediction, detail::empty_plan(path, prediction).start_scale);
    TapeValue x = tape.start();
    std::vector<TapeValue> predictions;
    TapeValue before = x;     // the start of the last step
    TapeValue noise = 0 * x;  // the noise of the last step
    for (std::size_t k = 0; k < path.steps(); ++k) {
      predictions.push_back(tape.ask(detail::call_at(path, k, {}), x));
      const auto order = corrector_orders(form, k, last, k + 1 == path.steps() && clean);
      if (order > 0) {
        const detail::PastCalls past = detail::past_calls(form.lengths(), k - 1, order - 1);
        std::vector<TapeValue> values{predictions[k]};
        if (order > 1) {
          for (const std::size_t age : past.ages) values.push_back(predictions[k - 1 - age]);
        }
        x = advance(form, k - 1, before, values, corrector(form, k - 1, order, past)) + noise;
        if (repeat_call) predictions[k] = tape.ask(detail::call_at(path, k, {}), x);
      }
      auto count = static_cast<std::size_t>(predictor_order);
      if (lower_order_final) count = (std::min)(count, (std::max<std::size_t>)(last - k, 1));
      const detail::PastCalls past = detail::past_calls(form.lengths(), k, count);
      std::vector<TapeValue> values;
      for (const std::size_t age : past.ages) values.push_back(predictions[k - age]);
      before = x;
      noise = form.noise(k) != 0 ? form.noise(k) * tape.draw() : 0 * x;
      x = advance(form, k, before, values, predictor(form, k, past)) + noise;
    }
    return tape.finish(x);
  }

 private:
  static void require_order(std::string_view name, int order, int lowest) {
    detail::require(order >= lowest && order <= 4, "SaSolver", name,
                    lowest == 0 ? "be in 0..4" : "be in 1..4", order);
  }

  /// The number of predictions that correct the point of call k; 0 after a step that is no
  /// interval.
  [[nodiscard]] std::size_t corrector_orders(const detail::LogSnrForm& form, std::size_t k,
                                             std::size_t last, bool onto_clean_data) const {
    if (k == 0 || (onto_clean_data && !repeat_call)) return 0;
    const double length = form.length(k - 1);
    if (length == 0 || !std::isfinite(length)) return 0;
    const auto wanted = static_cast<std::size_t>(corrector_order);
    if (!lower_order_final) return wanted;
    return (std::min)(wanted, last - k + (corrector_falls_early ? 1 : 2));
  }

  [[nodiscard]] bool is_simple(std::size_t count) const {
    return simple_order_2 && prediction == Prediction::x0 && count == 2;
  }

  [[nodiscard]] std::vector<double> predictor(const detail::LogSnrForm& form, std::size_t k,
                                              const detail::PastCalls& past) const {
    const double h = form.length(k);
    auto moments = detail::step_moments(form.weight(), h, past.ages.size(), form.rate(k));
    moments[0] = form.mass(k);
    if (is_simple(moments.size())) moments[1] = form.rate(k) * h / 2;
    return detail::weights_of_moments(moments, h, past.gaps);
  }

  /// The weights of the corrector, the new prediction first.
  [[nodiscard]] std::vector<double> corrector(const detail::LogSnrForm& form, std::size_t k,
                                              std::size_t order,
                                              const detail::PastCalls& past) const {
    const double h = form.length(k);
    if (order == 1) return {form.mass(k)};
    if (is_simple(past.ages.size() + 1)) {
      const double half = form.rate(k) * h / 2;
      return {half, form.mass(k) - half};
    }
    return detail::corrector_weights(form.weight(), h, past.gaps, form.rate(k));
  }

  /// Step k without its noise.
  static TapeValue advance(const detail::LogSnrForm& form, std::size_t k, const TapeValue& x,
                           const std::vector<TapeValue>& predictions,
                           const std::vector<double>& weights) {
    const std::vector<double> scaled = form.scaled(k, weights);
    TapeValue next = form.point(k) * x;
    for (std::size_t j = 0; j < predictions.size(); ++j) next += scaled[j] * predictions[j];
    return next;
  }
};

}  // namespace alphabar
