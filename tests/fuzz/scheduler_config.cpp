// SPDX-License-Identifier: MIT
#include <alphabar/diffusers/scheduler_config.hpp>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

/// Would catch: a text that crashes the reader, is refused by another exception than the
/// documented one, or is accepted and gives an invalid schedule, calls without a level, or a plan
/// without a call.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto scheduler =
        alphabar::diffusers::parse_scheduler_config({reinterpret_cast<const char*>(data), size});
    if (scheduler.schedule()) {
      const double end = scheduler.schedule()->alpha_bar(scheduler.schedule()->steps());
      if (!(end >= 0 && end <= 1)) std::abort();
    }
    for (const alphabar::Index calls : {1, 7}) {
      if (scheduler.sigmas(calls).size() != scheduler.model_times(calls).size() + 1) std::abort();
      for (const double sigma : scheduler.sigmas(calls)) {
        if (!(sigma >= 0)) std::abort();
      }
      if (scheduler.obstacle.empty() && scheduler.plan(calls).calls.empty()) std::abort();
    }
  } catch (const std::invalid_argument&) {
  } catch (const std::out_of_range&) {  // more calls than the table has times
  }
  return 0;
}
