// SPDX-License-Identifier: MIT
//
// The numbers that the live page shows in a few states, as the native program has them: a list in
// JavaScript, for tests/live_page/probe.js. Reads the text of digits.csv.
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "live_page/live_page.hpp"

namespace {

struct State {
  int t, schedule;
  double x, y, first, second, angle;
};

constexpr std::array<State, 6> states{{{0, 0, 1.1, 0.7, 1.9, 0.35, 0.6},
                                       {1, 1, -0.3, 0.2, 2.5, 0.05, -1.2},
                                       {250, 0, 1.1, 0.7, 1.9, 0.35, 0.6},
                                       {500, 2, 0.0, 0.0, 0.5, 0.5, 0.0},
                                       {730, 3, 2.0, -2.0, 1.0, 3.0, 2.0},
                                       {1000, 2, 0.5, 0.0, 0.05, 0.05, 0.0}}};

void print(const char* name, const double* values, int count) {
  std::printf("  %s: [", name);
  for (int k = 0; k < count; ++k) {
    if (std::isfinite(values[k])) {
      std::printf("%.17g, ", values[k]);
    } else {
      std::printf("%s, ", values[k] > 0 ? "Infinity" : "-Infinity");
    }
  }
  std::printf("],\n");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::ifstream file(arguments[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  text.copy(digits_text(static_cast<int>(text.size())), text.size());
  read_digits();
  std::printf("const expected = [\n");
  for (const State& at : states) {
    std::printf(
        " {\n  state: { t: %d, schedule: %d, x: %g, y: %g, first: %g, second: %g, angle: %g },\n",
        at.t, at.schedule, at.x, at.y, at.first, at.second, at.angle);
    use_schedule(at.schedule);
    use_prior(at.x, at.y, at.first, at.second, at.angle);
    print("now", now(at.t), 8);
    print("samples", samples(at.t), 2 * sample_count());
    print("ellipse", ellipse(at.t), 2 * outline_count() + 8);
    print("table", sampler_table(0), 20);
    print("digitTable", sampler_table(1), 20);
    print("spectrum", digit_spectrum(at.t), 64);
    print("beliefs", digit_beliefs(at.t), 10);
    print("denoised", digits(3, at.t), 640);
    std::printf(" },\n");
  }
  std::printf("];\n");
}
