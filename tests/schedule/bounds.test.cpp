// SPDX-License-Identifier: MIT
//
// Numbers that must lie in a range that messages and documentation name: the last one is taken, the
// next refused. Would catch a bound that is another number, or open where it is said to be closed.
#include "support/bound.hpp"

#include <cmath>
#include <limits>

#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/prediction/loss_weights.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/schedule/alpha_bar_schedules.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "alphabar/schedule/ve_process.hpp"
#include "alphabar/schedule/vp_process.hpp"
#include "support/catch.hpp"
#include "support/special_values.hpp"

namespace bounds_test {

using namespace alphabar;
using test::check_bound;
using test::infinity;

constexpr double smallest = std::numeric_limits<double>::denorm_min();

TEST_CASE("bounds: schedules of beta") {
  const auto linear_from = [](double beta) { return linear_schedule(10, beta, 0.5); };
  const auto linear_to = [](double beta) { return linear_schedule(10, 0.5, beta); };
  check_bound(linear_from, 0, -1);
  check_bound(linear_from, 1, 2);
  check_bound(linear_to, 0, -1);
  check_bound(linear_to, 1, 2);
  check_bound([](double beta) { return constant_schedule(10, beta); }, 0, -1);
  check_bound([](double beta) { return constant_schedule(10, beta); }, 1, 2);
  check_bound([](double offset) { return cosine_schedule(10, offset); }, 0, -1);
  check_bound([](double beta) { return cosine_schedule(10, 0.008, beta); }, 0, -1);
  check_bound([](double beta) { return cosine_schedule(10, 0.008, beta); }, 1, 2);
}

TEST_CASE("bounds: schedules of alpha_bar") {
  const auto from = [](double start) {
    return schedule_from_alpha_bar(2, [=](double x) { return start * (1 - x); });
  };
  check_bound(from, 1, 2);
  check_bound([](double rate) { return exponential_schedule(10, rate); }, 0, -1);
  check_bound([](double rate) { return exponential_schedule(10, rate); }, 700, 701);
  const auto sigmoid_of = [](double tau) { return sigmoid_alpha_bar_schedule(10, -tau, tau, tau); };
  check_bound(sigmoid_of, 1e-150, 0);
  check_bound(sigmoid_of, 1e150, infinity);
  check_bound([](double start) { return sigmoid_alpha_bar_schedule(10, start, 3); }, -300, -301);
  check_bound([](double end) { return sigmoid_alpha_bar_schedule(10, -3, end); }, 300, 301);
  check_bound([](double start) { return sigmoid_alpha_bar_schedule(10, start, 3); },
              std::nextafter(3, 0), 4);
  check_bound([](double end) { return sigmoid_alpha_bar_schedule(10, 0, end); }, 1e-150, 0);
  check_bound([](double mu) { return laplace_schedule(10, mu); }, -300, -301);
  check_bound([](double mu) { return laplace_schedule(10, mu); }, 300, 301);
  check_bound([](double b) { return laplace_schedule(10, 0, b); }, smallest, 0);
  check_bound([](double b) { return laplace_schedule(10, 0, b); }, 20, 21);
}

TEST_CASE("bounds: lists that a schedule is made from") {
  const auto of_beta = [](double beta) { return NoiseSchedule<>::from_betas({beta}); };
  check_bound(of_beta, 0, -1);
  check_bound(of_beta, 1, 2);
  const auto of_alpha_bar = [](double alpha_bar) {
    return NoiseSchedule<>::from_alpha_bars({alpha_bar});
  };
  check_bound(of_alpha_bar, 0, -1);
  check_bound(of_alpha_bar, 1, 2);
  const auto of_log_snr = [](double log_snr) { return NoiseSchedule<>::from_log_snrs({log_snr}); };
  check_bound(of_log_snr, -700, -701);
  check_bound(of_log_snr, 700, 701);
}

TEST_CASE("bounds: transformations of schedules") {
  const auto shifted = [](double factor) { return shift_snr(linear_schedule(10), factor); };
  check_bound(shifted, 1e-150, 0);
  check_bound(shifted, 1e150, infinity);
}

TEST_CASE("bounds: processes in continuous time") {
  const auto vp_up_to = [](double beta_max) { return VpLinear(0, beta_max); };
  check_bound(vp_up_to, 1e-100, 0);
  check_bound(vp_up_to, 700, 701);
  check_bound([](double beta_min) { return VpLinear(beta_min, 20); }, 0, -1);
  check_bound([](double beta_min) { return VpLinear(beta_min, 20); }, 20, 21);
  check_bound([](double beta_max) { return SubVpLinear(0, beta_max); }, 700, 701);
  check_bound([](double offset) { return VpCosine(offset); }, 0, -1);
  check_bound([](double sigma_min) { return VeGeometric(sigma_min); }, 1e-150, 0);
  check_bound([](double sigma_max) { return VeGeometric(1, sigma_max); }, 1e150, infinity);
  check_bound([](double sigma_max) { return VeGeometric(2, sigma_max); }, std::nextafter(2, 3), 0);
  check_bound([](double shift) { return RectifiedFlow(shift); }, 1e-100, 0);
  check_bound([](double shift) { return RectifiedFlow(shift); }, 1e100, infinity);
}

TEST_CASE("bounds: noise levels and their grids") {
  check_bound([](double sigma) { return alpha_bar_of_sigma(sigma); }, 0, -1);
  check_bound([](double alpha_bar) { return sigma_of_alpha_bar(alpha_bar); }, 0, -1);
  check_bound([](double alpha_bar) { return sigma_of_alpha_bar(alpha_bar); }, 1, 2);
  const auto karras = [](double rho) { return karras_sigmas(5, 0.1, 10, rho); };
  check_bound(karras, 1e-3, 0);
  check_bound(karras, 1e6, infinity);
  check_bound([](double sigma_max) { return karras_sigmas(5, 2, sigma_max); }, std::nextafter(2, 3),
              0);
  check_bound([](double sigma_min) { return exponential_sigmas(5, sigma_min, 1); }, smallest, 0);
  check_bound([](double c) { return tangent_sigmas(5, 0.1, 10, c); }, smallest, 0);
}

TEST_CASE("bounds: samplers and weights") {
  const TransitionKernel<double> kernel(0.5, 0.5);
  check_bound([&](double eta) { return Ddim{eta}.step(kernel, kernel); }, 0, -1);
  check_bound([&](double eta) { return Ddim{eta}.step(kernel, kernel); }, 1, 2);
  check_bound([](double snr) { return min_snr_weight(snr, Prediction::noise, 5); }, 0, -1);
  check_bound([](double gamma) { return min_snr_weight(1, Prediction::noise, gamma); }, smallest,
              0);
}

}  // namespace bounds_test
