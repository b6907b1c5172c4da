// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_claim.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/detail/recorded_run.hpp"
#include "alphabar/sampler/affine_step.hpp"

/// Which of the found calls is which of the claimed ones, and where the first begins.
namespace alphabar::detail {

/// Found calls and the claimed calls that they are: call `found[i]` is step `claimed[i]`.
struct Alignment {
  std::vector<std::size_t> found;
  std::vector<std::size_t> claimed;
  std::vector<AuditFinding> findings;
};

/// 0..size − 1 without `omitted` numbers from `first` on.
inline std::vector<std::size_t> all_but(std::size_t size, std::size_t first, std::size_t omitted) {
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < size; ++k) {
    if (k < first || k >= first + omitted) kept.push_back(k);
  }
  return kept;
}

/// That all times are off by the same amount, if they are.
inline std::string shifted_times(const RecordedRun& run, const SamplerClaim& claim) {
  const auto& steps = claim.plan.steps;
  const double shift = run.calls.front().time - steps.front().time;
  const auto shifted = [&](const RecordedCall& call, const SamplerStep& step) {
    return std::abs(call.time - step.time - shift) <= claim.tolerance * std::abs(step.time);
  };
  if (steps.size() < 2 ||
      !std::equal(run.calls.begin(), run.calls.end(), steps.begin(), steps.end(), shifted)) {
    return "";
  }
  std::string meaning = "all times are " + six_digits(std::abs(shift));
  meaning += shift < 0 ? " less" : " more";
  return shift == -1 ? meaning + ": counted from 0?" : meaning;
}

/// By the times that the network is told: the same, or with one piece too many or too few.
inline Alignment align(const RecordedRun& run, const SamplerClaim& claim) {
  const SamplerPlan& plan = claim.plan;
  const auto same_time = [&](std::size_t f, std::size_t c) {
    const double claimed = plan.steps[c].time;
    return std::abs(run.calls[f].time - claimed) <= claim.tolerance * std::abs(claimed);
  };
  const std::size_t found = run.calls.size();
  const std::size_t claimed = plan.steps.size();
  const std::size_t extra = found > claimed ? found - claimed : 0;
  const std::size_t missing = claimed > found ? claimed - found : 0;
  for (std::size_t first = 0; first <= std::min(found, claimed); ++first) {
    Alignment result{all_but(found, first, extra), all_but(claimed, first, missing), {}};
    const bool fits =
        std::equal(result.found.begin(), result.found.end(), result.claimed.begin(), same_time);
    if (!fits) continue;
    const auto finding = [&](double time, Fault fault, const std::string& meaning) {
      result.findings.push_back({static_cast<Index>(first), time, fault, "the number of calls",
                                 static_cast<double>(claimed), static_cast<double>(found),
                                 meaning});
    };
    if (extra == 1 && (same_time(first, std::min(first, claimed - 1)) ||
                       (first > 0 && same_time(first, first - 1)))) {
      finding(run.calls[first].time, Fault::repeated_call, "the call is there twice");
    } else if (extra > 0) {
      finding(run.calls[first].time, Fault::calls, to_text(extra) + " too many");
    } else if (missing > 0) {
      finding(plan.steps[first].time, Fault::skipped_call,
              missing == 1 ? "the call is missing" : to_text(missing) + " are missing");
    }
    return result;
  }
  Alignment result;
  for (std::size_t k = 0; k < std::min(found, claimed); ++k) {
    if (!same_time(k, k)) {
      result.findings.push_back({static_cast<Index>(k), plan.steps[k].time, Fault::time, "time",
                                 plan.steps[k].time, run.calls[k].time, shifted_times(run, claim)});
      break;
    }
  }
  if (found != claimed) {
    result.findings.push_back({0, plan.steps.front().time, Fault::calls, "the number of calls",
                               static_cast<double>(claimed), static_cast<double>(found), ""});
  } else {
    result.found = result.claimed = all_but(found, 0, 0);
  }
  return result;
}

/// The first point must be the first draw, scaled.
inline std::optional<AuditFinding> compare_start(const std::vector<RecordedRun>& runs,
                                                 const SamplerClaim& claim) {
  const RecordedRun& run = runs.front();
  const double time = claim.plan.steps.front().time;
  if (run.start.empty() || run.calls.empty()) {
    return AuditFinding{0, time, Fault::start, "the draws of the start", 1, 0, ""};
  }
  const Eigen::VectorXd& z = run.start.front();
  const Eigen::VectorXd& x = run.calls.front().x;
  const double scale = x.dot(z) / z.squaredNorm();
  const double rest = (x - scale * z).norm() / z.norm();
  const double allowed = claim.tolerance * (1 + claim.start_scale);
  if (rest <= allowed && std::abs(scale - claim.start_scale) <= allowed) return std::nullopt;
  return AuditFinding{0,     time, Fault::start, "the scale of the start", claim.start_scale,
                      scale, ""};
}

}  // namespace alphabar::detail
