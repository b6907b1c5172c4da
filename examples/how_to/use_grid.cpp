// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

namespace {

void print(const char* name, const std::vector<double>& values) {
  std::printf("%-22s", name);
  for (const double value : values) std::printf(" %.4g", value);
  std::printf("\n");
}

}  // namespace

int main() {
  using namespace alphabar;

  // [grids]
  const auto schedule = scaled_linear_schedule();  // Stable Diffusion
  print("simple", sigmas_at(schedule, simple_timesteps(1000, 6)));
  print("beta", sigmas_at(schedule, beta_timesteps(1000, 6)));
  print("karras", karras_sigmas(6, schedule.sigma(1), schedule.sigma(1000)));
  print("AYS", align_your_steps_sigmas(6, AlignYourSteps::stable_diffusion_1));

  const double mu = dynamic_shift_mu(4096);  // tokens of 1024 x 1024 pixels
  print("FLUX", shift_levels(linear_levels(6, 1.0 / 6), std::exp(mu)));
  print("linear-quadratic", linear_quadratic_levels(6));
  print("image to image, 0.5", remaining_part(karras_sigmas(6, 0.03, 14.6), 0.5));
  // [grids]
}
