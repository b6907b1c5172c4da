// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/call_alignment.hpp"
#include "alphabar/oracle/detail/compare_steps.hpp"
#include "alphabar/oracle/detail/determines_x0.hpp"
#include "alphabar/oracle/detail/probe_run.hpp"
#include "alphabar/oracle/detail/same_basis_distance.hpp"
#include "alphabar/oracle/detail/step_comparison.hpp"
#include "alphabar/oracle/detail/step_meaning.hpp"
#include "alphabar/oracle/read_sampler.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

/// One audit of one sampler.
class Auditor {
 public:
  Auditor(const ProbedSampler& sampler, const AuditReport::Law& prior, const SamplerPlan& plan,
          const AuditOptions& options)
      : sampler_(sampler),
        prior_(prior),
        plan_(plan),
        options_(options),
        scale_(scale_of(plan)),
        report_{sampler_law(plan, prior)} {
    for (std::size_t k = 0; k < plan.calls.size(); ++k) (void)plan.conversion(k);
  }

  [[nodiscard]] AuditReport audit() {
    told_ = told_times();
    const SamplerReading reading = read(plan_, plan_.network);
    report_.steps = reading.plan;
    report_.findings = reading.findings;
    if (reading.plan.calls.empty()) return report_;
    const CallAligner aligner(told_, plan_, options_.tolerance);
    const Alignment alignment = aligner.align();
    append(alignment.findings);
    if (!reading.linear()) return report_;  // the steps are unknown
    report_.made = sampler_law(reading.plan, prior_);
    report_.distance = distance_in_basis(*report_.made, report_.claimed);
    compare_start(reading, aligner.place(0));
    compare_steps(reading, alignment, aligner);
    return report_;
  }

 private:
  void append(const std::vector<SamplerFinding>& findings) {
    report_.findings.insert(report_.findings.end(), findings.begin(), findings.end());
  }

  [[nodiscard]] CallOfTime call_of(const SamplerPlan& plan) const {
    return [this, &plan](std::size_t k, double told) {
      if (told_.size() == plan.calls.size() && k < told_.size()) return plan.calls[k];
      const auto nearer = [=](const SamplerCall& a, const SamplerCall& b) {
        return std::abs(a.model_time - told) < std::abs(b.model_time - told);
      };
      return *std::min_element(plan.calls.begin(), plan.calls.end(), nearer);
    };
  }

  static NetworkScales scales(const SamplerPlan& plan) {
    return {.data = plan.data_scale, .prediction = plan.prediction_scale};
  }

  [[nodiscard]] std::vector<double> told_times() const {
    Probe probe(sampler_, prior_.dimension(), plan_.prediction, plan_.network, scales(plan_),
                call_of(plan_));
    const auto any = [](std::size_t k, Index e) {
      return std::sin(static_cast<double>(k) + 2 * static_cast<double>(e));
    };
    return probe.run(any, any).told;
  }

  [[nodiscard]] SamplerReading read(const SamplerPlan& plan, Prediction network) const {
    return read_sampler(sampler_, prior_.dimension(),
                        {plan.prediction, network, scales(plan), options_.tolerance},
                        call_of(plan));
  }

  /// Whether all steps are those of `plan`, for a network of this kind.
  [[nodiscard]] bool is(const SamplerPlan& plan, Prediction network,
                        const Alignment& alignment) const {
    const SamplerReading reading = read(plan, network);
    if (!reading.linear()) return false;
    const StepsAgainstPlan steps(reading, plan, alignment, options_.tolerance);
    const StepsAgainstPlan::Differences differ = steps.differences();
    return differ.steps.empty() && differ.draws.empty();
  }

  void compare_start(const SamplerReading& reading, const std::string& place) {
    const double found = reading.points.front().start;
    const double claimed = plan_.start_scale * plan_.start.x;
    const auto same = [&](double a, double b) {
      return std::abs(a - b) <= options_.tolerance * (1 + std::abs(b));
    };
    if (!same(found, claimed)) {
      report_.findings.push_back({.place = place,
                                  .fault = Fault::start,
                                  .coefficient = "the scale of the start",
                                  .claimed = claimed,
                                  .found = found});
    }
    const double noise = numbers_of(reading.plan.start).noise;
    const double claimed_noise = numbers_of(plan_.start).noise;
    if (same(noise, claimed_noise)) return;
    report_.findings.push_back({.place = place,
                                .fault = Fault::start,
                                .coefficient = "the noise added to the start",
                                .claimed = claimed_noise,
                                .found = noise});
  }

  void compare_steps(const SamplerReading& reading, const Alignment& alignment,
                     const CallAligner& aligner) {
    const StepsAgainstPlan steps(reading, plan_, alignment, options_.tolerance);
    const StepsAgainstPlan::Differences differ = steps.differences();
    report_.same_law = differ.same_law && report_.findings.empty();
    if (differ.same_law && differ.other_draws) {
      if (options_.law_only) return;
      report_.findings.push_back(
          {.place = "all calls", .fault = Fault::other_draws, .meaning = "other draws, same law"});
      return;
    }
    if (differ.steps.empty() && differ.draws.empty()) {
      const bool all =
          alignment.found.size() == plan_.calls.size() && alignment.found.size() == told_.size();
      if (!all || differ.same_law) return;
      report_.findings.push_back({.place = "all calls",
                                  .fault = Fault::coefficient,
                                  .meaning = "each step draws as claimed, but the draws of "
                                             "different steps are not those claimed"});
      return;
    }
    std::vector<std::size_t> all = differ.steps;
    all.insert(all.end(), differ.draws.begin(), differ.draws.end());
    std::sort(all.begin(), all.end());
    const auto place = [&](std::size_t i) { return aligner.place(alignment.claimed[i]); };
    if (const auto whole = other_plan(alignment)) {
      SamplerFinding finding = steps.comparison(all.front(), scale_).worst();
      finding.place = place(all.front());
      finding.fault = whole->fault;
      finding.meaning = whole->meaning;
      report_.findings.push_back(finding);
      return;
    }
    for (const std::size_t i : all) {
      const StepComparison comparison = steps.comparison(i, scale_);
      SamplerFinding finding = comparison.worst();
      finding.place = place(i);
      StepMeaning(finding, comparison).explain(options_);
      if (comparison.fits(comparison.claimed)) {
        finding.coefficient.clear();
        finding.meaning = "other draws than claimed, or draws in another order";
      }
      report_.findings.push_back(finding);
    }
  }

  struct OtherPlan {
    Fault fault;
    std::string meaning;
  };

  /// What all steps fit instead of the plan: another network, or a suspect.
  [[nodiscard]] std::optional<OtherPlan> other_plan(const Alignment& alignment) const {
    if (const auto kind = other_network(alignment)) {
      return OtherPlan{Fault::network, std::string("every call fits a network that predicts ") +
                                           prediction_form(*kind, 1, 1).name};
    }
    for (const SuspectPlan& suspect : options_.suspect_plans) {
      if (suspect.plan.calls.size() != plan_.calls.size()) continue;
      if (!is(suspect.plan, suspect.plan.network, alignment)) continue;
      return OtherPlan{Fault::suspect, "every call fits " + suspect.meaning};
    }
    return std::nullopt;
  }

  /// A kind of network for which all steps are correct.
  [[nodiscard]] std::optional<Prediction> other_network(const Alignment& alignment) const {
    for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::velocity,
                                  Prediction::score, Prediction::flow_velocity}) {
      const bool known = std::ranges::all_of(
          plan_.calls, [&](const SamplerCall& call) { return determines_x0(kind, call.level); });
      if (kind == plan_.network || !known) continue;
      if (is(plan_, kind, alignment)) return kind;
    }
    return std::nullopt;
  }

  const ProbedSampler& sampler_;
  const AuditReport::Law& prior_;
  const SamplerPlan& plan_;
  const AuditOptions& options_;
  LevelScale scale_;
  AuditReport report_;
  std::vector<double> told_;
};

}  // namespace detail

/// Tests a user-supplied sampler against the plan that it claims to be.
///
/// `sampler(network, noise)` maps a sample from noise to data, element by element, and returns it.
/// Network and noise are those of oracle/sampler_probe.hpp, and their vectors have the dimension of
/// the prior. `read_sampler` reads its steps, and each is compared with the plan by substitution:
/// the claimed step, applied to the point found, must give the next point found. Nothing is
/// estimated, and no result depends on a seed. A finding has a meaning only if the step that the
/// meaning names, substituted for the claimed one, is the step found, within the tolerance.
/// Otherwise it has only the numbers.
///
/// The prior affects only the laws and their distance. Its coordinates are its eigendirections.
/// Accuracy: for a correct sampler in double, `distance` is below 1e-12 and each weight is within
/// the default tolerance.
/// Cost: one reading (`read_sampler`) and one more run. After a difference, up to four more
/// readings to test whether the steps are correct for another network, and one for each suspect
/// plan.
/// @throws std::invalid_argument when the plan is invalid (`sampler_law`), when the prediction of
///     the network does not determine that of the plan, or unless options.tolerance is in (0, 0.1)
[[nodiscard]] inline AuditReport audit(const ProbedSampler& sampler, const AuditReport::Law& prior,
                                       const SamplerPlan& plan, const AuditOptions& options = {}) {
  detail::require_plan("audit", plan);
  detail::require(plan.start_scale > 0, "audit", "plan.start_scale", "be > 0", plan.start_scale);
  return detail::Auditor(sampler, prior, plan, options).audit();
}

}  // namespace alphabar
