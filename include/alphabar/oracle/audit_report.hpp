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

/// Options of an audit.
struct AuditOptions {
  /// The tolerance of times, and of weights relative to the largest weight of a step or to 1. A
  /// correct sampler in float is within 1e-5: some 20 roundings of 6e-8 per step, each of up to a
  /// few units. A table in float that is computed by another recursion differs by more, and is
  /// reported.
  double tolerance = 1e-9;
  std::vector<SuspectStep> suspects{};       ///< possible wrong steps
  std::vector<SuspectPlan> suspect_plans{};  ///< possible wrong plans
  bool law_only = false;  ///< accept other draws with the same law, as of a Brownian tree
};

/// The result of an audit. The laws are those of x_end in each eigendirection of the prior.
struct AuditReport {
  /// The law of x_end, in the eigenbasis of the prior.
  using Law = Gaussian<double, Eigen::Dynamic, DiagonalCovariance<double>>;

  Law claimed;                ///< of the plan, with an ideal network
  std::optional<Law> made{};  ///< of the sampler; empty if it could not be read
  double distance = std::numeric_limits<double>::infinity();  ///< W2 between `claimed` and `made`
  std::vector<SamplerFinding> findings{};                     ///< in the order of the calls
  SamplerPlan steps{};                                        ///< the steps of the sampler
  bool same_law = false;  ///< all steps are as claimed, up to draws with the same law

  /// Whether there are no findings.
  [[nodiscard]] bool passed() const noexcept { return findings.empty(); }

  /// "passed", or "failed" with the distance if the sampler could be read, and then the findings,
  /// one per line:
  ///
  ///     failed: W2 to the claimed law 0.718077
  ///     call 0 (t = 1000): the weight of the predicted noise must be -1.88432, found -1.61142
  ///
  /// A distance below 1e-9 is not printed in digits: they are rounding.
  [[nodiscard]] std::string text() const {
    return (passed() ? "passed\n" : "failed" + distance_text() + "\n") + detail::text_of(findings);
  }

 private:
  [[nodiscard]] std::string distance_text() const {
    if (!made) return "";
    return ": W2 to the claimed law " +
           (distance < 1e-9 ? "below 1e-9" : detail::six_digits(distance));
  }
};

}  // namespace alphabar
