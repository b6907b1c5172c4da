// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "diffuse_dataset/experiment.hpp"
#include "diffuse_dataset/report.hpp"

namespace diffuse_dataset {

inline std::string formatted(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// A number at the right end of a column.
inline std::string cell(std::size_t width, const char* format, double value) {
  const std::string text = formatted(format, value);
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

inline std::string p_value_cell(double p) { return cell(9, p < 1e-3 ? "%.1e" : "%.3f", p); }

inline void print_introduction(const Report& report, const Plan& plan, std::ostream& out) {
  out << report.dataset << ": " << report.samples << " samples of " << report.dimension
      << " values";
  if (report.image_width != 0) {
    out << " (" << report.image_width << " × " << report.image_height << ")";
  }
  out << ", " << report.scaling << ".\n";
  for (const std::string& note : report.notes) out << note << '\n';
  out << "The " << report.schedule << " schedule, T = " << report.beta.size() - 1 << ", seed "
      << report.seed << ".\n\n";

  out << "jump   " << report.jumped << " samples taken from x_0 to x_t at once\n";
  out << "walk   " << report.walked << " samples taken through every step"
      << (report.walked < report.jumped ? ", held against their own Σ_t\n" : "\n");
  out << "drawn  " << plan.drawn << " draws from the prior fitted to the data, "
      << report.stand_ins.front().name << "\n";
  out << "error  ‖S - Σ_t‖ / ‖Σ_t‖ of their covariance S (Frobenius norm; divisor n - 1)\n\n";
}

constexpr std::string_view table_head =
    R"(                                jump              walk         drawn     KL to  diagonal
    t        ᾱ_t      SNR    error  p-value    error  p-value  p-value   N(0, I)  stand-in
)";

inline void print_table(const std::vector<Check>& checks, std::ostream& out) {
  out << table_head;
  for (const Check& check : checks) {
    out << cell(5, "%.0f", static_cast<double>(check.t)) << cell(11, "%.4g", check.alpha_bar)
        << cell(9, "%.3g", check.snr) << cell(9, "%.2g", check.jump_error)
        << p_value_cell(check.jump_p_value) << cell(9, "%.2g", check.walk_error)
        << p_value_cell(check.walk_p_value) << p_value_cell(check.wishart_p_value)
        << cell(10, "%.4g", check.kl_to_normal) << cell(10, "%.3g", check.total_correlation)
        << '\n';
  }
}

/// What the structures lose at seven times, in nats per sample.
inline void print_structures(const Report& report, std::ostream& out) {
  constexpr std::size_t columns = 7;
  const auto time = [&](std::size_t c) {
    return c * (report.cost_times.size() - 1) / (columns - 1);
  };
  out << "\nlost, nats per sample, when a structure stands in for all correlations\n           t";
  for (std::size_t c = 0; c < columns; ++c) {
    out << cell(10, "%.0f", static_cast<double>(report.cost_times[time(c)]));
  }
  out << '\n';
  for (const StandIn& stand_in : report.stand_ins) {
    if (stand_in.name == "dense") continue;
    out << std::string(12 - std::min<std::size_t>(12, stand_in.name.size()), ' ') << stand_in.name;
    for (std::size_t c = 0; c < columns; ++c) out << cell(10, "%.3g", stand_in.cost[time(c)]);
    out << '\n';
  }
  out << '\n';
}

/// Says whether theory held; true if it did. Where rounding is not small beside the noise, a
/// p-value says nothing about theory, and is no failure.
inline bool print_verdict(const std::vector<Finding>& findings, std::ostream& out) {
  const double level = alarm_level(findings.size());
  double smallest = 1;
  double least = 1;  // measured error over expected error
  double most = 1;
  bool passed = true;
  std::size_t limited = 0;
  for (const Finding& finding : findings) {
    const auto judge = [&](const char* what, double p_value, bool by_rounding) {
      if (by_rounding) {
        ++limited;
        return;
      }
      smallest = std::min(smallest, p_value);
      if (p_value >= level) return;
      passed = false;
      out << "FAILED at t = " << finding.t << ", " << what << ": p-value "
          << formatted("%.1e", p_value) << '\n';
    };
    judge("jump", finding.jump.p_value, finding.jump.limited);
    judge("walk", finding.walk.p_value, finding.walk.limited);
    judge("drawn", finding.drawn_p_value, false);
    for (const Comparison& way : {finding.jump, finding.walk}) {
      least = std::min(least, way.error / way.expected_error);
      most = std::max(most, way.error / way.expected_error);
    }
  }
  out << "The errors are " << formatted("%.2f", least) << " to " << formatted("%.2f", most)
      << " times what the noise alone makes of them.\n";
  if (limited > 0) {
    out << "Precision limits " << limited << " of " << 3 * findings.size()
        << " checks, and theory does not: beside values this large, double precision\n"
           "rounds off the noise that they test. They are not judged; --standardize makes them "
           "exact.\n";
  }
  out << (passed ? "All checks pass" : "Checks FAILED") << ": of " << 3 * findings.size() - limited
      << " p-values the smallest is " << formatted("%.2g", smallest) << "; one below "
      << formatted("%.1e", level) << " is a failure,\nwhich a right program has once in "
      << formatted("%.0f", runs_per_false_alarm) << " runs.\n";
  return passed;
}

}  // namespace diffuse_dataset
