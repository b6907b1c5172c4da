// SPDX-License-Identifier: MIT
#include <algorithm>
#include <alphabar/core.hpp>
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cmath>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

using namespace alphabar;
using Latent = std::vector<float>;

// The scheduler_config.json of two models; read_scheduler_config(path) reads such a file.
constexpr std::string_view sdxl = R"({"_class_name": "EulerDiscreteScheduler",
    "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
    "prediction_type": "epsilon", "steps_offset": 1, "timestep_spacing": "leading"})";
constexpr std::string_view flux = R"({"_class_name": "FlowMatchEulerDiscreteScheduler",
    "use_dynamic_shifting": true, "base_shift": 0.5, "max_shift": 1.15, "shift": 3.0,
    "base_image_seq_len": 256, "max_image_seq_len": 4096})";

// In place of an inference engine. It predicts the noise of data that are 0.3 everywhere, or 0.5
// with a prompt.
void sdxl_unet(std::span<const float> input, double time, bool prompt, std::span<float> noise) {
  static const auto schedule = scaled_linear_schedule();
  const double t = std::clamp(time + 1, 1.0, 1000.0);
  const auto a = static_cast<float>(std::sqrt(schedule.alpha_bar_at(t)));
  const auto b = static_cast<float>(std::sqrt(schedule.one_minus_alpha_bar_at(t)));
  const float data = prompt ? 0.5F : 0.3F;
  for (std::size_t i = 0; i < input.size(); ++i) noise[i] = (input[i] - a * data) / b;
}
void flux_transformer(std::span<const float> input, double u, std::span<float> velocity) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    velocity[i] = (input[i] - 0.25F) / static_cast<float>(std::max(u, 1e-3));
  }
}

void print(const char* name, const Latent& x) {
  std::printf("%-14s %.4f %.4f ... %.4f\n", name, double{x.front()}, double{x[1]},
              double{x.back()});
}

int main() {
  const NoiseStream<float> noise(7);
  Latent x(4 * 64 * 64);

  // SDXL with guidance: two calls of the network, one prediction. The callback may print progress,
  // and returns false to cancel.
  const diffusers::Scheduler scheduler = diffusers::parse_scheduler_config(sdxl);
  const SamplerPlan plan = scheduler.plan(20);
  Latent conditional(x.size());
  Latent unconditional(x.size());
  const auto guided = [&](std::span<const float> input, const SamplerCall& call,
                          std::span<float> prediction) {
    constexpr float guidance = 1.5F;
    sdxl_unet(input, call.model_time, true, conditional);
    sdxl_unet(input, call.model_time, false, unconditional);
    for (std::size_t i = 0; i < input.size(); ++i) {
      prediction[i] = unconditional[i] + guidance * (conditional[i] - unconditional[i]);
    }
    return true;
  };
  draw_start(plan, noise, x);
  run_sampler(plan, guided, x, noise);
  print("text to image", x);

  // Image to image: the last 12 of 20 calls, from the noised image.
  const Latent image(x.size(), 0.9F);
  const SamplerPlan partial = scheduler.plan({.steps = 20, .strength = 0.6});
  draw_start(partial, image, noise, x);
  run_sampler(partial, guided, x, noise);
  std::printf("%zu calls from sigma = %.3f\n", partial.calls.size(), partial.calls[0].time);
  print("image to image", x);

  // Inpainting: where the image is known, the predicted x_0 is the image.
  const auto inpainting = [&](std::span<const float> input, const SamplerCall& call,
                              std::span<float> prediction) {
    guided(input, call, prediction);
    const PredictionConversion<float> known(TransitionKernel<float>(call.level), Prediction::x0,
                                            plan.network);
    const auto scale = static_cast<float>(call.input_scale);
    for (std::size_t i = 0; i < input.size() / 2; ++i) {
      prediction[i] = known(input[i] / scale, image[i]);
    }
  };
  draw_start(plan, noise, x);
  run_sampler(plan, inpainting, x, noise);
  print("inpainting", x);

  // [FLUX]
  // The pipeline of FLUX uses n equally spaced levels from 1 to 1/n, shifted by the number of
  // tokens. The time argument of its network is u.
  const std::vector<double> levels = linear_levels(20, 1.0 / 20);
  const double mu = dynamic_shift_mu(4096);
  const SamplerPlan flow =
      diffusers::parse_scheduler_config(flux).plan({.sigmas = levels, .mu = mu});
  draw_start(flow, noise, x);
  run_sampler(
      flow,
      [&](std::span<const float> input, const SamplerCall& call, std::span<float> prediction) {
        flux_transformer(input, call.time, prediction);
      },
      x, noise);
  // [FLUX]
  std::printf("u = %.4f, %.4f, ..., %.4f\n", flow.calls[0].time, flow.calls[1].time,
              flow.calls.back().time);
  print("FLUX", x);

  // Cancelled at the sixth call; x is the point of that call, and the run can be continued from
  // there.
  draw_start(plan, noise, x);
  std::size_t calls = 0;
  const std::size_t stopped = run_sampler(
      plan,
      [&](std::span<const float> input, const SamplerCall& call, std::span<float> prediction) {
        return ++calls < 6 && guided(input, call, prediction);
      },
      x, noise);
  std::printf("stopped at call %zu of %zu\n", stopped, plan.calls.size());
  run_sampler(plan, guided, x, noise, 0, stopped);
  print("resumed", x);
}
