// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

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
  // it cannot be read as a list of linear steps
  throws,            ///< it throws
  resized,           ///< it asks or returns a vector of another size
  not_finite,        ///< NaN or infinity from finite predictions and draws
  course,            ///< the number of calls, of draws, or the times depend on the values
  own_noise,         ///< the same predictions and draws give other points
  history,           ///< a run depends on the run before it
  constant,          ///< it adds numbers that are neither predictions nor draws
  mixed_elements,    ///< an element depends on other elements
  not_linear,        ///< a step is not a linear function: something is clipped
  ignored_network,   ///< no prediction is used
  start_used_again,  ///< the normal of the start is drawn on by a step
  // examination
  wasted_call,   ///< a prediction without any effect
  not_clean,     ///< the end has noise left
  start_level,   ///< the start is not at the level that the network is told
  told_level,    ///< x is at another level than the network is told
  inconsistent,  ///< a network that always predicts the same data does not lead there
  limit,         ///< with more and more steps the law tends to another than the data's
  // audit
  start,            ///< the first point is not the first draw, scaled as claimed
  time,             ///< the network is told another time
  repeated_call,    ///< a call is there twice
  skipped_call,     ///< a call is missing
  calls,            ///< more or fewer calls, in no order that was claimed
  unused_answer,    ///< the step stays where it is
  noise_root,       ///< a variance stands where its root belongs
  exchanged_level,  ///< σ_s or √v_s stands where σ_t or √v_t belongs, or the other way round
  target,           ///< a step of its kind, but to another noise level
  suspect,          ///< a step or a plan that is suspected: a table read one time early or late
  network,          ///< all steps are right for a network that predicts something else
  other_draws,      ///< the same law from other draws
  coefficient       ///< another number
};

/// One fault, and where it shows.
struct SamplerFinding {
  Index call = 0;                    ///< counted from 0
  std::string place{};               ///< the call in words: "call 3 (t = 700)"
  Fault fault = Fault::coefficient;  ///< what is wrong
  std::string coefficient{};         ///< the number that is wrong, where it is one
  double claimed = 0;                ///< its value by the plan
  double found = 0;                  ///< its value in the sampler; 0 for what is rounding
  std::string meaning{};             ///< the fault in words, with its numbers; may be empty

  /// call 3 (t = 700): the weight of x must be 0.25, found 0.31: a step to sigma = 1.2 instead of
  /// 1.1
  [[nodiscard]] std::string text() const {
    using detail::six_digits;
    std::string line = place;
    if (!coefficient.empty()) {
      line.append(": ").append(coefficient).append(" must be ").append(six_digits(claimed));
      line.append(", found ").append(six_digits(found));
      if (six_digits(claimed) == six_digits(found)) {
        line.append(", off by ").append(six_digits(found - claimed));
      }
    }
    if (!meaning.empty()) line.append(line.empty() ? "" : ": ").append(meaning);
    return line;
  }
};

namespace detail {

/// call 3 (t = 700)
inline std::string place_of_call(std::size_t call, const std::string& time_name, double time) {
  return "call " + to_text(call) + " (" + time_name + " = " + six_digits(time) + ")";
}

/// One finding per line.
inline std::string text_of(const std::vector<SamplerFinding>& findings) {
  std::string lines;
  for (const SamplerFinding& finding : findings) lines.append(finding.text()).append("\n");
  return lines;
}

}  // namespace detail
}  // namespace alphabar
