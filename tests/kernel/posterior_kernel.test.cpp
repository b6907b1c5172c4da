// SPDX-License-Identifier: MIT
#include "alphabar/kernel/posterior_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/ulp.hpp"

namespace posterior_kernel_test {

using namespace alphabar;

// Would catch √a_t for √a_s, the kernel s -> t taken for 0 -> s, and 1 - ᾱ_t in the numerator.
TEST_CASE("PosteriorKernel: by hand") {
  // a_s = 1/4, v_s = 3/4; A = 1/9, B = 11/12; v_t = 1/9 · 3/4 + 11/12 = 1
  const PosteriorKernel kernel(TransitionKernel(1.0 / 9, 11.0 / 12), TransitionKernel(0.25, 0.75));
  CHECK_THAT(kernel.x0_scale(), WithinRel(0.5 * 11 / 12, 1e-15));
  CHECK_THAT(kernel.xt_scale(), WithinRel(1.0 / 3 * 0.75, 1e-15));
  CHECK_THAT(kernel.variance(), WithinRel(0.75 * 11 / 12, 1e-15));
}

// Published numbers: the golden values of diffusers' own tests, recomputed with 40 digits.
// Would catch times that are off by one (there, index k is our t = k + 1).
TEST_CASE("PosteriorKernel: golden values") {
  const auto schedule = linear_schedule();
  CHECK_THAT(schedule.posterior(487, 488).variance(), WithinRel(0.00979157198569004, 1e-13));
  CHECK_THAT(schedule.posterior(999, 1000).variance(), WithinRel(0.0199999835265606, 1e-13));
  CHECK_THAT(schedule.posterior(401, 421).variance(), WithinRel(0.147719512840898, 1e-13));
  CHECK_THAT(schedule.posterior(961, 981).variance(), WithinRel(0.324605235874986, 1e-13));
  CHECK(schedule.posterior(0, 1).variance() == 0);
}

// Published numbers, as above: diffusers' test of UnCLIP's cosine schedule, and the share 3/4 of
// the way from log β̃_t to log β_t that a network with learned variance has chosen there. Would
// catch a clipped variance, and log v of another step.
TEST_CASE("PosteriorKernel: golden values of the cosine schedule") {
  const auto schedule = cosine_schedule();
  CHECK_THAT(std::sqrt(schedule.posterior(487, 488).variance()),
             WithinRel(0.0549625509504896, 1e-13));
  CHECK_THAT(std::sqrt(schedule.posterior(999, 1000).variance()),
             WithinRel(0.999498662374389, 1e-13));
  const auto learned = [&](Index t) {
    return 0.25 * schedule.posterior(t - 1, t).log_variance() + 0.75 * std::log(schedule.beta(t));
  };
  CHECK_THAT(learned(2), WithinRel(-10.1713648720533, 1e-13));
  CHECK_THAT(learned(488), WithinRel(-5.7998054138785, 1e-13));
  CHECK_THAT(learned(1000), WithinRel(-0.00100110691885593, 1e-11));
}

// diffusers #14569: fixed_large_log is the logarithm of a logarithm, NaN at every step. Would catch
// that, a clipped logarithm, and one of the float v where the double v has a better one.
TEMPLATE_TEST_CASE("PosteriorKernel: log v is never NaN", "", float, double) {
  const auto erased = NoiseSchedule<TestType>::from_betas({0.0, 1e-9, 0.5, 1.0, 0.25, 0.0});
  for (const auto& schedule :
       {linear_schedule<TestType>(), cosine_schedule<TestType>(100), erased}) {
    for (Index t = 0; t <= schedule.steps(); ++t) {
      for (const Index s : {Index{0}, t / 2, std::max(t - 1, Index{0}), t}) {
        INFO("s = " << s << ", t = " << t);
        const auto posterior = schedule.posterior(s, t);
        const TestType log_variance = posterior.log_variance();
        if (posterior.variance() == 0) {
          CHECK(log_variance == -std::numeric_limits<TestType>::infinity());
          continue;
        }
        const double expected = std::log(double{posterior.variance()});
        CHECK(std::abs(log_variance - expected) <=
              std::numeric_limits<TestType>::epsilon() * (1 + std::abs(expected)));
      }
    }
  }
  const TransitionKernel faint(1.0, 1e-50);  // v = 5e-51, which is 0 in float
  const PosteriorKernel<TestType> posterior(PosteriorKernel(faint, faint));
  CHECK_THAT(posterior.log_variance(),
             WithinRel(static_cast<TestType>(std::log(5e-51)), static_cast<TestType>(1e-6)));
}

// Would catch a wrong sign or factor anywhere: the three numbers must satisfy three identities.
TEST_CASE("PosteriorKernel: identities") {
  for (const auto& schedule : {linear_schedule(), cosine_schedule(), sigmoid_schedule(50)}) {
    const Index last = schedule.steps();
    for (Index t = 2; t <= last; t += 7) {
      for (const Index s : {Index{1}, t / 2, t - 1}) {
        const auto posterior = schedule.posterior(s, t);
        const auto kernel = schedule.transition(s, t);
        INFO("s = " << s << ", t = " << t);
        // Conditional on x_0, the mean of x_s is √a_s x_0 whatever x_t.
        CHECK_THAT(posterior.x0_scale() + posterior.xt_scale() * schedule.sqrt_alpha_bar(t),
                   WithinRel(schedule.sqrt_alpha_bar(s), 1e-14));
        // The precisions of the two sources of information add up.
        CHECK_THAT(1 / posterior.variance(),
                   WithinRel(1 / schedule.one_minus_alpha_bar(s) +
                                 kernel.signal_power() / kernel.noise_variance(),
                             1e-14));
        // The precision that x_t adds is the decrease of the SNR.
        const double lost = posterior.x0_scale() * posterior.x0_scale() / posterior.variance();
        CHECK_THAT(lost + schedule.snr(t), WithinRel(schedule.snr(s), 1e-13));
      }
    }
  }
}

// Would catch 0/0, a clipped variance, and a limit that is only nearly reached.
TEST_CASE("PosteriorKernel: limits") {
  const auto schedule = linear_schedule(10, 0.1, 0.9);
  const auto expect = [](const PosteriorKernel<double>& kernel, double x0_scale, double xt_scale,
                         double variance) {
    CHECK(kernel.x0_scale() == x0_scale);
    CHECK(kernel.xt_scale() == xt_scale);
    CHECK(kernel.variance() == variance);
    CHECK(kernel.log_variance() == std::log(variance));
  };
  SECTION("s = 0: x_0 is known") {
    expect(schedule.posterior(0, 5), 1, 0, 0);
    expect(schedule.posterior(0, 0), 1, 0, 0);
  }
  SECTION("s = t: x_t is known") { expect(schedule.posterior(5, 5), 0, 1, 0); }
  SECTION("B = 0: x_s = x_t / sqrt A") {
    expect(PosteriorKernel(TransitionKernel(0.25, 0), TransitionKernel(0.5, 0.5)), 0, 2, 0);
  }
  SECTION("v_s = 0 at a scale: x_s = sqrt(a_s) x_0") {
    expect(PosteriorKernel(TransitionKernel(0.25, 0), TransitionKernel(0.25, 0)), 0.5, 0, 0);
    expect(PosteriorKernel(TransitionKernel(0.25, 0.75), TransitionKernel(0.25, 0)), 0.5, 0, 0);
  }
  SECTION("A = 0: x_t carries no information") {
    expect(PosteriorKernel(TransitionKernel(0, 1), TransitionKernel(0.25, 0.75)), 0.5, 0, 0.75);
  }
  SECTION("a_s = 0: x_0 carries no information") {
    const PosteriorKernel kernel(TransitionKernel(0.75, 0.25), TransitionKernel(0, 1));
    expect(kernel, 0, std::sqrt(0.75), 0.25);
  }
  SECTION("beta = 1 between") {
    const auto erased = NoiseSchedule<>::from_betas({0.5, 1.0, 0.25, 0.5});
    expect(erased.posterior(1, 4), std::sqrt(0.5), 0, 0.5);
    expect(erased.posterior(2, 3), 0, std::sqrt(0.75), 0.25);
  }
  SECTION("float") {
    const PosteriorKernel<float> rounded(schedule.posterior(3, 5));
    CHECK(rounded.x0_scale() == static_cast<float>(schedule.posterior(3, 5).x0_scale()));
    CHECK(rounded.xt_scale() == static_cast<float>(schedule.posterior(3, 5).xt_scale()));
    CHECK(rounded.variance() == static_cast<float>(schedule.posterior(3, 5).variance()));
    CHECK(rounded.log_variance() == static_cast<float>(schedule.posterior(3, 5).log_variance()));
  }
}

// Would catch a v_t that loses its digits or becomes 0 below the normal range, and 0 · ∞ for A = 0.
TEST_CASE("PosteriorKernel: v_t and v_s/v_t out of range") {
  const auto expect = [](const TransitionKernel<double>& s_to_t, double noise_s, double x0_scale,
                         double xt_scale, double variance) {
    CAPTURE(s_to_t.signal_power(), s_to_t.noise_variance(), noise_s);
    const PosteriorKernel<double> kernel(s_to_t, {1, noise_s});
    CHECK_THAT(kernel.x0_scale(), WithinRel(x0_scale, 1e-15));
    CHECK_THAT(kernel.xt_scale(), WithinRel(xt_scale, 1e-15));
    CHECK_THAT(kernel.variance(), WithinRel(variance, 1e-15));
  };
  expect({1e-20, 0}, 1e-300, 0, 1e10, 0);
  expect({0x1p-60, 0x1p-1061}, 0x1p-1000, 1. / 3, 0x1p31 / 3, 0x1p-1000 / 3);
  expect({1e-300, 0}, 1e-300, 0, 1e150, 0);              // v_t = 1e-600
  expect({0x1p-1070, 0x1p-1070}, 1, 0.5, 0x1p534, 0.5);  // v_s/v_t = 2^1069
  expect({0x1p-1070, 1}, 0x1p-1000, 1, 0, 0x1p-1000);
  expect({0, 1e-300}, 1e100, 1, 0, 1e100);  // v_s/v_t = 1e400
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch a formula that subtracts. The bound is the one in the header.
TEMPLATE_TEST_CASE("PosteriorKernel: within 4 ulp of the two kernels given", "", float, double) {
  using test::Quad;
  std::mt19937_64 random(1);
  const auto log_uniform = [&](double first, double last) {
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    return static_cast<TestType>(std::exp2(first + (last - first) * share));
  };
  test::Worst x0_scale;
  test::Worst xt_scale;
  test::Worst variance;
  int log_differences = 0;
  for (int k = 0; k < 20000; ++k) {
    const TransitionKernel<TestType> s_to_t(log_uniform(-40, 5), log_uniform(-40, 5));
    const TransitionKernel<TestType> zero_to_s(log_uniform(-40, 5), log_uniform(-40, 5));
    const PosteriorKernel<TestType> posterior(s_to_t, zero_to_s);
    const Quad noise_s = zero_to_s.noise_variance();
    const Quad added = s_to_t.noise_variance();
    const Quad noise_t = s_to_t.signal_power() * noise_s + added;
    x0_scale.see(test::ulps(posterior.x0_scale(), zero_to_s.signal_scale() * added / noise_t), k);
    xt_scale.see(test::ulps(posterior.xt_scale(), s_to_t.signal_scale() * noise_s / noise_t), k);
    variance.see(test::ulps(posterior.variance(), noise_s * added / noise_t), k);
    const Quad log_variance = test::log(noise_s * added / noise_t);
    const double error = static_cast<double>(posterior.log_variance() - log_variance);
    log_differences += std::abs(error) > 4 * 0x1p-53 + std::numeric_limits<TestType>::epsilon() *
                                                           std::abs(posterior.log_variance());
  }
  CHECK(x0_scale.ulps <= 4);
  CHECK(xt_scale.ulps <= 4);
  CHECK(variance.ulps <= 4);
  CHECK(log_differences == 0);
}
#endif

}  // namespace posterior_kernel_test
