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

/// Linear multistep methods for the probability flow as a slope in the noise level: D = ε and
/// σ = √(v/a) as the level, or, along a straight path, where √a + √v = 1 at every time, D = ε − x_0
/// and u = √v:
///
///     x_s/√a_s = x_t/√a_t − Σ_j w_j ε_j           x_s = x_t − Σ_j w_j (ε − x_0)_j
///
/// One call per step, and nothing is drawn. The first step is Euler's, the second of order 2, ...:
/// first steps as long as the others limit the order of the whole to 2. Calls that repeat a level
/// count once, and a step between them does nothing.
/// Paths that start without signal are refused unless they are straight (from u = 1).
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
namespace alphabar {
namespace detail {

/// For methods that take all steps for even ones.
inline std::vector<double> as_even(std::span<const double> lengths) {
  std::vector<double> even;
  for (const double length : lengths) even.push_back(length == 0 ? 0 : 1);
  return even;
}

inline bool is_euler_onto_data(bool wanted, const SamplerPath& path, std::size_t k) {
  return wanted && path.level(k + 1).noise_variance() == 0;
}

/// Steps whose weights are the same at all steps of one order: weights(order) sums to 1.
template <class Weights>
SamplerPlan fixed_weight_plan(const SamplerPath& path, const SlopeForm& form, int order,
                              bool euler_onto_data, const Weights& weights) {
  const std::vector<double> even = as_even(form.lengths());
  return one_call_per_step(path, form.prediction(), [&](std::size_t k) {
    const bool euler = is_euler_onto_data(euler_onto_data, path, k);
    const PastCalls calls = past_calls(even, k, euler ? 1 : static_cast<std::size_t>(order));
    std::vector<double> slopes = weights(calls.ages.size());
    for (double& weight : slopes) weight *= form.lengths()[k];
    return form.step(k, calls.by_age(slopes));
  });
}

}  // namespace detail

/// LMS, Adams–Bashforth for uneven steps: the polynomial through the last `order` slopes is
/// integrated exactly. Order 1 to 4.
///
/// Elsewhere: k-diffusion's lms, diffusers' LMSDiscreteScheduler; ComfyUI's lms is that with
/// euler_onto_data. ComfyUI's ipndm_v means this method and has other weights by slips at orders 3
/// and 4. Hairer, Nørsett, Wanner 1993, Solving Ordinary Differential Equations I, section III.5.
struct Lms {
  int order = 4;                 ///< the number of predictions that a step uses
  bool euler_onto_data = false;  ///< the step onto clean data is of order 1: it ends in x_0

  /// @throws std::invalid_argument for another order, and where σ at the first time is infinite
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("Lms", order, 4);
    const detail::SlopeForm form("Lms", path);
    return detail::one_call_per_step(path, form.prediction(), [&](std::size_t k) {
      const bool euler = detail::is_euler_onto_data(euler_onto_data, path, k);
      const auto count = euler ? std::size_t{1} : static_cast<std::size_t>(order);
      const detail::PastCalls calls = detail::past_calls(form.lengths(), k, count);
      return form.step(k, calls.by_age(detail::multistep_weights(detail::StepWeight::constant,
                                                                 form.lengths()[k], calls.gaps)));
    });
  }
};

/// iPNDM: Adams and Bashforth's weights for even steps, whatever the steps are, order 1 to 4.
/// Where the lengths of steps change smoothly the order of the whole is at most 2, elsewhere 1.
///
/// Zhang, Chen 2023, arXiv:2204.13902. Elsewhere: diffusers' IPNDMScheduler; ComfyUI's ipndm is
/// that with euler_onto_data.
struct Ipndm {
  int order = 4;                 ///< the number of predictions that a step uses
  bool euler_onto_data = false;  ///< the step onto clean data is of order 1: it ends in x_0
  /// A path may start without signal: there ε is the point, and the first step takes 0 for x_0, as
  /// diffusers' IPNDMScheduler does. D is ε on every path then.
  bool no_data_in_pure_noise = false;

  /// @throws std::invalid_argument for another order, and where σ at the first time is infinite
  ///     unless no_data_in_pure_noise
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

/// Gradient estimation: the slope D + (γ − 1)(D − D'), D' the one before, in an Euler step. Order
/// 1; γ = 3/2 on even steps is Adams and Bashforth's method of order 2.
///
/// Permenter, Yuan 2024, arXiv:2306.04848. Elsewhere: ComfyUI's gradient_estimation is that with
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
