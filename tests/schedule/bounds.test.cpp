// SPDX-License-Identifier: MIT
//
// Numbers that must lie in a range that messages and documentation name: the last one is taken, the
// next refused. Would catch a bound that is another number, or open where it is said to be closed.
#include "support/bound.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "alphabar/grid/flow_levels.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/partial_run.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/grid/table_levels.hpp"
#include "alphabar/grid/timesteps.hpp"
#include "alphabar/grid/training_times.hpp"
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
  const auto scaled_from = [](double beta) { return scaled_linear_schedule(10, beta, 0.5); };
  const auto scaled_to = [](double beta) { return scaled_linear_schedule(10, 0.5, beta); };
  const auto sigmoid_from = [](double beta) { return sigmoid_schedule(10, beta, 0.5); };
  const auto sigmoid_to = [](double beta) { return sigmoid_schedule(10, 0.5, beta); };
  const auto rescaled_from = [](double beta) { return rescaled_linear_schedule(1000, beta, 0.5); };
  const auto rescaled_to = [](double beta) { return rescaled_linear_schedule(1000, 0.5, beta); };
  check_bound(scaled_from, 0, -1);
  check_bound(scaled_from, 1, 2);
  check_bound(scaled_to, 0, -1);
  check_bound(scaled_to, 1, 2);
  check_bound(sigmoid_from, 0, -1);
  check_bound(sigmoid_from, 1, 2);
  check_bound(sigmoid_to, 0, -1);
  check_bound(sigmoid_to, 1, 2);
  check_bound(rescaled_from, 0, -1);
  check_bound(rescaled_from, 1, 2);
  check_bound(rescaled_to, 0, -1);
  check_bound(rescaled_to, 1, 2);
  const auto of_steps = [](const auto& make) {
    CHECK(make(1).steps() == 1);
    CHECK_THROWS_AS(make(0), std::invalid_argument);
  };
  of_steps([](Index steps) { return linear_schedule(steps); });
  of_steps([](Index steps) { return scaled_linear_schedule(steps); });
  of_steps([](Index steps) { return cosine_schedule(steps); });
  of_steps([](Index steps) { return sigmoid_schedule(steps); });
  of_steps([](Index steps) { return constant_schedule(steps, 0.5); });
  of_steps([](Index steps) { return exponential_schedule(steps); });
  of_steps([](Index steps) { return sigmoid_alpha_bar_schedule(steps); });
  of_steps([](Index steps) { return laplace_schedule(steps); });
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
  const auto max_beta = [](double most) {
    return schedule_from_alpha_bar(
        2, [](double x) { return 1 - x / 2; }, most);
  };
  check_bound(max_beta, 0, -1);
  check_bound(max_beta, 1, 2);
  const auto of_sigmoid = [](double most) {
    return sigmoid_alpha_bar_schedule(10, -3, 3, 1, most);
  };
  check_bound(of_sigmoid, 0, -1);
  check_bound(of_sigmoid, 1, 2);
  check_bound([](double most) { return laplace_schedule(10, 0, 0.5, most); }, 1, 2);
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
  check_bound([](double beta_max) { return SubVpLinear(0, beta_max); }, 1e-100, 0);
  check_bound([](double beta_max) { return SubVpLinear(0, beta_max); }, 700, 701);
  check_bound([](double beta_min) { return SubVpLinear(beta_min, 20); }, 0, -1);
  check_bound([](double beta_min) { return SubVpLinear(beta_min, 20); }, 20, 21);
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
  check_bound([](double v) { return sigma_of_one_minus_alpha_bar(v); }, 0, -1);
  check_bound([](double v) { return sigma_of_one_minus_alpha_bar(v); }, 1, 2);
  check_bound([](double u) { return sigma_of_flow_time(u); }, 0, -1);
  check_bound([](double u) { return sigma_of_flow_time(u); }, 1, 2);
  check_bound([](double sigma) { return one_minus_alpha_bar_of_sigma(sigma); }, 0, -1);
  check_bound([](double sigma) { return flow_time_of_sigma(sigma); }, 0, -1);
  check_bound([](double sigma) { return log_snr_of_sigma(sigma); }, 0, -1);
  const auto poly = [](double rho) { return polyexponential_sigmas(5, 0.1, 10, rho); };
  check_bound(poly, 1e-3, 0);
  check_bound(poly, 1e6, infinity);
  check_bound([](double alpha) { return beta_sigmas(5, 0.1, 10, alpha); }, 0.1, 0);
  check_bound([](double alpha) { return beta_sigmas(5, 0.1, 10, alpha); }, 20, 21);
  check_bound([](double beta) { return beta_sigmas(5, 0.1, 10, 1, beta); }, 0.1, 0);
  check_bound([](double beta) { return beta_sigmas(5, 0.1, 10, 1, beta); }, 20, 21);
  check_bound([](double b) { return laplace_sigmas(5, 0.1, 10, 0, b); }, smallest, 0);
  check_bound([](double alpha) { return beta_timesteps(100, 5, alpha); }, 0.1, 0);
  check_bound([](double alpha) { return beta_timesteps(100, 5, alpha); }, 20, 21);
  check_bound([](double beta) { return beta_timesteps(100, 5, 1, beta); }, 0.1, 0);
  check_bound([](double beta) { return beta_timesteps(100, 5, 1, beta); }, 20, 21);
}

TEST_CASE("bounds: levels of a straight path") {
  const auto every_level = [](const auto& transform) {
    check_bound([&](double u) { return transform({u, 0.0}); }, 0, -1);
    check_bound([&](double u) { return transform({u, 0.0}); }, 1, 2);
  };
  using Levels = std::vector<double>;
  every_level([](const Levels& u) { return shift_levels(u, 2); });
  every_level([](const Levels& u) { return invert_levels(u); });
  every_level([](const Levels& u) { return smoothstep_levels(u); });
  every_level([](const Levels& u) { return smootherstep_levels(u); });
  check_bound([](double u) { return stretch_levels(Levels{u, 0}, 0.1); }, 1, 2);
  check_bound([](double terminal) { return stretch_levels({1, 0.5}, terminal); }, 0, -1);
  check_bound(
      [](double terminal) {
        return stretch_levels({1, 0.5}, terminal);
      },
      std::nextafter(1, 0), 1);
  check_bound([](double last) { return stretch_levels({1, last}, 0.1); }, std::nextafter(1, 0), 1);
  check_bound([](double shift) { return shift_levels({0.5}, shift); }, 1e-100, 0);
  check_bound([](double shift) { return shift_levels({0.5}, shift); }, 1e100, infinity);
  check_bound([](double power) { return shift_levels({0.5}, 2, power); }, 0.01, 0);
  check_bound([](double power) { return shift_levels({0.5}, 2, power); }, 100, 101);
  check_bound([](double edge) { return smoothstep_levels({0.5}, edge); }, smallest, 0);
  check_bound([](double edge) { return smoothstep_levels({0.5}, edge); }, 1, 2);
  check_bound([](double edge) { return smootherstep_levels({0.5}, edge); }, smallest, 0);
  check_bound([](double edge) { return smootherstep_levels({0.5}, edge); }, 1, 2);
  check_bound([](double shift) { return dynamic_shift_mu(9, 1, 2, shift); }, 1e100, infinity);
  check_bound([](double shift) { return dynamic_shift_mu(9, 1, 2, shift); }, -1e100, -infinity);
  check_bound([](double shift) { return dynamic_shift_mu(9, 1, 2, 0, shift); }, 1e100, infinity);
  check_bound([](double shift) { return dynamic_shift_mu(9, 1, 2, 0, shift); }, -1e100, -infinity);
  CHECK_NOTHROW(dynamic_shift_mu(1, 1, 2));
  CHECK_NOTHROW(dynamic_shift_mu(1, 2, 1));
  CHECK_THROWS_AS(dynamic_shift_mu(1, 0, 2), std::invalid_argument);
  CHECK_THROWS_AS(dynamic_shift_mu(1, 2, 0), std::invalid_argument);
  check_bound([](double least) { return linear_levels(3, least); }, 0, -1);
  check_bound([](double least) { return linear_levels(3, least); }, std::nextafter(1, 0), 1);
  check_bound([](double most) { return linear_levels(3, 0, most); }, 1, 2);
  check_bound([](double most) { return linear_levels(3, 0, most); }, smallest, 0);
  CHECK(linear_levels(1, 0.5, 0.5) == Levels{0.5});
  CHECK_THROWS_AS(linear_levels(1, 0.6, 0.5), std::invalid_argument);
  check_bound([](double removed) { return linear_quadratic_levels(4, removed, 1); }, smallest, 0);
  check_bound([](double removed) { return linear_quadratic_levels(4, removed, 1); }, 0.25, 1);
  for (const Index linear : {1, 3}) CHECK_NOTHROW(linear_quadratic_levels(4, 0.1, linear));
  for (const Index linear : {0, 4}) {
    CHECK_THROWS_AS(linear_quadratic_levels(4, 0.1, linear), std::invalid_argument);
  }
  check_bound([](double strength) { return first_call(5, strength); }, 0, -1);
  check_bound([](double strength) { return first_call(5, strength); }, 1, 2);
  CHECK(first_call(0, 0.5) == 0);
}

TEST_CASE("bounds: timesteps") {
  const auto of_count = [](const auto& list, Index most) {
    CHECK_NOTHROW(list(10, 1));
    CHECK_NOTHROW(list(10, most));
    CHECK_NOTHROW(list(2, 1));
    for (const Index n : {Index{0}, most + 1}) {
      CHECK_THROWS_AS(list(10, n), std::invalid_argument);
    }
  };
  of_count([](Index steps, Index n) { return linspace_timesteps(steps, n); }, 10);
  of_count([](Index steps, Index n) { return leading_timesteps(steps, n); }, 10);
  of_count([](Index steps, Index n) { return trailing_timesteps(steps, n); }, 10);
  of_count([](Index steps, Index n) { return normal_times(steps, n); }, 10);
  of_count([](Index steps, Index n) { return sgm_uniform_times(steps, n); }, 10);
  of_count([](Index steps, Index n) { return simple_timesteps(steps, n); }, 10);
  of_count([](Index steps, Index n) { return ddim_uniform_timesteps(steps, n); }, 9);
  of_count([](Index steps, Index n) { return beta_timesteps(steps, n); }, 10);
  of_count([](Index steps, Index n) { return smoothstep_timesteps(steps, n); }, 10);
  CHECK(leading_timesteps(10, 5, 1).front() == 10);
  CHECK_THROWS_AS(leading_timesteps(10, 5, 2), std::out_of_range);
}

TEST_CASE("bounds: training times") {
  const auto of_uniform = [](const auto& sample) {
    check_bound(sample, 0, -1);
    check_bound(sample, 1, 2);
  };
  of_uniform([](double u) { return logit_normal_time(u); });
  of_uniform([](double u) { return mode_time(u); });
  of_uniform([](double u) { return cosmap_time(u); });
  of_uniform([](double u) { return log_normal_sigma(u); });
  of_uniform([](double u) { return split_log_normal_sigma(u, 0, 1, 2); });
  of_uniform([](double u) { return log_uniform_sigma(u, 0.1, 1); });
  of_uniform([](double u) { return log_logistic_sigma(u); });
  of_uniform([](double u) { return v_diffusion_sigma(u); });
  of_uniform([](double u) { return cosine_interpolated_sigma(u, 64, 32, 64); });
  const auto of_scale = [](const auto& sample) { check_bound(sample, smallest, 0); };
  of_scale([](double std) { return logit_normal_time(0.5, 0, std); });
  of_scale([](double std) { return log_normal_sigma(0.5, 0, std); });
  of_scale([](double std) { return split_log_normal_sigma(0.5, 0, std, 1); });
  of_scale([](double std) { return split_log_normal_sigma(0.5, 0, 1, std); });
  of_scale([](double sigma_min) { return log_uniform_sigma(0.5, sigma_min, 1); });
  of_scale([](double scale) { return log_logistic_sigma(0.5, 0, scale); });
  of_scale([](double sigma_data) { return v_diffusion_sigma(0.5, sigma_data); });
  of_scale([](double size) { return cosine_interpolated_sigma(0.5, size, 1, 1); });
  of_scale([](double low) { return cosine_interpolated_sigma(0.5, 1, low, 1); });
  of_scale([](double high) { return cosine_interpolated_sigma(0.5, 1, 1, high); });
  of_scale([](double data) { return cosine_interpolated_sigma(0.5, 1, 1, 1, data); });
  of_scale([](double least) { return cosine_interpolated_sigma(0.5, 1, 1, 1, 1, least); });
  check_bound([](double scale) { return mode_time(0.5, scale); }, -1, -2);
  check_bound([](double scale) { return mode_time(0.5, scale); }, 2 / (std::numbers::pi - 2), 2);
  const auto of_range = [](const auto& sample) {  // 0 <= sigma_min < sigma_max
    check_bound([&](double sigma_max) { return sample(2, sigma_max); }, std::nextafter(2, 3), 0);
  };
  of_range([](double least, double most) { return log_uniform_sigma(0.5, least, most); });
  of_range([](double least, double most) { return log_logistic_sigma(0.5, 0, 1, least, most); });
  of_range([](double least, double most) { return v_diffusion_sigma(0.5, 1, least, most); });
  of_range([](double least, double most) {
    return cosine_interpolated_sigma(0.5, 1, 1, 1, 1, least, most);
  });
  check_bound([](double sigma_min) { return log_logistic_sigma(0.5, 0, 1, sigma_min); }, 0, -1);
  check_bound([](double sigma_min) { return v_diffusion_sigma(0.5, 1, sigma_min); }, 0, -1);
}

TEST_CASE("bounds: samplers and weights") {
  const TransitionKernel<double> kernel(0.5, 0.5);
  check_bound([&](double eta) { return Ddim{eta}.step(kernel, kernel); }, 0, -1);
  check_bound([&](double eta) { return Ddim{eta}.step(kernel, kernel); }, 1, 2);
  check_bound([](double u) { return cosmap_weight(u); }, 0, -1);
  check_bound([](double u) { return cosmap_weight(u); }, 1, 2);
  check_bound([](double u) { return inverse_square_weight(u); }, 0, -1);
  check_bound([](double u) { return inverse_square_weight(u); }, 1, 2);
  check_bound([](double snr) { return min_snr_weight(snr, Prediction::noise, 5); }, 0, -1);
  check_bound([](double gamma) { return min_snr_weight(1, Prediction::noise, gamma); }, smallest,
              0);
}

/// All numbers of a table or a process at some times.
template <class Table>
std::vector<double> numbers(const Table& table) {
  std::vector<double> list;
  if constexpr (requires { table.steps(); }) {
    list.push_back(static_cast<double>(table.steps()));
    for (const Index t : {Index{1}, table.steps() / 2, table.steps() - 1, table.steps()}) {
      list.push_back(table.beta(t));
      list.push_back(table.alpha_bar(t));
    }
  } else {
    for (const double t : {0.0, 0.1, 0.5, 1.0}) {
      list.push_back(table.signal_scale(t));
      list.push_back(table.noise_scale(t));
    }
  }
  return list;
}

// Would catch a change of what users get who give no parameters.
TEST_CASE("bounds: the parameters that need not be given") {
  const auto same = [](const auto& a, const auto& b) { CHECK(numbers(a) == numbers(b)); };
  same(linear_schedule(), linear_schedule(1000, 1e-4, 0.02));
  same(rescaled_linear_schedule(), rescaled_linear_schedule(1000, 1e-4, 0.02));
  same(scaled_linear_schedule(), scaled_linear_schedule(1000, 0.00085, 0.012));
  same(cosine_schedule(), cosine_schedule(1000, 0.008, 0.999));
  same(sigmoid_schedule(), sigmoid_schedule(1000, 1e-4, 0.02));
  same(exponential_schedule(), exponential_schedule(1000, 12));
  same(sigmoid_alpha_bar_schedule(), sigmoid_alpha_bar_schedule(1000, -3, 3, 1, 0.999));
  same(laplace_schedule(), laplace_schedule(1000, 0, 0.5, 0.999));
  const auto half = [](double x) { return 1 - x; };
  same(schedule_from_alpha_bar(10, half), schedule_from_alpha_bar(10, half, 1));
  same(VpLinear(), VpLinear(0.1, 20));
  same(SubVpLinear(), SubVpLinear(0.1, 20));
  same(VpCosine(), VpCosine(0.008));
  same(VeGeometric(), VeGeometric(0.01, 50));
  same(RectifiedFlow(), RectifiedFlow(1));
  CHECK(linear_levels(3, 0.1) == linear_levels(3, 0.1, 1));
  CHECK(shift_levels({0.3}, 2) == shift_levels({0.3}, 2, 1));
  CHECK(dynamic_shift_mu(300) == dynamic_shift_mu(300, 256, 4096, 0.5, 1.15));
  CHECK(smoothstep_levels({0.3}) == smoothstep_levels({0.3}, 1));
  CHECK(smootherstep_levels({0.3}) == smootherstep_levels({0.3}, 1));
  CHECK(linear_quadratic_levels(5) == linear_quadratic_levels(5, 0.025, 2));
  CHECK(karras_sigmas(4, 0.1, 9) == karras_sigmas(4, 0.1, 9, 7));
  CHECK(polyexponential_sigmas(4, 0.1, 9) == polyexponential_sigmas(4, 0.1, 9, 1));
  CHECK(tangent_sigmas(4, 0.1, 9) == tangent_sigmas(4, 0.1, 9, 1));
  CHECK(beta_sigmas(4, 0.1, 9) == beta_sigmas(4, 0.1, 9, 0.6, 0.6));
  CHECK(laplace_sigmas(4, 0.1, 9) == laplace_sigmas(4, 0.1, 9, 0, 0.5));
  CHECK(beta_timesteps(1000, 7) == beta_timesteps(1000, 7, 0.6, 0.6));
  CHECK(leading_timesteps(1000, 7) == leading_timesteps(1000, 7, 0));
  CHECK(logit_normal_time(0.3) == logit_normal_time(0.3, 0, 1));
  CHECK(mode_time(0.3) == mode_time(0.3, 1.29));
  CHECK(log_normal_sigma(0.3) == log_normal_sigma(0.3, -1.2, 1.2));
  CHECK(log_logistic_sigma(0.3) == log_logistic_sigma(0.3, 0, 1, 0, infinity));
  CHECK(v_diffusion_sigma(0.3) == v_diffusion_sigma(0.3, 1, 0, infinity));
  CHECK(cosine_interpolated_sigma(0.3, 64, 32, 64) ==
        cosine_interpolated_sigma(0.3, 64, 32, 64, 1, 1e-3, 1e3));
  CHECK(min_snr_weight(9.0, Prediction::x0) == min_snr_weight(9.0, Prediction::x0, 5));
  CHECK(min_snr_weight(9, Prediction::x0) == 5);
}

}  // namespace bounds_test
