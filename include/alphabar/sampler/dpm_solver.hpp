// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/ancestral_split.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/exponential_stages.hpp"
#include "alphabar/sampler/detail/exponential_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/euler_ancestral.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// DPM-Solver-1, 2 and 3 with stages between the levels of the path, at r_1 = ½, or at r_1 = 1/3
/// and r_2 = 2/3, of the step in half log SNR; for the predicted noise or, as DPM-Solver++, the
/// predicted x_0.
///
/// With η > 0 a step goes to the lower level of an ancestral step (`EulerAncestral`), but not below
/// the last level of the path, and then adds new noise up to level s. So the last step draws
/// nothing.
///
/// Steps from σ = ∞ (x_0 only) and onto clean data are of order 1. A step of order p makes p calls.
/// The first step from σ = ∞ limits the order of the whole run to 2.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Lu et al. 2022, arXiv:2206.00927, algorithms 1 and 2; arXiv:2211.01095 for x_0.
/// "dpm_fast" in k-diffusion, with its eta, is `DpmSolver{dpm_fast_orders(calls)}` on levels that
/// are equally spaced in log σ.
struct DpmSolver {
  std::vector<int> orders{3};  ///< of the steps: 1, 2 or 3; the last is for all further steps
  Prediction prediction = Prediction::noise;  ///< or x0
  SolverType type = SolverType::midpoint;     ///< of the last stage
  double eta = 0;                             ///< η, in [0, 1]

  /// @throws std::invalid_argument for other orders, predictions or η, and for ε from σ = ∞
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    const detail::LogSnrForm form("DpmSolver", path, prediction);
    const detail::ExponentialStep exponential(prediction, 0);
    detail::require(!orders.empty(), "DpmSolver", "the number of orders", "be >= 1", 0);
    for (std::size_t i = 0; i < orders.size(); ++i) {
      detail::require(orders[i] >= 1 && orders[i] <= 3, "DpmSolver",
                      detail::element("orders", static_cast<Index>(i)), "be 1, 2 or 3", orders[i]);
    }
    detail::require_eta("DpmSolver", eta);
    const bool ancestral = eta > 0 && prediction == Prediction::x0;
    const SamplerPlan one_call = EulerAncestral{ancestral ? eta : 0}.plan(path);
    const std::vector<Target> targets = targets_of(path, form);
    return detail::staged_plan(
        path, prediction,
        [&](std::size_t k) { return ancestral ? one_call.calls[k].step : form.first_order(k); },
        [&](SamplerTape& tape, std::size_t k, const TapeValue& y, const TapeValue& p, double sigma,
            double) {
          detail::ExponentialStages stages(exponential, sigma, y, p);
          const double h = targets[k].distance;
          const int order = orders[(std::min)(k, orders.size() - 1)];
          for (int j = 1; j < order; ++j) {
            const double h_j = j * h / order;
            const PathPoint point = detail::point_after(path, sigma, h_j);
            stages.add(h / order,
                       tape.ask(path.call(point), point.level.signal_scale() * stages.at(h_j)));
          }
          const TapeValue down = stages.at(h, type);
          return targets[k].draw == 0 ? down : down + targets[k].draw * tape.draw();
        });
  }

 private:
  /// The length of a step in half log SNR, and the weight in y = x/√a of its normal.
  struct Target {
    double distance;
    double draw = 0;
  };

  [[nodiscard]] std::vector<Target> targets_of(const SamplerPath& path,
                                               const detail::LogSnrForm& form) const {
    std::vector<Target> targets;
    for (const double length : form.lengths()) targets.push_back({length});
    if (eta == 0) return targets;
    const bool straight = detail::is_straight(path);
    TransitionKernel<double> from_end{1, 0};  // from the last level to the end of step k
    double to_end = 0;                        // the distance from there
    for (std::size_t k = path.steps(); k-- > 0;) {
      const double signal = path.level(k + 1).signal_scale();
      const double whole = form.length(k) + to_end;
      if (form.length(k) > 0 && std::isfinite(form.length(k))) {
        const detail::AncestralSplit split(path, straight, k, eta);
        targets[k] = split.log_gap < whole
                         ? Target{split.log_gap, split.draw / (straight ? signal : 1)}
                         : Target{whole, from_end.noise_scale() / signal};
      }
      from_end = path.gap(k) * from_end;
      to_end = whole;
    }
    return targets;
  }
};

/// The orders for `DpmSolver` that make this many calls: (3, ..., 3, 2, 1), (3, ..., 3, 1) or
/// (3, ..., 3, 2). They are for orders.size() steps. Lu et al. 2022, arXiv:2206.00927, section 3.4.
/// @throws std::invalid_argument unless calls >= 1
[[nodiscard]] inline std::vector<int> dpm_fast_orders(Count calls) {
  detail::require(calls >= 1, "dpm_fast_orders", "calls", "be >= 1", Index{calls});
  const auto rest = static_cast<int>(calls % 3);
  std::vector<int> orders(static_cast<std::size_t>(calls / 3 - (rest == 0 ? 1 : 0)), 3);
  if (rest == 0) orders.push_back(2);
  orders.push_back(rest == 0 ? 1 : rest);
  return orders;
}

}  // namespace alphabar
