// SPDX-License-Identifier: MIT
#include "alphabar/prediction/convert_predictions.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace convert_predictions_test {

using namespace alphabar;

constexpr auto noise = Prediction::noise;
constexpr auto x0 = Prediction::x0;
constexpr auto velocity = Prediction::velocity;

/// Numbers without a pattern, other ones for another phase.
template <class Scalar>
std::vector<Scalar> data(std::size_t count, double phase) {
  std::vector<Scalar> x(count);
  for (std::size_t k = 0; k < count; ++k) {
    x[k] = static_cast<Scalar>(std::sin(phase + 3.0 * double(k)));
  }
  return x;
}

// Would catch one time for all columns, times in another order, t - 1 for t, x_t and the
// prediction swapped, and other bits than those of the conversion of a number.
TEMPLATE_TEST_CASE("convert_predictions: one time per column", "", float, double) {
  const auto schedule = cosine_schedule<TestType>(50);
  const std::vector timesteps{50, 0, 1, 25, 25};
  const std::size_t dimension = 7;
  const auto x_t = data<TestType>(dimension * timesteps.size(), 1);
  const auto predictions = data<TestType>(x_t.size(), 2);
  std::vector<TestType> out(x_t.size());
  convert_predictions(schedule, velocity, x0, x_t, predictions, timesteps, out);
  std::vector<TestType> expected;
  for (std::size_t k = 0; k < x_t.size(); ++k) {
    const auto kernel = schedule.transition(0, timesteps[k / dimension]);
    expected.push_back(PredictionConversion(kernel, velocity, x0)(x_t[k], predictions[k]));
  }
  CHECK(out == expected);
  CHECK(out[7] == x_t[7]);  // t = 0
}

// Would catch an output that is written before its input is read.
TEST_CASE("convert_predictions: in place, over either input") {
  const auto schedule = linear_schedule();
  const std::array timesteps{10, 1000, 500};
  const auto x_t = data<double>(600, 1);
  const auto predictions = data<double>(600, 2);
  std::vector<double> expected(600);
  convert_predictions(schedule, noise, velocity, x_t, predictions, timesteps, expected);
  std::vector<double> in_place = predictions;
  convert_predictions(schedule, noise, velocity, x_t, in_place, timesteps, in_place);
  CHECK(in_place == expected);
  in_place = x_t;
  convert_predictions(schedule, noise, velocity, in_place, predictions, timesteps, in_place);
  CHECK(in_place == expected);

  in_place = x_t;
  const PredictionConversion conversion(schedule.transition(0, 10), noise, velocity);
  convert_predictions(conversion, std::span(in_place).first(200), std::span(predictions).first(200),
                      std::span(in_place).first(200));
  CHECK(std::equal(expected.begin(), expected.begin() + 200, in_place.begin()));
}

// What reads naturally must compile: buffers and times of any kind.
TEST_CASE("convert_predictions: takes anything contiguous") {
  const auto schedule = linear_schedule(4);
  const Eigen::MatrixXf x_t{{1, 2}, {3, 4}};
  Eigen::MatrixXf v{{0.5, -0.5}, {1, -1}};
  const Eigen::MatrixXf given = v;
  const std::uint8_t times[] = {2, 4};
  convert_predictions(schedule, velocity, x0, x_t, v, times, v);
  const PredictionConversion at_4(schedule.transition(0, 4), velocity, x0);
  CHECK(v(0, 1) == static_cast<float>(at_4(2, -0.5)));
  convert_predictions(at_4, x_t.col(1), given.col(1), v.col(0));
  CHECK(v.col(0) == v.col(1));
  convert_predictions(schedule, velocity, x0, std::vector<double>(), std::vector<double>(),
                      std::vector<int>(), std::vector<double>());
}

// A1111 #14071 and refiners PR #449: halved tables. Would catch coefficients or arithmetic in the
// precision of the data, and a second rounding.
TEMPLATE_TEST_CASE("convert_predictions: half precision data", "", Eigen::half, Eigen::bfloat16) {
  const auto schedule = linear_schedule();
  const auto x_t = data<TestType>(1 << 16, 1);
  const auto v = data<TestType>(x_t.size(), 2);
  const std::array timesteps{1, 999};
  std::vector<double> exact(x_t.size());
  std::vector<TestType> out(x_t.size());
  convert_predictions(schedule, velocity, noise, x_t, v, timesteps, exact);
  convert_predictions(schedule, velocity, noise, x_t, v, timesteps, out);
  int differences = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const int digits = std::numeric_limits<TestType>::digits;
    const int exponent =
        std::max(std::ilogb(exact[k]), std::numeric_limits<TestType>::min_exponent - 1);
    const double spacing = std::ldexp(1.0, exponent - digits + 1);
    differences += static_cast<double>(out[k]) != std::nearbyint(exact[k] / spacing) * spacing;
  }
  CHECK(differences == 0);
}

// Would catch half a batch that is written before the mistake is seen: a size, a time, and a time
// at which the conversion does not exist.
TEST_CASE("convert_predictions: refuses before it writes") {
  const auto schedule = NoiseSchedule<>::from_betas({0.25, 0.5, 1.0});
  const std::vector<double> six(6, 1.0);
  const std::vector<double> five(5, 1.0);
  std::vector<double> out(6, 7.0);
  std::vector<double> short_out(5, 7.0);
  const auto complaint = [&](const auto& x_t, const auto& predictions, const auto& times,
                             auto& to) {
    return test::complaint(
        [&] { convert_predictions(schedule, noise, x0, x_t, predictions, times, to); });
  };
  CHECK(
      complaint(six, five, std::array{1}, out) ==
      "invalid_argument: alphabar::convert_predictions: the size of predictions must be 6, got 5");
  CHECK(complaint(six, six, std::array{1}, short_out) ==
        "invalid_argument: alphabar::convert_predictions: the size of out must be 6, got 5");
  CHECK(complaint(six, six, std::array{1, 1, 1, 1}, out) ==
        "invalid_argument: alphabar::convert_predictions: the size of x_t must be a multiple of 4 "
        "timesteps, got 6");
  CHECK(complaint(six, six, std::vector<int>(), out) ==
        "invalid_argument: alphabar::convert_predictions: timesteps must hold a time for each "
        "sample, got 0");
  CHECK(complaint(six, six, std::array{1, 4}, out) ==
        "out_of_range: alphabar::convert_predictions: timesteps[1] must be in 0..3, got 4");
  CHECK(complaint(six, six, std::array{1, 3}, out) ==
        "invalid_argument: alphabar::PredictionConversion: signal_scale must be > 0 to turn noise "
        "into x0, got 0");
  const PredictionConversion conversion(schedule.step(1), noise, x0);
  CHECK_THROWS_AS(convert_predictions(conversion, six, five, out), std::invalid_argument);
  CHECK_THROWS_AS(convert_predictions(conversion, six, six, short_out), std::invalid_argument);
  CHECK(out == std::vector<double>(6, 7.0));
  CHECK(short_out == std::vector<double>(5, 7.0));
}

}  // namespace convert_predictions_test
