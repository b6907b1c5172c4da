// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/diffusers/scheduler_config.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

/// From the files of well-known models to a run, with a simple network: one for data that
/// are 0.7 everywhere, which predicts the kind given in the file. The run must end there with every
/// sampler.
namespace models_test {

using namespace alphabar;

constexpr double data = 0.7;

/// The prediction of a correct network for its input, at its own scales.
double predict(const SamplerPlan& plan, const SamplerCall& call, double input) {
  const double x = input / call.input_scale;
  const PredictionConversion<double> to_noise(call.level, Prediction::x0, Prediction::noise);
  if (!(call.level.noise_variance() > 0)) return 0;
  const double noise = to_noise(x, data);
  const double signal = call.input_scale * call.level.signal_scale() * plan.data_scale;
  const double scale = call.input_scale * call.level.noise_scale();
  switch (plan.network) {
    case Prediction::noise:
      return plan.prediction_scale * noise;
    case Prediction::x0:
      return plan.prediction_scale * data / plan.data_scale;
    case Prediction::velocity:
      return plan.prediction_scale * (signal * noise - scale * data / plan.data_scale);
    case Prediction::flow_velocity:
      return plan.prediction_scale * (noise - data / plan.data_scale);
    case Prediction::score:
      break;
  }
  return -plan.prediction_scale * noise / scale;
}

double end_of_run(const SamplerPlan& plan) {
  std::vector<double> x{0.4 * plan.start_scale};
  run_sampler(
      plan,
      [&](std::span<const double> input, const SamplerCall& call, std::span<double> prediction) {
        prediction[0] = predict(plan, call, input[0]);
      },
      x, NoiseStream<double>(3));
  return x[0];
}

/// Runs that end on clean data, which is there exactly but for rounding.
void check(const std::string& config, const diffusers::Run& run, double first_time,
           double tolerance = 1e-9) {
  INFO(config);
  const SamplerPlan plan = diffusers::parse_scheduler_config(config).plan(run);
  CHECK_THAT(plan.calls.front().model_time, WithinRel(first_time, 1e-12));
  CHECK_THAT(end_of_run(plan), WithinAbs(data, tolerance));
}

// Would catch any step whose weights do not keep right data right, a prediction that is converted
// at another scale than the network's, and a file that leads to no plan.
TEST_CASE("models: from the file to a run") {
  const std::string stable_diffusion = R"("beta_schedule": "scaled_linear",
      "beta_start": 0.00085, "beta_end": 0.012, "steps_offset": 1)";
  SECTION("SDXL, Euler") {
    check(R"({"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "leading", )" +
              stable_diffusion + "}",
          {.steps = 20}, 951);
  }
  SECTION("Stable Diffusion 1.5, PNDM") {  // it ends at t = 1, where σ = 0.029
    const std::string sd15 = R"({"_class_name": "PNDMScheduler", "skip_prk_steps": true,
        "set_alpha_to_one": false, "clip_sample": false, )" +
                             stable_diffusion + "}";
    check(sd15, {.steps = 20}, 951, 0.05);
    CHECK(diffusers::parse_scheduler_config(sd15).plan(20).calls.size() == 21);
  }
  SECTION("SDXL Turbo, Euler ancestral") {
    check(R"({"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing", )" +
              stable_diffusion + "}",
          {.steps = 4}, 999);
  }
  SECTION("an LCM") {  // c_skip x is not quite 0
    check(R"({"_class_name": "LCMScheduler"})", {.steps = 4}, 999, 1e-6);
  }
  SECTION("EDM: F of data with the deviation 0.5") {
    check(R"({"_class_name": "EDMEulerScheduler"})", {.steps = 18}, std::log(80.0) / 4);
    check(R"({"_class_name": "EDMDPMSolverMultistepScheduler",
              "prediction_type": "v_prediction"})",
          {.steps = 18}, std::log(80.0) / 4);
  }
  SECTION("Wan 2.x, UniPC along a straight path") {
    check(R"({"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": true,
              "flow_shift": 3.0, "prediction_type": "flow_prediction"})",
          {.steps = 20}, 999);
  }
  SECTION("CogVideoX, its SDE solver") {
    check(R"({"_class_name": "CogVideoXDPMScheduler", "prediction_type": "v_prediction",
              "rescale_betas_zero_snr": true, "timestep_spacing": "trailing"})",
          {.steps = 20}, 999);
  }
  SECTION("Stable Video Diffusion, Euler on v at ln(sigma)/4") {
    check(R"({"_class_name": "EulerDiscreteScheduler", "prediction_type": "v_prediction",
              "timestep_type": "continuous", "use_karras_sigmas": true, "sigma_max": 700.0,
              "sigma_min": 0.002, )" +
              stable_diffusion + "}",
          {.steps = 20}, std::log(700.0) / 4);
  }
  SECTION("Stable Diffusion 3, a straight path") {
    check(R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0})", {.steps = 20},
          1000);
  }
  SECTION("FLUX.1-dev, a dynamic shift") {
    const std::string flux =
        R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true})";
    const diffusers::Run run{.sigmas = linear_levels(20, 1.0 / 20), .mu = 1.15};  // its pipeline's
    check(flux, run, 1000);
    const SamplerPlan plan = diffusers::parse_scheduler_config(flux).plan(run);
    CHECK_THAT(plan.calls[1].time, WithinRel(0.95 / (0.95 + 0.05 * std::exp(-1.15)), 1e-12));
    CHECK_THAT(plan.calls.back().time, WithinRel(0.05 / (0.05 + 0.95 * std::exp(-1.15)), 1e-12));
    check(flux, {.steps = 20, .mu = 1.15}, 1000);  // the levels of the class
    CHECK(test::complaint([&] { (void)diffusers::parse_scheduler_config(flux).plan(20); }) ==
          "invalid_argument: alphabar::diffusers::Run: mu must be given for use_dynamic_shifting: "
          "dynamic_shift_mu(length of the sequence), got none");
  }
  SECTION("CogVideoX, DDIM with zero terminal SNR") {
    check(R"({"_class_name": "CogVideoXDDIMScheduler", "prediction_type": "v_prediction",
              "rescale_betas_zero_snr": true, "timestep_spacing": "trailing"})",
          {.steps = 20}, 999);
  }
}

// Would catch a plan for what is no list of linear steps, or a refusal that does not name the key.
TEST_CASE("models: no plan where the sampler is not linear") {
  const auto refusal = [](const std::string& config) {
    return test::complaint([&] { (void)diffusers::parse_scheduler_config(config).plan(5); });
  };
  const std::string beginning = "invalid_argument: alphabar::diffusers::Scheduler::plan: ";
  CHECK(refusal(R"({"_class_name": "DDIMScheduler"})") ==
        beginning +
            "clip_sample must be false for a plan of linear steps, got true, the default "
            "of DDIMScheduler");
  CHECK(refusal(R"({"_class_name": "DDPMScheduler", "clip_sample": false,
                    "variance_type": "learned_range"})") ==
        beginning +
            "variance_type must be fixed_small or fixed_large for a plan, got "
            "\"learned_range\": the variance is the network's");
}

// Would catch a strength that keeps the wrong part, and user-supplied levels or times without
// effect.
TEST_CASE("models: partial runs and user-supplied lists") {
  const diffusers::Scheduler scheduler =
      diffusers::parse_scheduler_config(R"({"_class_name": "EulerDiscreteScheduler"})");
  const SamplerPlan whole = scheduler.plan(20);
  const SamplerPlan part = scheduler.plan({.steps = 20, .strength = 0.6});
  REQUIRE(part.calls.size() == 12);
  CHECK(part.calls.front().time == whole.calls[8].time);
  CHECK(part.calls.front().model_time == whole.calls[8].model_time);
  const SamplerPlan own = scheduler.plan({.sigmas = {10, 3, 0.5}});
  REQUIRE(own.calls.size() == 3);
  CHECK(own.calls[1].time == 3);
  const SamplerPlan timed = scheduler.plan({.timesteps = {999, 499, 249}});
  CHECK(timed.calls[1].model_time == 499);
  CHECK(timed.calls[1].time == scheduler.schedule()->sigma(500));
  CHECK_THAT(end_of_run(own), WithinAbs(data, 1e-12));
}

}  // namespace models_test
