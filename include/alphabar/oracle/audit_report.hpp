// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <charconv>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {
namespace detail {

inline std::string six_digits(double value) {
  char buffer[32];
  char* const end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 6).ptr;
  return {buffer, end};
}

}  // namespace detail

/// What can be wrong with a sampler.
enum class Fault {
  start,            ///< the first point is not the first draw, scaled as claimed
  time,             ///< the network is told another time
  repeated_call,    ///< a call is there twice
  skipped_call,     ///< a call is missing
  calls,            ///< more or fewer calls, in no order that was claimed
  unused_answer,    ///< the step stays where it is
  noise_root,       ///< a variance stands where its root belongs
  exchanged_level,  ///< σ_s or √v_s stands where σ_t or √v_t belongs, or the other way round
  target,           ///< a step of its kind, but to another noise level
  suspect,          ///< a step that the claim suspects: its tables read one time early or late
  network,          ///< all steps are right for a network that predicts something else
  coefficient,      ///< another number
  not_affine  ///< no function of x, the answers and what is drawn for the step, element by element
};

/// One fault, and where it shows.
struct AuditFinding {
  Index call = 0;                    ///< counted from 0, as the claim counts
  double time = 0;                   ///< of that call, as claimed
  Fault fault = Fault::coefficient;  ///< what is wrong
  std::string coefficient{};         ///< "c_x", "c_pred", "c_prev", "c_noise", "time", ...
  double claimed = 0;                ///< its value by the plan
  double found = 0;                  ///< its value in the sampler; 0 for what is rounding
  std::string meaning{};             ///< the fault in words, with its numbers

  /// call 3 (t = 700): c_pred must be 0.25, found 0.31: a step to sigma 1.2 instead of 1.1
  [[nodiscard]] std::string text() const {
    using detail::six_digits;
    std::string line = "call " + detail::to_text(call) + " (t = " + six_digits(time) + "): ";
    line.append(coefficient).append(" must be ").append(six_digits(claimed));
    line.append(", found ").append(six_digits(found));
    if (six_digits(claimed) == six_digits(found)) {
      line.append(", off by ").append(six_digits(found - claimed));
    }
    return meaning.empty() ? line : line.append(": ").append(meaning);
  }
};

/// What an audit has found. The laws are those of x_end in each eigendirection of the prior.
struct AuditReport {
  /// Of x_end, in the eigenbasis of the prior.
  using Law = Gaussian<double, Eigen::Dynamic, DiagonalCovariance<double>>;

  Law made;                              ///< by the sampler, with an ideal network
  Law claimed;                           ///< by the plan, with the same network
  double distance = 0;                   ///< W2 between them
  std::vector<AuditFinding> findings{};  ///< in the order of the calls

  /// Whether nothing was found.
  [[nodiscard]] bool passed() const noexcept { return findings.empty(); }

  /// The findings, one per line.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const AuditFinding& finding : findings) lines.append(finding.text()).append("\n");
    return lines;
  }
};

}  // namespace alphabar
