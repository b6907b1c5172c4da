// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/oracle/sampler_finding.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// Matches the calls found with the calls claimed, by the times that the network is told.
namespace alphabar::detail {

/// The name of the times of a plan: sigma where x = x_0 + σ ε, u on straight paths, otherwise t.
inline std::string time_name(const SamplerPlan& plan) {
  const auto all = [&](const auto& holds) {
    return std::ranges::all_of(plan.calls, [&](const SamplerCall& c) { return holds(c); });
  };
  const auto sigma = [](const SamplerCall& c) {
    return c.level.signal_power() == 1 &&
           std::abs(c.time - c.level.noise_scale()) <= 1e-12 * c.time;
  };
  const auto straight = [](const SamplerCall& c) { return is_straight(c.level); };
  if (all(sigma)) return "sigma";
  return all(straight) && plan.calls.front().level.noise_scale() > 0 ? "u" : "t";
}

/// The matched calls: call `found[i]` is call `claimed[i]`.
struct Alignment {
  std::vector<std::size_t> found;
  std::vector<std::size_t> claimed;
  std::vector<SamplerFinding> findings;
};

/// 0..size − 1 without `omitted` numbers from `first` on.
inline std::vector<std::size_t> all_but(std::size_t size, std::size_t first, std::size_t omitted) {
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < size; ++k) {
    if (k < first || k >= first + omitted) kept.push_back(k);
  }
  return kept;
}

class CallAligner {
 public:
  CallAligner(const std::vector<double>& told, const SamplerPlan& plan, double tolerance)
      : told_(told), plan_(plan), tolerance_(tolerance), time_name_(time_name(plan)) {}

  [[nodiscard]] Alignment align() const {
    const std::size_t found = told_.size();
    const std::size_t claimed = plan_.calls.size();
    if (found == claimed) return in_order();
    const std::size_t extra = found > claimed ? found - claimed : 0;
    const std::size_t missing = claimed > found ? claimed - found : 0;
    for (std::size_t first = 0; first <= (std::min)(found, claimed); ++first) {
      Alignment result{all_but(found, first, extra), all_but(claimed, first, missing), {}};
      const bool fits = std::equal(result.found.begin(), result.found.end(), result.claimed.begin(),
                                   [&](std::size_t f, std::size_t c) { return same_time(f, c); });
      if (!fits) continue;
      if (extra == 1 && first < claimed && same_time(first, first)) {
        add(result, first, Fault::repeated_call, "the call is there twice");
      } else if (extra > 0) {
        add(result, first, Fault::calls, to_text(extra) + " too many");
      } else {
        add(result, first, Fault::skipped_call,
            missing == 1 ? "the call is missing" : to_text(missing) + " are missing");
      }
      return result;
    }
    Alignment result;
    add(result, 0, Fault::calls, "");
    return result;
  }

  [[nodiscard]] std::string place(std::size_t claimed) const {
    return place_of_call(claimed, time_name_, plan_.calls[claimed].time);
  }

 private:
  [[nodiscard]] bool same(double told, double claimed) const {
    return std::abs(told - claimed) <= tolerance_ * (std::max)(std::abs(claimed), 1e-300);
  }
  [[nodiscard]] bool same_time(std::size_t f, std::size_t c) const {
    return same(told_[f], plan_.calls[c].model_time);
  }

  /// Reports another number of calls, from call `first` on.
  void add(Alignment& result, std::size_t first, Fault fault, const std::string& meaning) const {
    std::string where =
        first < plan_.calls.size() ? place(first) : place_of_call(first, "told", told_[first]);
    result.findings.push_back({.call = static_cast<Index>(first),
                               .place = std::move(where),
                               .fault = fault,
                               .coefficient = "the number of calls",
                               .claimed = static_cast<double>(plan_.calls.size()),
                               .found = static_cast<double>(told_.size()),
                               .meaning = meaning});
  }

  /// For the claimed number of calls; one finding for all wrong times.
  [[nodiscard]] Alignment in_order() const {
    std::vector<std::size_t> all(told_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    Alignment result{all, all, {}};
    std::size_t wrong = 0;
    std::size_t first = 0;
    for (std::size_t k = told_.size(); k-- > 0;) {
      if (same_time(k, k)) continue;
      ++wrong;
      first = k;
    }
    if (wrong == 0) return result;
    std::string meaning = common_change();
    if (meaning.empty() && wrong > 1) {
      meaning = to_text(wrong) + " of " + to_text(told_.size()) + " times are wrong";
    }
    result.findings.push_back({.call = static_cast<Index>(first),
                               .place = place(first),
                               .fault = Fault::time,
                               .coefficient = "the time that the network is told",
                               .claimed = plan_.calls[first].model_time,
                               .found = told_[first],
                               .meaning = meaning});
    return result;
  }

  /// The common shift or factor of all times in words, if there is one.
  [[nodiscard]] std::string common_change() const {
    if (told_.size() < 2) return "";
    const double claimed = plan_.calls.front().model_time;
    const double shift = told_.front() - claimed;
    const double factor = told_.front() / claimed;
    bool shifted = true;
    bool scaled = claimed != 0;
    for (std::size_t k = 0; k < told_.size(); ++k) {
      const double time = plan_.calls[k].model_time;
      const double allowed = tolerance_ * (std::max)(std::abs(told_[k]), std::abs(time));
      shifted = shifted && std::abs(told_[k] - time - shift) <= allowed;
      scaled = scaled && std::abs(told_[k] - time * factor) <= allowed;
    }
    if (shifted) {
      return "all times are " + six_digits(std::abs(shift)) + (shift < 0 ? " less" : " more");
    }
    return scaled ? "all times are " + six_digits(factor) + " times as large" : "";
  }

  const std::vector<double>& told_;
  const SamplerPlan& plan_;
  double tolerance_;
  std::string time_name_;
};

}  // namespace alphabar::detail
