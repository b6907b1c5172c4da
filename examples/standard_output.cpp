// SPDX-License-Identifier: MIT
//
// Linked into every example: a program whose output cannot be written, on a full disk or a closed
// pipe, reports that at its end and has exit code 2, whatever its main function returned.

#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace {

class StandardOutput {
 public:
  StandardOutput() = default;
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  /// Flushes the output of main, of both std::cout and stdout.
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
