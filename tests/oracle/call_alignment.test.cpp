// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/call_alignment.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "support/catch.hpp"

namespace call_alignment_test {

using namespace alphabar;

/// What the alignment of calls with these times, for claimed times 5, 4, 3, 2, finds.
std::string aligned(const std::vector<double>& told, const std::vector<std::size_t>& found,
                    const std::vector<std::size_t>& claimed) {
  SamplerPlan plan;
  for (const double t : {5.0, 4.0, 3.0, 2.0}) {
    plan.calls.push_back({.time = t, .level = {0.5, 0.5}, .model_time = t});
  }
  const detail::Alignment result = detail::CallAligner(told, plan, 1e-9).align();
  CHECK(result.found == found);
  CHECK(result.claimed == claimed);
  return detail::text_of(result.findings);
}

// Would catch a call too many or too few that is looked for at all places but the first or the
// last, calls after it that are compared one place off, and words or numbers of another case.
TEST_CASE("CallAligner: calls are matched by their times, wherever one is added or missing") {
  using Calls = std::vector<std::size_t>;
  const Calls all{0, 1, 2, 3};
  CHECK(aligned({5, 4, 3, 2}, all, all).empty());
  const auto in_place = [](const std::string& call, const std::string& time, int calls,
                           const std::string& meaning) {
    return "call " + call + " (" + time + "): the number of calls must be 4, found " +
           std::to_string(calls) + (meaning.empty() ? "" : ": ") + meaning + "\n";
  };
  const std::string twice = "the call is there twice";
  CHECK(aligned({5, 5, 4, 3, 2}, {1, 2, 3, 4}, all) == in_place("0", "t = 5", 5, twice));
  CHECK(aligned({5, 4, 3, 3, 2}, {0, 1, 3, 4}, all) == in_place("2", "t = 3", 5, twice));
  CHECK(aligned({5, 4, 3, 2, 2}, {0, 1, 2, 4}, all) == in_place("3", "t = 2", 5, twice));
  CHECK(aligned({9, 5, 4, 3, 2}, {1, 2, 3, 4}, all) == in_place("0", "t = 5", 5, "1 too many"));
  CHECK(aligned({5, 9, 4, 3, 2}, {0, 2, 3, 4}, all) == in_place("1", "t = 4", 5, "1 too many"));
  CHECK(aligned({5, 4, 3, 2, 1}, all, all) == in_place("4", "told = 1", 5, "1 too many"));
  CHECK(aligned({5, 5, 5, 4, 3, 2}, {2, 3, 4, 5}, all) == in_place("0", "t = 5", 6, "2 too many"));
  const std::string missing = "the call is missing";
  CHECK(aligned({4, 3, 2}, {0, 1, 2}, {1, 2, 3}) == in_place("0", "t = 5", 3, missing));
  CHECK(aligned({5, 4, 2}, {0, 1, 2}, {0, 1, 3}) == in_place("2", "t = 3", 3, missing));
  CHECK(aligned({5, 4, 3}, {0, 1, 2}, {0, 1, 2}) == in_place("3", "t = 2", 3, missing));
  CHECK(aligned({5, 2}, {0, 1}, {0, 3}) == in_place("1", "t = 4", 2, "2 are missing"));
  CHECK(aligned({5, 4, 7}, {}, {}) == in_place("0", "t = 5", 3, ""));
  CHECK(aligned({5, 4, 9, 9, 3, 8}, {}, {}) == in_place("0", "t = 5", 6, ""));
}

// Would catch a change of all times in words for another one, and one that not all times have.
TEST_CASE("CallAligner: times that are all moved or multiplied") {
  const std::vector<std::size_t> all{0, 1, 2, 3};
  const auto in_words = [&](const std::vector<double>& told) {
    const std::string text = aligned(told, all, all);
    const std::size_t number = text.find(", found ");
    const std::size_t words = text.find(": ", number);
    return words == std::string::npos ? "" : text.substr(words + 2);
  };
  CHECK(in_words({5.5, 4.5, 3.5, 2.5}) == "all times are 0.5 more\n");
  CHECK(in_words({4.5, 3.5, 2.5, 1.5}) == "all times are 0.5 less\n");
  CHECK(in_words({6, 5, 4, 3}) == "all times are 1 more\n");
  CHECK(in_words({10, 8, 6, 4}) == "all times are 2 times as large\n");
  CHECK(in_words({1.25, 1, 0.75, 0.5}) == "all times are 0.25 times as large\n");
  CHECK(in_words({6, 5, 4, 2}) == "3 of 4 times are wrong\n");
  CHECK(in_words({10, 8, 6, 2}) == "3 of 4 times are wrong\n");
  CHECK(in_words({5, 4, 3, 1}).empty());
  CHECK(aligned({5, 4, 3 + 2e-9, 2}, all, all).empty());  // the tolerance, 3e-9 here
  CHECK(aligned({5, 4, 3 + 4e-9, 2}, all, all) ==
        "call 2 (t = 3): the time that the network is told must be 3, found 3, off by 4e-09\n");
}

// Would catch sigma for the name of a time that is none, or that has signal, and u where the first
// level has no noise.
TEST_CASE("CallAligner: the name of a time is that of the levels of all calls") {
  const auto name = [](const std::vector<std::array<double, 3>>& calls) {
    SamplerPlan plan;
    for (const auto& [time, signal, noise] : calls) {
      plan.calls.push_back(
          {.time = time, .level = TransitionKernel<double>::from_scales(signal, noise)});
    }
    return detail::time_name(plan);
  };
  CHECK(name({{4, 1, 4}, {2, 1, 2}}) == "sigma");
  CHECK(name({{4, 1, 4}, {2, 1, 2 + 1.9e-12}}) == "sigma");
  CHECK(name({{4, 1, 4}, {2, 1, 2 + 2.1e-12}}) == "t");
  CHECK(name({{4, 1, 4}, {2, 0.5, 2}}) == "t");
  CHECK(name({{4, 0.25, 0.75}, {2, 0.5, 0.5}}) == "u");
  CHECK(name({{4, 0.25, 0.75 + 0.9e-12}, {2, 0.5, 0.5 - 0.9e-12}}) == "u");
  CHECK(name({{4, 0.25, 0.75}, {2, 0.5, 0.5 + 1.1e-12}}) == "t");
  CHECK(name({{4, 0.25, 0.75}, {2, 0.5, 0.5 - 1.1e-12}}) == "t");
  CHECK(name({{4, 1, 0}, {2, 0.5, 0.5}}) == "t");
}

}  // namespace call_alignment_test
