// SPDX-License-Identifier: MIT
#include "alphabar/prediction/prediction.hpp"

#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <random>
#include <string>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

namespace prediction_test {

using namespace alphabar;

constexpr Prediction kinds[] = {Prediction::noise, Prediction::x0, Prediction::velocity,
                                Prediction::score, Prediction::flow_velocity};

/// By the definitions in the header, each written out.
double predicted(Prediction kind, const TransitionKernel<>& kernel, double x0, double noise) {
  switch (kind) {
    case Prediction::noise:
      return noise;
    case Prediction::x0:
      return x0;
    case Prediction::velocity:
      return kernel.signal_scale() * noise - kernel.noise_scale() * x0;
    case Prediction::score:
      return -noise / kernel.noise_scale();
    case Prediction::flow_velocity:
      return noise - x0;
  }
  return test::nan;
}

template <Real Scalar>
std::string complaint(const TransitionKernel<Scalar>& kernel, Prediction from, Prediction to) {
  return test::complaint([&] { PredictionConversion(kernel, from, to); });
}

// Would catch a wrong sign, a swapped scale, and A + B taken for 1: kernels of every process.
TEST_CASE("PredictionConversion: every kind from every other") {
  const double x0 = 1.75;
  const double noise = -0.625;
  for (const auto& kernel :
       {TransitionKernel(0.36, 0.64), TransitionKernel(1.0, 25.0), TransitionKernel(0.5, 0.5),
        TransitionKernel<>::from_scales(0.75, 0.25), TransitionKernel(2.0, 1e-2)}) {
    const double x_t = kernel.perturb(x0, noise);
    for (const Prediction from : kinds) {
      for (const Prediction to : kinds) {
        INFO("B = " << kernel.noise_variance() << ", " << int(from) << " -> " << int(to));
        const PredictionConversion conversion(kernel, from, to);
        CHECK_THAT(conversion(x_t, predicted(from, kernel, x0, noise)),
                   WithinRel(predicted(to, kernel, x0, noise), 1e-13));
      }
    }
  }
}

// Would catch an identity that is only nearly one, or that requires a scale it does not need.
TEST_CASE("PredictionConversion: from == to is exactly (0, 1)") {
  for (const auto& kernel : {TransitionKernel(0.3, 0.7), TransitionKernel(0.0, 1.0),
                             TransitionKernel(1.0, 0.0), TransitionKernel(0.0, 0.0)}) {
    for (const Prediction kind : kinds) {
      const PredictionConversion conversion(kernel, kind, kind);
      CHECK(conversion.xt_scale() == 0);
      CHECK(conversion.prediction_scale() == 1);
    }
  }
}

void expect(const PredictionConversion<>& conversion, double xt_scale, double prediction_scale) {
  CHECK(conversion.xt_scale() == xt_scale);
  CHECK(conversion.prediction_scale() == prediction_scale);
}

// Zero terminal SNR: diffusers #3851, where an epsilon prediction became an image of infinities.
// Would catch an infinity, and 0/0 where the limit is finite.
TEST_CASE("PredictionConversion: at A = 0") {
  const auto kernel = TransitionKernel<>::from_scales(0, 2);
  using enum Prediction;
  expect({kernel, velocity, x0}, 0, -0.5);
  expect({kernel, x0, velocity}, 0, -2);
  expect({kernel, velocity, noise}, 0.5, 0);
  expect({kernel, velocity, score}, -0.25, 0);
  expect({kernel, velocity, flow_velocity}, 0.5, 0.5);
  expect({kernel, x0, noise}, 0.5, 0);
  expect({kernel, x0, score}, -0.25, 0);
  expect({kernel, x0, flow_velocity}, 0.5, -1);
  expect({kernel, flow_velocity, x0}, 0.5, -1);
  expect({kernel, flow_velocity, noise}, 0.5, 0);
  expect({kernel, flow_velocity, velocity}, -1, 2);
  expect({kernel, noise, score}, 0, -0.5);
  expect({kernel, score, noise}, 0, -2);
  for (const Prediction target : {x0, velocity, flow_velocity}) {
    CHECK(complaint(kernel, noise, target).find("signal_scale must be > 0 to turn noise into") !=
          std::string::npos);
    CHECK(complaint(kernel, score, target).find("signal_scale must be > 0 to turn score into") !=
          std::string::npos);
  }
  CHECK(complaint(kernel, noise, x0) ==
        "invalid_argument: alphabar::PredictionConversion: signal_scale must be > 0 to turn noise "
        "into x0, got 0");
}

// diffusers PR #3005: at the first steps a rounded 1 - alpha_bar was 0 and divided by. Would catch
// the infinity, and 0/0 where the limit is finite.
TEST_CASE("PredictionConversion: at B = 0") {
  const auto kernel = TransitionKernel<>::from_scales(2, 0);
  using enum Prediction;
  expect({kernel, noise, x0}, 0.5, 0);
  expect({kernel, noise, velocity}, 0, 2);
  expect({kernel, noise, flow_velocity}, -0.5, 1);
  expect({kernel, velocity, noise}, 0, 0.5);
  expect({kernel, velocity, x0}, 0.5, 0);
  expect({kernel, flow_velocity, noise}, 0.5, 1);
  expect({kernel, flow_velocity, x0}, 0.5, 0);
  for (const Prediction target : {noise, velocity, flow_velocity}) {
    CHECK(complaint(kernel, x0, target).find("noise_scale must be > 0 to turn x0 into") !=
          std::string::npos);
  }
  for (const Prediction kind : {noise, x0, velocity, flow_velocity}) {
    const std::string sentence =
        "invalid_argument: alphabar::PredictionConversion: noise_scale must be > 0 for a score, "
        "got 0";
    CHECK(complaint(kernel, kind, score) == sentence);
    CHECK(complaint(kernel, score, kind) == sentence);
  }
  const auto nothing = TransitionKernel<>::from_scales(0, 0);
  CHECK(complaint(nothing, velocity, noise).find("signal_power + noise_variance must be > 0") !=
        std::string::npos);
  CHECK(complaint(nothing, flow_velocity, noise).find("signal_scale + noise_scale must be > 0") !=
        std::string::npos);
}

// Would catch an infinity that is not a division by zero: 1/√A beyond the largest Scalar.
TEST_CASE("PredictionConversion: a coefficient out of range is refused") {
  const auto tiny = TransitionKernel<>::from_scales(0x1p-1070, 1);
  CHECK(complaint(tiny, Prediction::noise, Prediction::x0) ==
        "invalid_argument: alphabar::PredictionConversion: a coefficient must be finite to turn "
        "noise into x0, got inf");
  const auto in_float = TransitionKernel<float>::from_scales(0x1p-140F, 1);
  CHECK(complaint(in_float, Prediction::score, Prediction::velocity).find("must be finite") !=
        std::string::npos);
  const PredictionConversion in_double(TransitionKernel<double>(in_float), Prediction::noise,
                                       Prediction::x0);
  expect(in_double, 0x1p140, -0x1p140);
}

// Would catch a schedule that loses its ends: every step, in float, all the way to SNR = 0.
TEST_CASE("PredictionConversion: velocity and x0 determine each other at every t") {
  const auto schedule = NoiseSchedule<float>::from_betas({1e-8, 1e-4, 0.5, 0.999, 1.0});
  for (Index t = 1; t <= schedule.steps(); ++t) {
    const auto kernel = schedule.transition(0, t);
    const PredictionConversion to_x0(kernel, Prediction::velocity, Prediction::x0);
    const PredictionConversion to_velocity(kernel, Prediction::x0, Prediction::velocity);
    const float x_t = kernel.perturb(0.75F, -0.5F);
    const float velocity = kernel.signal_scale() * -0.5F - kernel.noise_scale() * 0.75F;
    CHECK_THAT(to_x0(x_t, velocity), WithinRel(0.75F, 1e-6F));
    const double error = std::abs(double{to_velocity(x_t, 0.75F)} - velocity);
    CHECK(error * kernel.noise_scale() <= 2e-7);
  }
}

// Would catch a velocity that is converted at the level of x although the input of the network is
// x/√(1 + σ²).
TEST_CASE("PredictionConversion: networks whose input, data or prediction are scaled") {
  // v of the input x/√(1 + σ²): x_0 = x/(1 + σ²) − σ v/√(1 + σ²).
  const double sigma = 3;
  const auto level = TransitionKernel<double>::from_scales(1, sigma);
  const double root = std::sqrt(10.0);
  const PredictionConversion<double> v(level, Prediction::velocity, Prediction::x0, {1 / root});
  CHECK_THAT(v.xt_scale(), WithinRel(1.0 / 10, 1e-15));
  CHECK_THAT(v.prediction_scale(), WithinRel(-sigma / root, 1e-15));
  const PredictionConversion<double> score(level, Prediction::score, Prediction::score, {1 / root});
  CHECK(score.xt_scale() == 0);
  CHECK_THAT(score.prediction_scale(), WithinRel(1 / root, 1e-15));
  // EDM: x_0 = (σ_d² x + σ_d σ s F)/s², s² = σ_d² + σ².
  const double deviation = 0.5;
  const double s = std::hypot(deviation, sigma);
  const PredictionConversion<double> edm(level, Prediction::velocity, Prediction::x0,
                                         {1 / s, deviation, -1});
  CHECK_THAT(edm.xt_scale(), WithinRel(deviation * deviation / (s * s), 1e-15));
  CHECK_THAT(edm.prediction_scale(), WithinRel(deviation * sigma / s, 1e-15));
  // The noise and x_0 do not depend on the scale of the input.
  for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::flow_velocity}) {
    const PredictionConversion<double> here(level, kind, Prediction::x0);
    const PredictionConversion<double> scaled(level, kind, Prediction::x0, {0.25});
    CHECK(here.xt_scale() == scaled.xt_scale());
    CHECK(here.prediction_scale() == scaled.prediction_scale());
  }
}

// Would catch a scale 0, -1, ∞ or NaN that is accepted, or refused under another name.
TEST_CASE("PredictionConversion: scales of a network that are none") {
  const TransitionKernel kernel(0.25, 0.75);
  const auto refused = [&](const NetworkScales& scales) {
    return test::complaint(
        [&] { (void)PredictionConversion(kernel, Prediction::velocity, Prediction::x0, scales); });
  };
  const std::string at = "invalid_argument: alphabar::PredictionConversion: scales.";
  for (const double none : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    const std::string got = alphabar::detail::to_text(none);
    CHECK(refused({.input = none}) == at + "input must be finite and > 0, got " + got);
    CHECK(refused({.data = none}) == at + "data must be finite and > 0, got " + got);
    if (none == -1) continue;
    CHECK(refused({.prediction = none}) == at + "prediction must be finite and not 0, got " + got);
  }
  CHECK(refused({0x1p-100, 0x1p100, -1}) == "nothing");
}

// Would catch a lazy expression, an elementwise product, and shapes that are stretched to fit.
TEST_CASE("PredictionConversion: numbers, vectors, batches and arrays") {
  const TransitionKernel kernel(0.25, 0.75);
  const PredictionConversion conversion(kernel, Prediction::velocity, Prediction::x0);
  const Eigen::MatrixXd x_t{{1, 2, 3}, {4, 5, 6}};
  const Eigen::MatrixXd prediction{{-1, 0, 1}, {2, 0.5, 3}};
  const auto batch = conversion(x_t, prediction);
  STATIC_REQUIRE(std::same_as<decltype(batch), const Eigen::MatrixXd>);
  for (Index j = 0; j < 3; ++j) {
    for (Index i = 0; i < 2; ++i) {
      CHECK_THAT(batch(i, j), WithinAbs(conversion(x_t(i, j), prediction(i, j)), 1e-15));
    }
  }
  CHECK(conversion(x_t.col(1), prediction.col(1)) == batch.col(1));
  CHECK(conversion(x_t.array(), prediction.array()).matrix() == batch);
  CHECK(conversion(2, 0) == conversion(2.0, 0.0));
  CHECK(test::complaint([&] { (void)conversion(x_t, prediction.leftCols(2)); }) ==
        "invalid_argument: alphabar::PredictionConversion: prediction.cols() must be 3, got "
        "2");
}

#ifdef ALPHABAR_TEST_QUAD
using test::Quad;

/// x_0 and ε as a x_t + b prediction, by the papers' formulas.
struct Solution {
  Quad x0[2];
  Quad noise[2];
};

Solution solve(Prediction kind, Quad signal, Quad noise) {
  const Quad power = signal * signal + noise * noise;
  const Quad sum = signal + noise;
  switch (kind) {
    case Prediction::noise:
      return {{1 / signal, -noise / signal}, {0, 1}};
    case Prediction::x0:
      return {{0, 1}, {1 / noise, -signal / noise}};
    case Prediction::velocity:
      return {{signal / power, -noise / power}, {noise / power, signal / power}};
    case Prediction::score:
      return {{1 / signal, noise * noise / signal}, {0, -noise}};
    case Prediction::flow_velocity:
      break;
  }
  return {{1 / sum, -noise / sum}, {1 / sum, signal / sum}};
}

Quad exact(Prediction from, Prediction to, Quad signal, Quad noise, int which) {
  const Solution solution = solve(from, signal, noise);
  const Quad x0_part = solution.x0[which];
  const Quad noise_part = solution.noise[which];
  switch (to) {
    case Prediction::noise:
      return noise_part;
    case Prediction::x0:
      return x0_part;
    case Prediction::velocity:
      return signal * noise_part - noise * x0_part;
    case Prediction::score:
      return -noise_part / noise;
    case Prediction::flow_velocity:
      break;
  }
  return noise_part - x0_part;
}

// Would catch a formula that subtracts what it has rounded (u from v where the scales are nearly
// equal), and a second rounding. The bounds are those in the header.
TEMPLATE_TEST_CASE("PredictionConversion: within 4 ulp of the exact coefficients", "", float,
                   double) {
  std::mt19937_64 random(1);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  const auto scale = [&](double exponent) { return static_cast<TestType>(std::exp2(exponent)); };
  const auto angle = [&](double radians) { return static_cast<TestType>(radians); };
  test::Worst worst;
  for (int k = 0; k < 15000; ++k) {
    TestType signal = scale(40 * uniform() - 30);
    TestType noise = scale(40 * uniform() - 30);
    if (k % 3 == 1) noise = signal * static_cast<TestType>(1 + 1e-5 * (uniform() - 0.5));
    if (k % 3 == 2) {
      const TestType turn = angle(1.5707 * uniform() + 1e-5);
      signal = std::cos(turn);
      noise = std::sin(turn);
    }
    const auto kernel = TransitionKernel<TestType>::from_scales(signal, noise);
    for (const Prediction from : kinds) {
      for (const Prediction to : kinds) {
        if (from == to) continue;
        const PredictionConversion conversion(kernel, from, to);
        const Quad xt_scale = exact(from, to, signal, noise, 0);
        const Quad prediction_scale = exact(from, to, signal, noise, 1);
        const int pair = 10 * int(from) + int(to);
        worst.see(test::ulps(conversion.xt_scale(), xt_scale), pair);
        worst.see(test::ulps(conversion.prediction_scale(), prediction_scale), pair);
      }
    }
  }
  INFO("in " << worst.t / 10 << " -> " << worst.t % 10);
  CHECK(worst.ulps <= (std::same_as<TestType, float> ? 0.51 : 4));
}
#endif

}  // namespace prediction_test
