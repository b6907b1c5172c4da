// SPDX-License-Identifier: MIT
#include "alphabar/prediction/loss_weights.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

namespace loss_weights_test {

using namespace alphabar;
using test::infinity;
using test::nan;

constexpr Prediction kinds[] = {Prediction::noise, Prediction::x0, Prediction::velocity,
                                Prediction::score, Prediction::flow_velocity};

// diffusers #5654, PR #6307: the velocity weight lacked the 1 in SNR + 1. Would also catch max for
// min, as in recurrent-interface-network #11.
TEST_CASE("min_snr_weight: by hand") {
  const auto expect = [](double snr, double x0, double noise, double velocity, double score,
                         double flow_velocity) {
    CHECK_THAT(min_snr_weight(snr, Prediction::x0), WithinRel(x0, 1e-15));
    CHECK_THAT(min_snr_weight(snr, Prediction::noise), WithinRel(noise, 1e-15));
    CHECK_THAT(min_snr_weight(snr, Prediction::velocity), WithinRel(velocity, 1e-15));
    CHECK_THAT(min_snr_weight(snr, Prediction::score), WithinRel(score, 1e-15));
    CHECK_THAT(min_snr_weight(snr, Prediction::flow_velocity), WithinRel(flow_velocity, 1e-15));
  };
  expect(4, 4, 1, 0.8, 0.2, 4.0 / 9);
  expect(5, 5, 1, 5.0 / 6, 1.0 / 6, 5 / std::pow(1 + std::sqrt(5.0), 2));
  expect(9, 5, 5.0 / 9, 0.5, 5.0 / 90, 5.0 / 16);
  CHECK(min_snr_weight(9.0F, Prediction::noise, 3) == 1.0F / 3);
  CHECK(min_snr_weight(9, Prediction::noise) == 5.0 / 9);  // a whole SNR has the same gamma
  CHECK(snr_weight(9.0, Prediction::velocity) == 0.9);
}

/// A velocity loss, say, weighted, is the x_0 loss weighted with min(SNR, γ).
void check_against_x0(const TransitionKernel<>& kernel, Prediction target, double snr) {
  const PredictionConversion to_x0(kernel, target, Prediction::x0);
  const double x0_error = to_x0(0.0, 1.0);  // made by an error of 1 in the target, at the same x_t
  for (const double gamma : {0.5, 5.0, 1e9}) {
    INFO("target " << int(target) << ", SNR " << snr << ", gamma " << gamma);
    CHECK_THAT(min_snr_weight(snr, target, gamma),
               WithinRel(std::fmin(snr, gamma) * x0_error * x0_error, 1e-13));
  }
  CHECK_THAT(snr_weight(snr, target), WithinRel(snr * x0_error * x0_error, 1e-13));
}

// Would catch any weight that is not the one of its target: the definition itself.
TEST_CASE("min_snr_weight: is the x_0 loss with min(SNR, gamma)") {
  const auto schedule = linear_schedule();
  for (const Index t : {1, 10, 250, 500, 1000}) {
    for (const Prediction target : kinds) {
      check_against_x0(schedule.transition(0, t), target, schedule.snr(t));
    }
  }
  // kohya PR #1991: the SNR of flow matching and of variance-exploding processes.
  for (const auto& kernel :
       {TransitionKernel<>::from_scales(0.75, 0.25), TransitionKernel(1, 25)}) {
    const double snr = kernel.signal_power() / kernel.noise_variance();
    for (const Prediction target : {Prediction::noise, Prediction::x0, Prediction::flow_velocity}) {
      check_against_x0(kernel, target, snr);
    }
  }
}

// Min-SNR #2, diffusers PR #5096: SNR = 0 divides. Would catch NaN at either end.
TEST_CASE("min_snr_weight: limits") {
  using enum Prediction;
  const double ends[] = {5, infinity};
  for (const double gamma : ends) {
    CHECK(min_snr_weight(0.0, noise, gamma) == 1);
    CHECK(min_snr_weight(0.0, score, gamma) == 1);
    CHECK(min_snr_weight(0.0, x0, gamma) == 0);
    CHECK(min_snr_weight(0.0, velocity, gamma) == 0);
    CHECK(min_snr_weight(0.0, flow_velocity, gamma) == 0);
    CHECK(min_snr_weight(infinity, x0, gamma) == gamma);
    CHECK(min_snr_weight(infinity, score, gamma) == 0);
  }
  for (const Prediction kind : {noise, velocity, flow_velocity}) {
    CHECK(min_snr_weight(infinity, kind) == 0);
    CHECK(snr_weight(infinity, kind) == 1);
  }
  const auto erased = NoiseSchedule<float>::from_betas({0.0, 0.5, 1.0});  // SNR = ∞, 1, 0
  for (Index t = 0; t <= erased.steps(); ++t) {
    for (const Prediction kind : kinds) CHECK(std::isfinite(min_snr_weight(erased.snr(t), kind)));
  }
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch 1 - 1/(1 + SNR), which loses the small SNR, and overflow at the large ones.
TEST_CASE("min_snr_weight: within 4 ulp over the whole range") {
  using test::Quad;
  std::mt19937_64 random(1);
  test::Worst worst;
  for (int k = 0; k < 20000; ++k) {
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    const double snr = std::exp2((k % 2 == 0 ? 1000 : 20) * (share - 0.5));
    const double gamma = k % 3 == 0 ? 5 : k % 3 == 1 ? 0.1 : infinity;
    const Quad w = snr <= gamma ? snr : gamma;
    const Quad root = 1 + test::sqrt(snr);
    worst.see(test::ulps(min_snr_weight(snr, Prediction::noise, gamma), w / snr), 0);
    worst.see(test::ulps(min_snr_weight(snr, Prediction::x0, gamma), w), 1);
    worst.see(test::ulps(min_snr_weight(snr, Prediction::velocity, gamma), w / (1 + Quad{snr})), 2);
    worst.see(test::ulps(min_snr_weight(snr, Prediction::score, gamma), w / snr / (1 + Quad{snr})),
              3);
    worst.see(test::ulps(min_snr_weight(snr, Prediction::flow_velocity, gamma), w / (root * root)),
              4);
  }
  INFO("of kind " << worst.t);
  CHECK(worst.ulps <= 4);
}
#endif

#ifdef ALPHABAR_TEST_QUAD
// Would catch 1 - 2u + 2u², whose terms cancel around ½, and 1/u² of a square that is subnormal or
// 0.
TEST_CASE("cosmap_weight, inverse_square_weight: within 4 and 2 ulp") {
  using test::Quad;
  std::mt19937_64 random(1);
  double worst_cosmap = 0;
  double worst_square = 0;
  for (int k = 0; k < 30000; ++k) {
    const double share = static_cast<double>((random() >> 11) + 1) * 0x1p-53;
    const double flow_time =
        k % 3 == 0 ? share : std::exp2(k % 3 == 1 ? -1074 * share : -505 - 12 * share);
    const Quad u = flow_time;
    const Quad cosmap = 2 / (test::pi() * (u * u + (1 - u) * (1 - u)));
    worst_cosmap = std::fmax(worst_cosmap, test::ulps(cosmap_weight(flow_time), cosmap));
    worst_square =
        std::fmax(worst_square, test::ulps(inverse_square_weight(flow_time), 1 / (u * u)));
  }
  CHECK(worst_cosmap <= 4);
  CHECK(worst_square <= 2);
}
#endif

// Would catch a NaN that passes a comparison, and a weight that is negative.
TEST_CASE("min_snr_weight: refuses") {
  const auto complaint = [](double snr, double gamma) {
    return test::complaint([=] { (void)min_snr_weight(snr, Prediction::noise, gamma); });
  };
  CHECK(complaint(-1, 5) == "invalid_argument: alphabar::min_snr_weight: snr must be >= 0, got -1");
  CHECK(complaint(test::nan, 5) ==
        "invalid_argument: alphabar::min_snr_weight: snr must be >= 0, got nan");
  CHECK(complaint(1, 0) == "invalid_argument: alphabar::min_snr_weight: gamma must be > 0, got 0");
  CHECK(complaint(1, test::nan) ==
        "invalid_argument: alphabar::min_snr_weight: gamma must be > 0, got nan");
}

// Would catch a weight that is not a density (its integral by the midpoint rule), and 1/u.
TEST_CASE("cosmap_weight, inverse_square_weight: values by hand") {
  CHECK_THAT(cosmap_weight(0.5), WithinRel(4 / std::numbers::pi, 1e-15));
  CHECK_THAT(cosmap_weight(1), WithinRel(2 / std::numbers::pi, 1e-15));
  double sum = 0;
  for (int k = 0; k < 1000; ++k) sum += cosmap_weight((k + 0.5) / 1000) / 1000;
  CHECK_THAT(sum, WithinRel(1.0, 1e-6));
  CHECK(inverse_square_weight(0.5) == 4);
  CHECK(inverse_square_weight(0) == infinity);
  CHECK(test::complaint([] { (void)cosmap_weight(nan); }) ==
        "invalid_argument: alphabar::cosmap_weight: flow_time must be in [0, 1], got nan");
  CHECK(test::complaint([] { (void)inverse_square_weight(-1); }) ==
        "invalid_argument: alphabar::inverse_square_weight: flow_time must be in [0, 1], got -1");
}

}  // namespace loss_weights_test
