// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/audit_report.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// Options of an examination.
struct ExaminationOptions {
  std::vector<Index> steps{10, 20, 40, 80, 160};  ///< each twice the one before
  Index most_steps = 320;                         ///< limit of further doubling to find an order
  std::vector<Index> few_steps{1, 2, 3, 7};       ///< the sampler may throw; no accuracy test
  double tolerance = 1e-9;                        ///< of rounding; 1e-5 for samplers in float
  double limit_tolerance = 0.03;                  ///< of the limits of variance ratios and means
};

/// The result of an examination. Laws are those of x_end in each eigendirection of the prior.
struct Examination {
  /// The law of x_end, in the eigenbasis of the prior.
  using Law = AuditReport::Law;

  std::vector<Index> n{};            ///< the numbers of steps
  std::vector<SamplerPlan> steps{};  ///< the steps of the sampler, for each n
  std::vector<Law> law{};            ///< of its result with an ideal network, for each n
  std::vector<double> distance{};    ///< W2 between that law and the data, for each n

  /// The order of convergence of the law to its limit, from the last numbers of steps. Infinite if
  /// the law does not depend on n; empty if the error does not decrease by a constant power of n.
  /// Its start is that of `variance_ratio`.
  std::optional<double> order{};
  /// The extrapolated limit for many steps: the variance divided by that of the data, and the mean
  /// minus that of the data. If the end has noise, the data have the same noise here. The start has
  /// the law of the data at the first level, so the difference is that of the steps only.
  Eigen::VectorXd variance_ratio{};
  Eigen::VectorXd mean_error{};            ///< see `variance_ratio`
  Eigen::VectorXd variance_uncertainty{};  ///< half the difference of two extrapolations

  /// With a network that always predicts the same data, the run ends there: the weights of the data
  /// sum to 1.
  bool consistent = false;
  double consistency_error = 0;            ///< the error of that sum at the largest n
  double end_noise = 0;                    ///< the noise at the end; 0 when it is clean
  std::vector<SamplerFinding> findings{};  ///< the faults

  /// Whether there are no findings.
  [[nodiscard]] bool passed() const noexcept { return findings.empty(); }

  /// A table, the order, the limit, the findings, and "passed" or "failed". If the start of the
  /// sampler is wrong (`Fault::start_level`), the lines of order and limit say "from the right
  /// start": they are not those of its samples.
  [[nodiscard]] std::string text() const {
    using detail::six_digits;
    std::string text;
    for (std::size_t i = 0; i < n.size(); ++i) {
      text += "n = " + detail::to_text(n[i]) + ": " + detail::to_text(steps[i].calls.size()) +
              " calls, W2 to the data " + three_digits(distance[i]) + "\n";
    }
    if (!n.empty()) {
      const bool wrong_start = std::ranges::any_of(findings, [](const SamplerFinding& finding) {
        return finding.fault == Fault::start_level;
      });
      const std::string start = wrong_start ? " from the right start: " : ": ";
      text += "order of convergence" + start + order_text() + "\n";
      text += "limit of many steps" + start + "variance" + limits() +
              " times the data's, mean off by" + list(mean_error) + "\n";
      text += "a network that always predicts the same data leads ";
      text += consistent ? "there\n"
                         : three_digits(consistency_error) +
                               " away from it at n = " + detail::to_text(n.back()) + "\n";
      if (end_noise > 0) text += "noise left at the end: " + three_digits(end_noise) + "\n";
    }
    text += detail::text_of(findings);
    return text + (passed() ? "passed\n" : "failed\n");
  }

 private:
  static std::string three_digits(double value) {
    char buffer[32];
    return {
        buffer,
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 3).ptr};
  }

  /// With three digits after the decimal point.
  static std::string list(const Eigen::VectorXd& values) {
    std::string text;
    for (const double value : values) {
      char buffer[400];
      const double rounded = std::abs(value) < 5e-4 ? 0 : value;
      text += text.empty() ? " " : ", ";
      text.append(
          buffer,
          std::to_chars(buffer, buffer + sizeof buffer, rounded, std::chars_format::fixed, 3).ptr);
    }
    return text;
  }

  /// 1.428 +- 0.002, ...
  [[nodiscard]] std::string limits() const {
    std::string text;
    for (Index i = 0; i < variance_ratio.size(); ++i) {
      text += i == 0 ? "" : ",";
      text += list(variance_ratio.segment(i, 1));
      if (variance_uncertainty(i) >= 5e-4) text += " +-" + list(variance_uncertainty.segment(i, 1));
    }
    return text;
  }

  [[nodiscard]] std::string order_text() const {
    if (!order) return "none: the error does not fall by a constant power of n";
    if (std::isinf(*order)) return "the law does not depend on n";
    return three_digits(*order);
  }
};

}  // namespace alphabar
