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

/// The faults of a sampler.
enum class Fault {
  // it cannot be read as a list of linear steps
  throws,            ///< it throws
  resized,           ///< it passes or returns a vector of another size
  not_finite,        ///< NaN or infinity in x or in a time, from finite predictions and draws
  course,            ///< the number of calls or draws, or the times, depend on the values
  own_noise,         ///< the same predictions and draws give other points
  history,           ///< a run depends on the run before it
  constant,          ///< it adds numbers that are neither predictions nor draws
  mixed_elements,    ///< an element depends on other elements
  not_linear,        ///< a step is not a linear function, for example because of clipping
  ignored_network,   ///< no prediction is used
  start_used_again,  ///< a step uses the normal of the start
  // examination
  wasted_call,   ///< a prediction has no effect
  start_level,   ///< the start is not at the level that the network is told
  told_level,    ///< x is at another level than the network is told
  inconsistent,  ///< a run with a network that always predicts the same data does not end there
  limit,         ///< for many steps the law tends to another one than that of the data
  // audit
  start,            ///< the first point is not the first draw times the claimed scale
  time,             ///< the network is told another time
  repeated_call,    ///< a call is made twice
  skipped_call,     ///< a call is missing
  calls,            ///< too many calls, or others than claimed
  unused_answer,    ///< the step does not move x
  noise_root,       ///< a variance in place of its root
  exchanged_level,  ///< σ_s or √v_s in place of σ_t or √v_t, or conversely
  target,           ///< a step of the claimed kind, but to another noise level
  suspect,          ///< a suspected step or plan, such as a table read one time early or late
  network,          ///< all steps are correct for a network with another prediction
  other_draws,      ///< other draws with the same law
  coefficient       ///< another number
};

/// One fault and its place.
struct SamplerFinding {
  Index call = 0;                    ///< counted from 0
  std::string place{};               ///< the call in words: "call 3 (t = 700)"
  Fault fault = Fault::coefficient;  ///< what is wrong
  std::string coefficient{};         ///< the wrong number, if there is one
  double claimed = 0;                ///< its value by the plan
  double found = 0;                  ///< its value in the sampler; 0 below rounding
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
