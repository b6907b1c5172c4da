// SPDX-License-Identifier: MIT
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cstdio>
#include <exception>

int main(int argc, char** argv) try {
  const alphabar::diffusers::Scheduler scheduler =
      argc > 1 ? alphabar::diffusers::read_scheduler_config(argv[1])
               : alphabar::diffusers::parse_scheduler_config(R"({"_class_name": "DDIMScheduler",
                   "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
                   "steps_offset": 1, "set_alpha_to_one": false, "clip_sample": false})");
  std::printf("%s predicts %s\n", scheduler.class_name.c_str(), scheduler.prediction_type.c_str());
  if (const auto& schedule = scheduler.schedule()) {
    std::printf("trained on %td steps, log SNR from %.3f to %.3f\n", schedule->steps(),
                schedule->log_snr(1), schedule->log_snr(schedule->steps()));
  }
  std::printf("ten calls of the network at");
  for (const double time : scheduler.model_times(10)) std::printf(" %g", time);
  std::printf("\nwhere sigma is");
  for (const double sigma : scheduler.sigmas(10)) std::printf(" %.4g", sigma);
  std::puts("");
} catch (const std::exception& error) {
  std::fprintf(stderr, "scheduler_config: %s\n", error.what());
  return 2;
}
