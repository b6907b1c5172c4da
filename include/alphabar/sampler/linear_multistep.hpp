// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/detail/slope_form.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// Linear multistep methods for the probability flow, with the noise level as the independent
/// variable: D = ε and σ = √(v/a), or, along a straight path, where √a + √v = 1 at every time,
/// D = ε − x_0 and u = √v:
///
///     x_s/√a_s = x_t/√a_t − Σ_j w_j ε_j           x_s = x_t − Σ_j w_j (ε − x_0)_j
///
/// One call per step, and no noise. The first step is Euler's, the second of order 2, and so on. So
/// first steps as long as the others limit the order of the whole run to 2. Calls that repeat a
/// level count once, and a step between them does nothing. Paths that start at pure noise are
/// refused unless they are straight (from u = 1).
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
namespace alphabar {
namespace detail {

/// Step lengths for methods that treat all steps as equal.
inline std::vector<double> as_even(std::span<const double> lengths) {
  std::vector<double> even;
  for (const double length : lengths) even.push_back(length == 0 ? 0 : 1);
  return even;
}

/// Steps whose weights are the same at all steps of one order: weights(order) sums to 1.
template <class Weights>
SamplerPlan fixed_weight_plan(const SamplerPath& path, const SlopeForm& form, int order,
                              bool euler_onto_data, const Weights& weights) {
  const std::vector<double> even = as_even(form.lengths());
  return one_call_per_step(path, form.prediction(), [&](std::size_t k) {
    const std::size_t count = order_towards_data(order, euler_onto_data, path, k);
    const PastCalls calls = past_calls(even, k, count);
    std::vector<double> slopes = weights(calls.ages.size());
    for (double& weight : slopes) weight *= form.lengths()[k];
    return form.step(k, calls.by_age(slopes));
  });
}

}  // namespace detail

/// LMS, Adams–Bashforth for uneven steps: the polynomial through the last `order` slopes is
/// integrated exactly. Order 1 to 4.
///
/// k-diffusion's lms and diffusers' LMSDiscreteScheduler are the same, and ComfyUI's lms with
/// euler_onto_data. ComfyUI's ipndm_v is meant to be this method, but has wrong weights at orders 3
/// and 4. Hairer, Nørsett, Wanner 1993, Solving Ordinary Differential Equations I, section III.5.
struct Lms {
  int order = 4;                 ///< the number of predictions that a step uses
  bool euler_onto_data = false;  ///< the step onto clean data is of order 1: it ends in x_0

  /// @throws std::invalid_argument for another order, and where σ at the first time is infinite
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("Lms", order, 4);
    const detail::SlopeForm form("Lms", path);
    return detail::one_call_per_step(path, form.prediction(), [&](std::size_t k) {
      const std::size_t count = detail::order_towards_data(order, euler_onto_data, path, k);
      const detail::PastCalls calls = detail::past_calls(form.lengths(), k, count);
      return form.step(k, calls.by_age(detail::multistep_weights(detail::StepWeight::constant,
                                                                 form.lengths()[k], calls.gaps)));
    });
  }
};

/// iPNDM: the Adams–Bashforth weights of equal steps, applied to any steps, order 1 to 4. Where the
/// lengths of steps vary smoothly the order of the whole run is at most 2, otherwise 1.
///
/// Zhang, Chen 2023, arXiv:2204.13902. diffusers' IPNDMScheduler is the same, and ComfyUI's ipndm
/// with euler_onto_data.
struct Ipndm {
  int order = 4;                 ///< the number of predictions that a step uses
  bool euler_onto_data = false;  ///< the step onto clean data is of order 1: it ends in x_0
  /// Allows a path to start at pure noise. There ε is x, and the first step uses x_0 = 0, as in
  /// diffusers' IPNDMScheduler. D is then ε on every path.
  bool no_data_in_pure_noise = false;

  /// @throws std::invalid_argument for another order, and where σ is infinite; with
  ///     no_data_in_pure_noise it may be at the first time
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("Ipndm", order, 4);
    const detail::SlopeForm form("Ipndm", path, no_data_in_pure_noise);
    SamplerPlan plan = detail::fixed_weight_plan(path, form, order, euler_onto_data,
                                                 detail::adams_bashforth_weights);
    if (std::isinf(form.lengths()[0])) {
      const detail::SigmaRatio level(path.gap(0), path.level(1));
      plan.calls[0].step = detail::one_call_step(level.noise_ratio, 0);
    }
    return plan;
  }
};

/// Gradient estimation: an Euler step with the slope D + (γ − 1)(D − D'), D' the previous one.
/// Order 1; with γ = 3/2 on equal steps it is Adams–Bashforth of order 2.
///
/// Permenter, Yuan 2024, arXiv:2306.04848. ComfyUI's gradient_estimation is the same with
/// euler_onto_data.
struct GradientEstimation {
  double gamma = 2;              ///< γ
  bool euler_onto_data = false;  ///< the step onto clean data has γ = 1: it ends in x_0

  /// @throws std::invalid_argument unless gamma is finite, and where σ at the first time is
  /// infinite
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require(std::isfinite(gamma), "GradientEstimation", "gamma", "be finite", gamma);
    const detail::SlopeForm form("GradientEstimation", path);
    return detail::fixed_weight_plan(path, form, 2, euler_onto_data, [&](std::size_t order) {
      return order == 1 ? std::vector<double>{1} : std::vector<double>{gamma, 1 - gamma};
    });
  }
};

}  // namespace alphabar
