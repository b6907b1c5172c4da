// SPDX-License-Identifier: MIT
#include <alphabar/io/scheduler_config.hpp>
#include <cstdint>
#include <cstdlib>

/// Would catch: a text that crashes the reader, is refused by another exception than the one it
/// promises, or is accepted and means a schedule that is none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto scheduler =
        alphabar::parse_scheduler_config({reinterpret_cast<const char*>(data), size});
    if (!scheduler.schedule) return 0;
    const auto& schedule = *scheduler.schedule;
    const alphabar::Index end = schedule.steps();
    if (!(schedule.alpha_bar(end) >= 0 && schedule.alpha_bar(end) <= 1)) std::abort();
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
