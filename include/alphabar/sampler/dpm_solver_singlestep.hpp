// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/exponential_stages.hpp"
#include "alphabar/sampler/detail/exponential_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/log_snr_form.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// DPM-Solver and DPM-Solver++ with stages at the levels of the path: of each block of `order`
/// levels the first is the start of a step of the method, and the others are its stages. One call
/// per level, so n steps of the path are about n/order steps of the method.
///
/// With lower_order_final the orders at the end are (…, 3, 2, 1), (…, 3, 1) or (…, 3, 2), and (…,
/// 2, 1, 1) for order 2. The same holds where n is not a multiple of the order. The step onto clean
/// data is always of order 1. After a step from σ = ∞ or of length 0 a new block begins.
///
/// η > 0 is the SDE of `DpmSolverMultistep` with one independent normal per level, at the stages
/// and at the end of a step.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Lu et al. 2022, arXiv:2206.00927 (ε) and arXiv:2211.01095 (x_0). "DPMSolverSinglestep" in
/// diffusers: dpmsolver++ is x_0, dpmsolver is ε, sde-dpmsolver++ is x_0 with η = 1. (Its SDE of
/// order 3 with "heun" has a wrong sign and is of order 1.)
struct DpmSolverSinglestep {
  int order = 2;                           ///< 1, 2 or 3
  Prediction prediction = Prediction::x0;  ///< or noise
  SolverType type = SolverType::midpoint;  ///< of all stages
  double eta = 0;                          ///< η >= 0
  bool lower_order_final = true;           ///< whether the last steps are of lower order
  /// The steps of the whole run that come before the path, in a partial run: its blocks are those
  /// of the whole run. If it begins within a block, a block begins there.
  std::size_t steps_before = 0;

  /// The stage number of each of the n steps of a run, 1 for the first of a block.
  /// @throws std::invalid_argument for another order, and for n = 0
  [[nodiscard]] std::vector<int> stages(std::size_t n, bool onto_clean_data) const {
    detail::require(order >= 1 && order <= 3, "DpmSolverSinglestep", "order", "be 1, 2 or 3",
                    order);
    detail::require(n >= 1, "DpmSolverSinglestep::stages", "n", "be >= 1", n);
    const auto block = static_cast<std::size_t>(order);
    const bool lower = lower_order_final || n % block != 0 || onto_clean_data;
    std::vector<int> list;
    for (std::size_t k = 0; k < n; ++k) list.push_back(static_cast<int>(k % block) + 1);
    if (lower && n % block == 0) list.back() = 1;
    if (onto_clean_data) list.back() = 1;
    return list;
  }

  /// @throws std::invalid_argument for other orders, predictions or η, for steps_before > 10⁶, and
  ///     for ε from σ = ∞
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    const detail::LogSnrForm form("DpmSolverSinglestep", path, prediction, {eta});
    const detail::ExponentialStep exponential(prediction, eta);
    detail::require(steps_before <= 1'000'000, "DpmSolverSinglestep", "steps_before",
                    "be <= 1000000", steps_before);
    const bool clean = path.level(path.steps()).noise_variance() == 0;
    const std::vector<int> stage = stages(steps_before + path.steps(), clean);
    SamplerTape tape(prediction, detail::empty_plan(path, prediction).start_scale);
    TapeValue x = tape.start();
    std::optional<detail::ExponentialStages> block;  // the current block, if there is one
    double distance = 0;                             // the length of the block so far
    double last_gap = 0;                             // the length of its last step
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const TransitionKernel<double>& level = path.level(k);
      const TransitionKernel<double>& target = path.level(k + 1);
      const TapeValue p = tape.ask(detail::call_at(path, k, {}), x);
      const detail::SigmaRatio ratio(path.gap(k), target);
      if (!ratio.is_interval()) {
        x = detail::apply(tape, form.first_order(k), x, p);
        block.reset();
        continue;
      }
      if (stage[steps_before + k] == 1 || !block) {
        block.emplace(exponential, detail::sigma_of(level), x / level.signal_scale(), p);
        distance = 0;
      } else {
        block->add(last_gap, p);
      }
      last_gap = ratio.log_gap();
      distance += last_gap;
      x = target.signal_scale() * block->at(distance, type);
      if (eta > 0) x += target.noise_scale() * exponential.noise(distance) * tape.draw();
    }
    return tape.finish(x);
  }
};

}  // namespace alphabar
