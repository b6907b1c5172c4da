// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"

namespace alphabar {

/// A sampler on a grid: the list of its calls. The same list is used to run a real network
/// (`run_sampler`, or a loop around any inference engine) and to compute the exact law of the
/// result (oracle/sampler_law.hpp).
struct SamplerPlan {
  Prediction prediction = Prediction::x0;  ///< the kind of D
  Prediction network = prediction;         ///< what the network predicts, converted at each call
  double start_scale = 1;                  ///< x starts as start_scale · N(0, I)
  std::vector<SamplerCall> calls{};        ///< in their order
  LinearStep start{};                      ///< before the first call: some samplers add noise to x
  double data_scale = 1;                   ///< > 0; the network's data are x_0/data_scale
  double prediction_scale = 1;  ///< not 0; its output is prediction_scale · P: see `NetworkScales`

  /// The number of predictions that a run stores: 1 when no step uses an earlier one, 0 when none
  /// is used.
  [[nodiscard]] std::size_t kept_predictions() const { return longest(&LinearStep::predictions); }
  /// The number of normals that a run stores: 0 when nothing is drawn.
  [[nodiscard]] std::size_t kept_draws() const { return longest(&LinearStep::draws); }

  /// The number of normals drawn before call k = 0..calls.size().
  [[nodiscard]] Index draws_before(std::size_t k) const {
    Index drawn = start.new_draws;
    for (std::size_t i = 0; i < (std::min)(k, calls.size()); ++i) drawn += calls[i].step.new_draws;
    return drawn;
  }
  /// The number of normals drawn in the whole run.
  [[nodiscard]] Index draws() const { return draws_before(calls.size()); }

  /// D = a x + b P at call k, P the prediction of the network for the input input_scale · x.
  /// @throws std::out_of_range for another k, std::invalid_argument where x and P do not determine
  ///     D: from ε at zero terminal SNR
  [[nodiscard]] PredictionConversion<double> conversion(std::size_t k) const {
    detail::require_in_range("SamplerPlan::conversion", "k", 0, std::ssize(calls) - 1,
                             static_cast<Index>(k));
    return {
        calls[k].level, network, prediction, {calls[k].input_scale, data_scale, prediction_scale}};
  }

  /// The step after call k in terms of P. @throws as `conversion`
  [[nodiscard]] LinearStep network_step(std::size_t k) const {
    const PredictionConversion<double> to_prediction = conversion(k);
    return for_network(calls[k].step, to_prediction);
  }

 private:
  [[nodiscard]] std::size_t longest(std::vector<double> LinearStep::*list) const {
    std::size_t most = (start.*list).size();
    for (const SamplerCall& call : calls) most = (std::max)(most, (call.step.*list).size());
    return most;
  }
};

namespace detail {

/// `name()` is how a message calls the step.
template <class Name>
void require_step(std::string_view function, const Name& name, const LinearStep& step,
                  std::size_t asked, Index drawn) {
  if (step.new_draws < 0) refuse(function, name() + ".new_draws", "be >= 0", step.new_draws);
  if (step.predictions.size() > asked) {
    refuse(function, name() + ".predictions.size()", "be at most " + to_text(asked),
           step.predictions.size());
  }
  if (std::ssize(step.draws) > drawn) {
    refuse(function, name() + ".draws.size()",
           "be at most " + to_text(drawn) + ", the draws so far", step.draws.size());
  }
  if (!std::isfinite(step.x)) refuse(function, name() + ".x", "be finite", step.x);
  const auto require_finite = [&](const char* list, const std::vector<double>& weights) {
    for (std::size_t j = 0; j < weights.size(); ++j) {
      if (std::isfinite(weights[j])) continue;
      refuse(function, element(name() + list, static_cast<Index>(j)), "be finite", weights[j]);
    }
  };
  require_finite(".predictions", step.predictions);
  require_finite(".draws", step.draws);
}

/// Checks that a plan has calls, that no step uses a prediction or a draw that does not exist yet,
/// and that every weight and scale is a number.
inline void require_plan(std::string_view function, const SamplerPlan& plan) {
  require(!plan.calls.empty(), function, "plan.calls.size()", "be >= 1", plan.calls.size());
  require(std::isfinite(plan.start_scale) && plan.start_scale >= 0, function, "plan.start_scale",
          "be finite and >= 0", plan.start_scale);
  require(std::isfinite(plan.data_scale) && plan.data_scale > 0, function, "plan.data_scale",
          "be finite and > 0", plan.data_scale);
  require(std::isfinite(plan.prediction_scale) && plan.prediction_scale != 0, function,
          "plan.prediction_scale", "be finite and not 0", plan.prediction_scale);
  Index drawn = plan.start.new_draws;
  const auto start = [] { return std::string("plan.start"); };
  require_step(function, start, plan.start, 0, drawn);
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const LinearStep& step = plan.calls[k].step;
    const double input_scale = plan.calls[k].input_scale;
    drawn += step.new_draws;
    const auto call = [k] { return element("plan.calls", static_cast<Index>(k)); };
    if (!std::isfinite(input_scale) || input_scale <= 0) {
      refuse(function, call() + ".input_scale", "be finite and > 0", input_scale);
    }
    const auto name = [&] { return call() + ".step"; };
    require_step(function, name, step, k + 1, drawn);
  }
}

}  // namespace detail
}  // namespace alphabar
