// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>

namespace diffuse_dataset {

/// A progress bar on standard error, which is erased at the end. No output when standard error is
/// not a terminal, or for work of less than half a second.
class ProgressBar {
 public:
  ProgressBar(std::string label, double total)
      : label_(std::move(label)), total_(total), is_shown_(isatty(STDERR_FILENO) == 1) {}

  ~ProgressBar() {
    if (is_drawn_) std::fputs("\r\x1b[K", stderr);
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Adds to the progress. Thread-safe.
  void advance(double amount) {
    if (!is_shown_) return;
    const std::scoped_lock lock(mutex_);
    done_ += amount;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_drawing_) return;
    next_drawing_ = now + std::chrono::milliseconds(100);
    draw();
  }

 private:
  void draw() {
    constexpr std::size_t width = 40;
    const double share = std::clamp(done_ / total_, 0.0, 1.0);
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), static_cast<std::size_t>(share * width), '#');
    std::fprintf(stderr, "\r%-28s [%s] %3.0f %%", label_.c_str(), bar.c_str(), 100 * share);
    std::fflush(stderr);
    is_drawn_ = true;
  }

  std::string label_;
  double total_;
  double done_ = 0;
  bool is_shown_;
  bool is_drawn_ = false;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_drawing_ =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
};

}  // namespace diffuse_dataset
