// SPDX-License-Identifier: MIT
#include "alphabar/oracle/sampler_finding.hpp"

#include <string>

#include "support/catch.hpp"

namespace sampler_finding_test {

using namespace alphabar;

// Would catch a line without one of its parts, and two numbers that look alike.
TEST_CASE("SamplerFinding: its text") {
  const auto text = [](const std::string& place, const std::string& coefficient, double claimed,
                       double found, const std::string& meaning) {
    return SamplerFinding{.place = place,
                          .coefficient = coefficient,
                          .claimed = claimed,
                          .found = found,
                          .meaning = meaning}
        .text();
  };
  CHECK(text("here", "the number", 0.25, 1.0 / 3, "why") ==
        "here: the number must be 0.25, found 0.333333: why");
  CHECK(text("here", "the number", 0.25, 0.25 + 0x1p-30, "") ==
        "here: the number must be 0.25, found 0.25, off by 9.31323e-10");
  CHECK(text("here", "", 1, 2, "why") == "here: why");
  CHECK(text("", "", 1, 2, "why") == "why");
}

}  // namespace sampler_finding_test
