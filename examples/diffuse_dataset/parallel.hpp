// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace diffuse_dataset {

/// Calls work(0) .. work(count - 1) on all cores, in no particular order. Results do not depend on
/// the number of cores if each call writes to its own memory. The first exception is rethrown after
/// all threads have ended.
template <class Work>
void parallel_for(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto run = [&] {
    for (std::size_t k = next++; k < count; k = next++) {
      try {
        work(k);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> others(std::min(cores, std::max<std::size_t>(count, 1)) - 1);
    for (std::jthread& thread : others) thread = std::jthread(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace diffuse_dataset
