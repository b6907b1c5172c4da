// SPDX-License-Identifier: MIT
//
// Linked into every example. If the output of a program is lost, on a full disk or a closed pipe,
// the program prints a message when it ends and has exit code 2.

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace {

class StandardOutput {
 public:
  StandardOutput() = default;
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  /// What main printed is flushed here, by the two ways to print.
  ~StandardOutput() {
    std::cout.flush();
    const bool is_flushed = std::fflush(stdout) == 0;
    if (is_flushed && std::cout && std::ferror(stdout) == 0) return;
    std::fputs("standard output: cannot be written\n", stderr);
    std::_Exit(2);
  }
};

const StandardOutput standard_output;

}  // namespace
