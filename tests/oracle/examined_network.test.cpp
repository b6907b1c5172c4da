// SPDX-License-Identifier: MIT
#include "alphabar/oracle/examined_network.hpp"

#include <cmath>
#include <string>

#include "alphabar/schedule/continuous.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace examined_network_test {

using namespace alphabar;

// Would catch a table that is read one time off, a first time that is counted twice, a level
// between two times that is not on the scale of the table, and times before and after it.
TEST_CASE("ExaminedNetwork: the levels of a table") {
  const auto schedule = linear_schedule();
  for (const double first : {0.0, 1.0, 0.5}) {
    CAPTURE(first);
    const auto network = ExaminedNetwork::of_table(schedule, Prediction::velocity, first);
    CHECK(network.prediction == Prediction::velocity);
    for (const Index t : {1, 2, 500, 1000}) {
      CHECK(network.level(static_cast<double>(t - 1) + first) == schedule.transition(0, t));
    }
    const auto between = network.level(first + 499.25);
    CHECK_THAT(between.signal_power() + between.noise_variance(), WithinAbs(1, 1e-15));
    CHECK_THAT(std::log(between.signal_power() / between.noise_variance()),
               WithinRel(schedule.log_snr_at(500.25), 1e-12));
    for (const double told : {first - 1e-9, first + 999 + 1e-9, test::nan}) {
      CHECK(test::complaint([&] { (void)network.level(told); }) ==
            "out_of_range: alphabar::ExaminedNetwork: the time told must be in [" +
                detail::to_text(first) + ", " + detail::to_text(first + 999) + "], got " +
                detail::to_text(told));
    }
  }
  const auto plain = ExaminedNetwork::of_table(schedule, Prediction::noise);
  CHECK(plain.level(0) == schedule.transition(0, 1));
}

// Would catch a unit that divides where it multiplies, and σ squared or beyond its bounds.
TEST_CASE("ExaminedNetwork: the levels of a process and of sigma") {
  const auto flow = ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity, 1000);
  CHECK(flow.level(250) == RectifiedFlow().transition(0, 0.25));
  const auto plain = ExaminedNetwork::of_process(VpLinear(), Prediction::score);
  CHECK(plain.level(0.5) == VpLinear().transition(0, 0.5));
  CHECK(plain.prediction == Prediction::score);
  const auto sigmas = ExaminedNetwork::of_sigmas(Prediction::x0);
  CHECK(sigmas.prediction == Prediction::x0);
  for (const double sigma : {0.0, 0.5, 3.0, 1e154}) {
    CHECK(sigmas.level(sigma) == TransitionKernel<double>::from_scales(1, sigma));
    CHECK(sigmas.level(sigma).signal_power() == 1);
  }
  for (const double sigma : {-1e-300, std::nextafter(1e154, test::infinity), 1e200, test::nan}) {
    CHECK(test::complaint([&] { (void)sigmas.level(sigma); }) ==
          "out_of_range: alphabar::ExaminedNetwork: the sigma told must be in [0, 1e+154], got " +
              detail::to_text(sigma));
  }
}

}  // namespace examined_network_test
