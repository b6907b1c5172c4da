// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/oracle/audit_claim.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/audit_alignment.hpp"
#include "alphabar/oracle/detail/audit_calls.hpp"
#include "alphabar/oracle/detail/recorded_run.hpp"
#include "alphabar/oracle/detail/steps_by_time.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/sampler_probe.hpp"
#include "alphabar/oracle/sampler_start.hpp"
#include "alphabar/sampler/affine_step.hpp"

namespace alphabar {
namespace detail {

/// The mean and the variances of what the sampler makes with an ideal network.
inline AuditReport::Law made_law(const ProbedSampler& sampler, const AuditReport::Law& prior,
                                 const SamplerClaim& claim) {
  const Eigen::ArrayXd lambda = prior.covariance().eigenvalues();
  const StepsByTime steps(claim.plan);
  std::vector<IdealPrediction<double>::Gains<Eigen::ArrayXd>> ideal;  // at each step of the plan
  for (const SamplerStep& step : claim.plan.steps) {
    ideal.push_back(IdealPrediction<double>(claim.network, step.zero_to_t)(lambda));
    ideal.back().of_mean *= prior.mean().array();
  }
  const auto network = [&](const Eigen::VectorXd& x, double time) -> Eigen::VectorXd {
    const auto& here = ideal[steps.nearest(time)];
    return here.gain * x.array() + here.of_mean;
  };
  std::size_t draws = 0;
  const auto end = [&](std::size_t loud) {  // all draws are 0, but one is 1
    return run(sampler, lambda.size(), network, [&](std::size_t j) -> Eigen::VectorXd {
      draws = std::max(draws, j + 1);
      return Eigen::VectorXd::Constant(lambda.size(), j == loud ? 1 : 0);
    });
  };
  constexpr auto none = static_cast<std::size_t>(-1);
  const Eigen::VectorXd mean = end(none);
  Eigen::VectorXd variances = Eigen::VectorXd::Zero(lambda.size());
  for (std::size_t j = 0; j < draws; ++j) variances += (end(j) - mean).cwiseAbs2();
  return {mean, DiagonalCovariance<double>(variances)};
}

}  // namespace detail

/// Tests a user-supplied sampler against its exact law.
///
/// `sampler(network, noise)` is asked to carry a sample from noise to data, element by element, and
/// returns it; network and noise are those of oracle/sampler_probe.hpp. First it meets a network
/// that answers anything, which shows the coefficients of each of its steps; then the ideal network
/// for the prior, and unit vectors for noise, which shows the exact law of what it makes. Nothing
/// is estimated, and nothing is left to chance.
///
/// The prior should have eigenvalues far from 1 and a mean that is not 0: at λ = 1 most mistakes
/// are invisible. Its coordinates are its eigendirections.
/// Accuracy: for a sampler in double that is right, `distance` is below 1e-12 and each coefficient
/// within the default tolerance. Cost: one run of the sampler per draw, and 24/d + 2 more.
/// @throws std::invalid_argument when what the sampler asks, draws or returns has another size, or
///     depends on the noise; when the claim is not one (`sampler_law`)
[[nodiscard]] inline AuditReport audit(const ProbedSampler& sampler, const AuditReport::Law& prior,
                                       const SamplerClaim& claim) {
  detail::require(std::isfinite(claim.start_scale) && claim.start_scale > 0, "audit",
                  "claim.start_scale", "be finite and > 0", claim.start_scale);
  detail::require_answers("audit", claim.plan, prior.covariance().rank() < prior.dimension());
  AuditReport report{detail::made_law(sampler, prior, claim),
                     sampler_law(claim.plan, prior, SamplerStart::noise(claim.start_scale)), 0};
  report.distance = wasserstein_distance(report.made, report.claimed);

  const auto runs = detail::record_arbitrary_runs(sampler, prior.dimension());
  const detail::Alignment alignment = detail::align(runs.front(), claim);
  report.findings = alignment.findings;
  if (const auto start = detail::compare_start(runs, claim)) report.findings.push_back(*start);
  for (const AuditFinding& finding : detail::audit_calls(runs, alignment, claim)) {
    report.findings.push_back(finding);
  }
  return report;
}

}  // namespace alphabar
