// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/oracle/suspect_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// How an audit is done.
struct AuditOptions {
  /// Of weights, in units of the largest of a step or of 1, and of times. A sampler in float that
  /// is right is within 1e-5: some 20 roundings of 6e-8 per step, each of up to a few units. A
  /// table of float that was made by another recursion differs by more, and is found.
  double tolerance = 1e-9;
  std::vector<SuspectStep> suspects{};       ///< what a step that is wrong might be
  std::vector<SuspectPlan> suspect_plans{};  ///< what all steps together might be
  bool law_only = false;  ///< other draws that give the same law, as of a Brownian tree, pass
};

/// What an audit has found. The laws are those of x_end in each eigendirection of the prior.
struct AuditReport {
  /// Of x_end, in the eigenbasis of the prior.
  using Law = Gaussian<double, Eigen::Dynamic, DiagonalCovariance<double>>;

  Law claimed;                ///< by the plan, with an ideal network
  std::optional<Law> made{};  ///< by the sampler, with the same network; where it could be read
  double distance = std::numeric_limits<double>::infinity();  ///< W2 between them
  std::vector<SamplerFinding> findings{};                     ///< in the order of the calls
  SamplerPlan steps{};                                        ///< what the sampler does
  bool same_law = false;  ///< all steps are the claimed ones, but for draws that give the same law

  /// Whether nothing was found.
  [[nodiscard]] bool passed() const noexcept { return findings.empty(); }

  /// The findings, one per line.
  [[nodiscard]] std::string text() const { return detail::text_of(findings); }
};

}  // namespace alphabar
