// SPDX-License-Identifier: MIT
#include "alphabar/error.hpp"

#include <array>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace error_test {

using namespace alphabar;
using test::infinity;
using test::nan;
using Betas = std::vector<double>;

/// Bad input, and the expected error: which exception, and its message after
/// "alphabar::".
struct Mistake {
  std::string exception;
  std::string message;
  std::function<void()> make;
};

NoiseSchedule<> ten() { return linear_schedule(10); }
NoiseSchedule<> from_betas(const Betas& betas) { return NoiseSchedule<>::from_betas(betas); }
NoiseSchedule<> from_alpha_bars(const Betas& values) {
  return NoiseSchedule<>::from_alpha_bars(values);
}

std::vector<Mistake> bad_tables() {
  return {
      {"invalid_argument", "NoiseSchedule::from_betas: betas must hold at least one value, got 0",
       [] { (void)from_betas({}); }},
      {"invalid_argument", "NoiseSchedule::from_betas: betas[3] must be in [0, 1], got 1.5",
       [] {
         (void)from_betas({0.1, 0.2, 0.3, 1.5});
       }},
      {"invalid_argument", "NoiseSchedule::from_betas: betas[0] must be in [0, 1], got -0.1",
       [] { (void)from_betas({-0.1}); }},
      {"invalid_argument", "NoiseSchedule::from_betas: betas[1] must be in [0, 1], got nan",
       [] {
         (void)from_betas({0.1, nan});
       }},
      {"invalid_argument", "NoiseSchedule::from_betas: betas[0] must be in [0, 1], got inf",
       [] { (void)from_betas({infinity}); }},
      {"invalid_argument", "NoiseSchedule::from_betas: betas[1] must be in [0, 1], got 2",
       [] {
         (void)NoiseSchedule<float>::from_betas({0, 2});
       }},
      {"invalid_argument",
       "NoiseSchedule::from_betas: betas[0] must be in [0, 1], got 1.0000000000000002",
       [] { (void)from_betas({1 + 0x1p-52}); }},
      {"invalid_argument",
       "NoiseSchedule::from_alpha_bars: alpha_bars must hold at least one value, got 0",
       [] { (void)from_alpha_bars({}); }},
      {"invalid_argument",
       "NoiseSchedule::from_alpha_bars: alpha_bars[0] must be in [0, 1], got 1.5",
       [] { (void)from_alpha_bars({1.5}); }},
      {"invalid_argument",
       "NoiseSchedule::from_alpha_bars: alpha_bars[1] must be in [0, 1], got nan",
       [] {
         (void)from_alpha_bars({0.5, nan});
       }},
      {"invalid_argument",
       "NoiseSchedule::from_alpha_bars: alpha_bars[1] must not be greater than the value before "
       "it, got 0.75",
       [] {
         (void)from_alpha_bars({0.5, 0.75});
       }},
      {"invalid_argument",
       "NoiseSchedule::from_alpha_bars: alpha_bars[1] must be > 0 before the last step, got 0",
       [] {
         (void)from_alpha_bars({0.5, 0.0, 0.0});
       }},
  };
}

std::vector<Mistake> bad_times() {
  return {
      {"out_of_range", "NoiseSchedule::beta: t must be in 1..10, got 0",
       [] { (void)ten().beta(0); }},
      {"out_of_range", "NoiseSchedule::beta: t must be in 1..10, got 11",
       [] { (void)ten().beta(11); }},
      {"out_of_range", "NoiseSchedule::alpha: t must be in 1..10, got 0",
       [] { (void)ten().alpha(0); }},
      {"out_of_range", "NoiseSchedule::step: t must be in 1..10, got 0",
       [] { (void)ten().step(0); }},
      {"out_of_range", "NoiseSchedule::alpha_bar: t must be in 0..10, got -1",
       [] { (void)ten().alpha_bar(-1); }},
      {"out_of_range", "NoiseSchedule::alpha_bar: t must be in 0..10, got 11",
       [] { (void)ten().alpha_bar(11); }},
      {"out_of_range", "NoiseSchedule::one_minus_alpha_bar: t must be in 0..10, got 11",
       [] { (void)ten().one_minus_alpha_bar(11); }},
      {"out_of_range", "NoiseSchedule::sqrt_alpha_bar: t must be in 0..10, got -1",
       [] { (void)ten().sqrt_alpha_bar(-1); }},
      {"out_of_range", "NoiseSchedule::sqrt_one_minus_alpha_bar: t must be in 0..10, got 11",
       [] { (void)ten().sqrt_one_minus_alpha_bar(11); }},
      {"out_of_range", "NoiseSchedule::log_alpha_bar: t must be in 0..10, got 11",
       [] { (void)ten().log_alpha_bar(11); }},
      {"out_of_range", "NoiseSchedule::snr: t must be in 0..10, got 11",
       [] { (void)ten().snr(11); }},
      {"out_of_range", "NoiseSchedule::log_snr: t must be in 0..10, got -1",
       [] { (void)ten().log_snr(-1); }},
      {"out_of_range", "NoiseSchedule::sigma: t must be in 0..10, got 11",
       [] { (void)ten().sigma(11); }},
      {"out_of_range", "NoiseSchedule::transition: t must be in 0..10, got 11",
       [] { (void)ten().transition(0, 11); }},
      {"out_of_range", "NoiseSchedule::transition: s must be in 0..10, got -1",
       [] { (void)ten().transition(-1, 5); }},
      {"invalid_argument", "NoiseSchedule::transition: s must not be later than t = 4, got 5",
       [] { (void)ten().transition(5, 4); }},
      {"out_of_range", "NoiseSchedule::posterior: t must be in 0..10, got 11",
       [] { (void)ten().posterior(0, 11); }},
      {"invalid_argument", "NoiseSchedule::posterior: s must not be later than t = 0, got 1",
       [] { (void)ten().posterior(1, 0); }},
  };
}

std::vector<Mistake> bad_factories() {
  return {
      {"invalid_argument", "linear_schedule: steps must be >= 1, got 0",
       [] { (void)linear_schedule(0); }},
      {"invalid_argument", "linear_schedule: beta_first must be in [0, 1], got nan",
       [] { (void)linear_schedule(10, nan); }},
      {"invalid_argument", "linear_schedule: beta_last must be in [0, 1], got 1.5",
       [] { (void)linear_schedule(10, 0.1, 1.5); }},
      {"invalid_argument", "scaled_linear_schedule: steps must be >= 1, got -1",
       [] { (void)scaled_linear_schedule(-1); }},
      {"invalid_argument", "scaled_linear_schedule: beta_first must be in [0, 1], got -0.1",
       [] { (void)scaled_linear_schedule(10, -0.1); }},
      {"invalid_argument", "scaled_linear_schedule: beta_last must be in [0, 1], got 2",
       [] { (void)scaled_linear_schedule(10, 0.1, 2); }},
      {"invalid_argument", "cosine_schedule: steps must be >= 1, got 0",
       [] { (void)cosine_schedule(0); }},
      {"invalid_argument", "cosine_schedule: offset must be finite and >= 0, got -0.008",
       [] { (void)cosine_schedule(10, -0.008); }},
      {"invalid_argument", "cosine_schedule: offset must be finite and >= 0, got inf",
       [] { (void)cosine_schedule(10, infinity); }},
      {"invalid_argument", "cosine_schedule: max_beta must be in [0, 1], got nan",
       [] { (void)cosine_schedule(10, 0.008, nan); }},
      {"invalid_argument", "sigmoid_schedule: steps must be >= 1, got 0",
       [] { (void)sigmoid_schedule(0); }},
      {"invalid_argument", "sigmoid_schedule: beta_first must be in [0, 1], got 1.5",
       [] { (void)sigmoid_schedule(10, 1.5); }},
      {"invalid_argument", "sigmoid_schedule: beta_last must be in [0, 1], got -1",
       [] { (void)sigmoid_schedule(10, 0.1, -1); }},
  };
}

std::vector<Mistake> bad_kernels() {
  return {
      {"invalid_argument", "TransitionKernel: signal_power must be finite and >= 0, got -0.5",
       [] { (void)TransitionKernel(-0.5, 1.0); }},
      {"invalid_argument", "TransitionKernel: noise_variance must be finite and >= 0, got inf",
       [] { (void)TransitionKernel(1.0, infinity); }},
      {"invalid_argument", "TransitionKernel: noise_variance must be finite and >= 0, got nan",
       [] { (void)TransitionKernel(1.0, nan); }},
      {"invalid_argument",
       "TransitionKernel::from_scales: signal_scale must be finite and >= 0, got -1",
       [] { (void)TransitionKernel<float>::from_scales(-1, 1); }},
      {"invalid_argument",
       "TransitionKernel::from_scales: noise_scale must be finite and >= 0, got nan",
       [] { (void)TransitionKernel<>::from_scales(1, nan); }},
      {"invalid_argument", "PosteriorKernel: the noise variance at t must be finite and > 0, got 0",
       [] { (void)PosteriorKernel(TransitionKernel(0, 0), TransitionKernel(0.5, 0.5)); }},
      {"invalid_argument",
       "PosteriorKernel: the noise variance at t must be finite and > 0, got inf",
       [] { (void)PosteriorKernel(TransitionKernel(1, 1e308), TransitionKernel(1, 1e308)); }},
  };
}

std::vector<Mistake> bad_buffers() {
  static const NoiseStream<> noise(1);
  static const std::vector<double> six(6);
  static std::vector<double> out(6);
  static std::vector<double> short_out(5);
  return {
      {"invalid_argument", "add_noise: the size of out must be 6, got 5",
       [] { add_noise(TransitionKernel(), six, noise, short_out); }},
      {"invalid_argument", "add_noise: the size of out must be 6, got 5",
       [] { add_noise(ten(), six, std::array{1}, noise, short_out); }},
      {"invalid_argument", "add_noise: the size of x0 must be a multiple of 4 timesteps, got 6",
       [] {
         add_noise(ten(), six, std::array{1, 2, 3, 4}, noise, out);
       }},
      {"invalid_argument", "add_noise: timesteps must hold a time for each sample, got 0",
       [] { add_noise(ten(), six, std::vector<int>(), noise, out); }},
      {"out_of_range", "add_noise: timesteps[1] must be in 0..10, got 11",
       [] {
         add_noise(ten(), six, std::array{1, 11}, noise, out);
       }},
      {"out_of_range", "add_noise: timesteps[1] must be in 0..10, got -1",
       [] {
         add_noise(ten(), six, std::array{1, -1}, noise, out);
       }},
  };
}

// Would catch a value that is accepted, a wrong exception, and a message that does not say which
// function, which argument, what it must be and what it was.
TEST_CASE("errors: bad input is refused with a message") {
  for (const auto& mistakes :
       {bad_tables(), bad_times(), bad_factories(), bad_kernels(), bad_buffers()}) {
    for (const Mistake& mistake : mistakes) {
      CHECK(test::complaint(mistake.make) == mistake.exception + ": alphabar::" + mistake.message);
    }
  }
}

// Would catch a value in a message that is not the value given.
TEST_CASE("errors: numbers are printed so that they read back") {
  CHECK(detail::to_text(0.1) == "0.1");
  CHECK(detail::to_text(0.1f) == "0.1");
  CHECK(detail::to_text(1e-300) == "1e-300");
  CHECK(detail::to_text(1.0 / 3) == "0.3333333333333333");
  CHECK(detail::to_text(Index{-7}) == "-7");
}

}  // namespace error_test
