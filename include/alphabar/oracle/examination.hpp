// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
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

/// How a sampler is examined.
struct ExaminationOptions {
  std::vector<Index> steps{10, 20, 40, 80, 160};  ///< each twice the one before
  Index most_steps = 320;                    ///< to which they are doubled where no order has shown
  std::vector<Index> few_steps{1, 2, 3, 7};  ///< at which it must run, but need not be good
  double tolerance = 1e-9;                   ///< what is rounding; 1e-5 for samplers in float
  double limit_tolerance = 0.03;             ///< of the limits of variance ratios and means
};

/// What an examination has found. Laws are those of x_end in each eigendirection of the prior.
struct Examination {
  /// Of x_end, in the eigenbasis of the prior.
  using Law = AuditReport::Law;

  std::vector<Index> n{};            ///< the numbers of steps
  std::vector<SamplerPlan> steps{};  ///< what the sampler does, for each n
  std::vector<Law> law{};            ///< of what it makes with an ideal network, for each n
  std::vector<double> distance{};    ///< W2 of that to the data, for each n

  /// Of convergence of the law to its limit, as fitted to the last numbers of steps; infinite where
  /// the law does not depend on n; none where the error does not fall by a constant power.
  std::optional<double> order{};
  /// Of the limit of many steps, extrapolated: the variance over that of the data, and the mean
  /// less that of the data, at the level of the end where that is not clean. The start is the
  /// data's own at the first level, so that what remains is the sampler's.
  Eigen::VectorXd variance_ratio{};
  Eigen::VectorXd mean_error{};            ///< see `variance_ratio`
  Eigen::VectorXd variance_uncertainty{};  ///< by how much two extrapolations of the ratio differ

  /// A network that always predicts the same data leads there: the weights of the data sum to 1.
  bool consistent = false;
  double consistency_error = 0;            ///< at the largest n: what the sum lacks
  double end_noise = 0;                    ///< what noise is left at the end; 0 when it is clean
  std::vector<SamplerFinding> findings{};  ///< what is wrong

  /// Whether nothing was found.
  [[nodiscard]] bool passed() const noexcept { return findings.empty(); }

  /// A table, the order, the limit and the findings.
  [[nodiscard]] std::string text() const {
    using detail::six_digits;
    std::string text;
    for (std::size_t i = 0; i < n.size(); ++i) {
      text += "n = " + detail::to_text(n[i]) + ": " + detail::to_text(steps[i].calls.size()) +
              " calls, W2 to the data " + three_digits(distance[i]) + "\n";
    }
    if (!n.empty()) {
      text += "order of convergence: " + order_text() + "\n";
      text += "limit of many steps: variance" + limits() + " times the data's, mean off by" +
              list(mean_error) + "\n";
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

  /// To three digits after the point.
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
