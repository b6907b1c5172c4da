// SPDX-License-Identifier: MIT
#include "alphabar/grid/partial_run.hpp"

#include <vector>

#include "alphabar/grid/timesteps.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace partial_run_test {

using namespace alphabar;
using test::complaint;
using test::nan;

// Would catch a count that is rounded to the nearest, and the part before for the part that
// remains.
TEST_CASE("first_call, remaining_part: as image-to-image pipelines count") {
  CHECK(first_call(10, 0.7) == 3);
  CHECK(first_call(100, 0.29) == 72);
  CHECK(first_call(4, 0.6) == 2);
  CHECK(first_call(10, 1) == 0);
  CHECK(first_call(10, 0.05) == 10);
  CHECK(first_call(0, 0.5) == 0);
  CHECK(remaining_part(trailing_timesteps(1000, 4), 0.6) == std::vector<Index>{500, 250});
  CHECK(remaining_part(std::vector<double>{3, 2, 1}, 1) == std::vector<double>{3, 2, 1});
  CHECK(remaining_part(std::vector<double>{3, 2, 1}, 0).empty());
  CHECK(remaining_part(std::vector<double>{}, 1).empty());
}

TEST_CASE("first_call: says what is wrong") {
  CHECK(complaint([] { (void)first_call(10, 1.5); }) ==
        "invalid_argument: alphabar::first_call: strength must be in [0, 1], got 1.5");
  CHECK(complaint([] { (void)remaining_part(std::vector<double>{1}, nan); }) ==
        "invalid_argument: alphabar::first_call: strength must be in [0, 1], got nan");
  CHECK(complaint([] { (void)first_call(-1, 0.5); }) ==
        "invalid_argument: alphabar::first_call: n must be >= 0, got -1");
}

}  // namespace partial_run_test
