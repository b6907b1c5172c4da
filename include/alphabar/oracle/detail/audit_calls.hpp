// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/oracle/audit_claim.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/audit_alignment.hpp"
#include "alphabar/oracle/detail/audit_meaning.hpp"
#include "alphabar/oracle/detail/audit_step.hpp"
#include "alphabar/oracle/detail/recorded_run.hpp"
#include "alphabar/oracle/detail/steps_by_time.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// What each call does, held against the claim.
namespace alphabar::detail {

/// What call `found` of the runs does, when its answers are of this kind.
inline FoundStep find_step(const std::vector<RecordedRun>& runs, std::size_t found,
                           const SamplerClaim& claim, const StepsByTime& steps, std::size_t claimed,
                           Prediction kind) {
  const SamplerPlan& plan = claim.plan;
  const auto said = [&](const RecordedRun& run, std::size_t k) -> Eigen::VectorXd {
    const RecordedCall& call = run.calls[k];
    const SamplerStep& step = plan.steps[steps.nearest(call.time)];
    const PredictionConversion<double> conversion(step.zero_to_t, kind, plan.prediction);
    return conversion(call.x, call.answer);
  };
  const AffineStep& c = plan.steps[claimed].coefficients;
  const std::size_t look_back = c.older[0] != 0 || c.older[1] != 0 ? 3 : c.previous != 0 ? 1 : 0;
  const FoundStep fit = fit_step(runs, found, look_back, said);
  return fit.residual <= claim.tolerance ? fit : fit_step(runs, found, 3, said);
}

/// That step beside the one that is claimed.
inline StepComparison compare(const FoundStep& fit, const SamplerClaim& claim, std::size_t claimed,
                              Prediction kind) {
  return {claim.plan.steps[claimed], kind,
          claim.plan.coefficients(static_cast<Index>(claimed), kind), fit.coefficients,
          claim.tolerance};
}

/// Whether x and an answer of this kind determine those of all kinds.
inline bool determines_all(const TransitionKernel<double>& level, Prediction kind) {
  const LinearForm x{level.signal_scale(), level.noise_scale()};
  return x.noise > 0 && std::isnormal(area(x, prediction_form(kind, x.x0, x.noise).form));
}

/// The suspect that fits best, if one does.
inline const SuspectStep* find_suspect(const StepComparison& comparison, const SamplerClaim& claim,
                                       std::size_t claimed) {
  const SuspectStep* best = nullptr;
  double least = claim.tolerance;
  for (const SuspectStep& suspect : claim.suspects) {
    const auto& level = suspect.step.zero_to_t;
    if (suspect.call != claimed || !determines_all(level, comparison.kind)) {
      continue;
    }
    const double distance = comparison.distance(
        for_network(suspect.step.coefficients, {level, comparison.kind, claim.plan.prediction}));
    if (distance > least) continue;
    best = &suspect;
    least = distance;
  }
  return best;
}

/// Call `found` of the runs held against call `claimed` of the plan.
inline std::optional<AuditFinding> audit_call(const std::vector<RecordedRun>& runs,
                                              std::size_t found, const SamplerClaim& claim,
                                              const StepsByTime& steps, std::size_t claimed) {
  const FoundStep fit = find_step(runs, found, claim, steps, claimed, claim.network);
  const auto call = static_cast<Index>(claimed);
  if (!(fit.residual <= claim.tolerance)) {
    std::string meaning = "not the same multiples of x, the answers and the draws in every element";
    meaning += ": is something clipped";
    if (claim.plan.looks_back()) meaning += ", or an earlier answer read at another level";
    return AuditFinding{.call = call,
                        .time = claim.plan.steps[claimed].time,
                        .fault = Fault::not_affine,
                        .coefficient = "the unexplained part",
                        .found = fit.residual,
                        .meaning = meaning + "?"};
  }
  const StepComparison comparison = compare(fit, claim, claimed, claim.network);
  std::optional<AuditFinding> finding = comparison.worst();
  if (!finding) return finding;
  finding->call = call;
  if (const SuspectStep* const suspect = find_suspect(comparison, claim, claimed)) {
    finding->fault = Fault::suspect;
    finding->meaning = suspect->meaning;
  } else {
    explain(*finding, comparison);
  }
  return finding;
}

/// Whether all calls are right for a network that predicts this.
inline bool suits_network(const std::vector<RecordedRun>& runs, const Alignment& alignment,
                          const SamplerClaim& claim, const StepsByTime& steps, Prediction kind) {
  const auto answers = [&](const SamplerStep& step) {
    return determines_all(step.zero_to_t, kind);
  };
  if (!std::ranges::all_of(claim.plan.steps, answers)) return false;
  for (std::size_t i = 0; i < alignment.found.size(); ++i) {
    const std::size_t claimed = alignment.claimed[i];
    const FoundStep fit = find_step(runs, alignment.found[i], claim, steps, claimed, kind);
    if (!(fit.residual <= claim.tolerance)) return false;
    if (compare(fit, claim, claimed, kind).worst()) return false;
  }
  return true;
}

/// All calls; one finding when they are right for another network.
inline std::vector<AuditFinding> audit_calls(const std::vector<RecordedRun>& runs,
                                             const Alignment& alignment,
                                             const SamplerClaim& claim) {
  const StepsByTime steps(claim.plan);
  std::vector<AuditFinding> findings;
  for (std::size_t i = 0; i < alignment.found.size(); ++i) {
    const auto finding = audit_call(runs, alignment.found[i], claim, steps, alignment.claimed[i]);
    if (finding) findings.push_back(*finding);
  }
  if (findings.empty()) return findings;
  for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::velocity,
                                Prediction::score, Prediction::flow_velocity}) {
    if (!suits_network(runs, alignment, claim, steps, kind)) continue;
    findings.resize(1);
    findings[0].fault = Fault::network;
    findings[0].meaning = "every call fits a network that predicts ";
    findings[0].meaning += prediction_form(kind, 1, 1).name;
    break;
  }
  return findings;
}

}  // namespace alphabar::detail
