// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <alphabar/oracle/sampler_response.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace alphabar;

/// The Adams-Bashforth method with three slopes, for dx/dσ = (x - D)/σ in steps of any length: D is
/// the predicted x_0, and the first two steps have one and two slopes.
struct AdamsBashforth3 {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerTape tape(Prediction::x0, path.start_scale());
    TapeValue x = tape.start();
    std::vector<TapeValue> slopes;
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const TapeValue d = tape.ask(path.call(k), x);
      slopes.push_back((x - d) / path.time(k));
      const double h = path.time(k + 1) - path.time(k);
      TapeValue change = h * slopes[k];
      if (k > 0) {
        const double h1 = path.time(k) - path.time(k - 1);
        const TapeValue first = (slopes[k] - slopes[k - 1]) / h1;
        change += h * h / 2 * first;
        if (k > 1) {
          const double h2 = path.time(k - 1) - path.time(k - 2);
          const TapeValue before = (slopes[k - 1] - slopes[k - 2]) / h2;
          change += h * h * (h / 3 + h1 / 2) * (first - before) / (h1 + h2);
        }
      }
      x = x + change;
    }
    return tape.finish(x);
  }
};

/// The error of the logarithm of the result's deviation, for data of variance λ.
double error(const SamplerPlan& plan, double lambda) {
  const double first = plan.calls.front().time;
  const double exact = std::sqrt((lambda + 0.01) / (lambda + first * first));
  return std::log(sampler_response(plan, lambda).start / exact);
}

int main() {
  const auto path = [](Index n) { return SamplerPath::of_sigmas(karras_sigmas(n + 1, 0.1, 10)); };
  const SamplerPlan small = AdamsBashforth3{}.plan(path(5));
  std::puts("the last of five steps:");
  const LinearStep& last = small.calls.back().step;
  std::printf("  x %.6f, D %.6f %.6f %.6f\n", last.x, last.predictions[0], last.predictions[1],
              last.predictions[2]);

  std::puts("    n  error     order");
  double before = 0;
  for (const Index n : {20, 40, 80, 160, 320}) {
    const double now = error(AdamsBashforth3{}.plan(path(n)), 0.25);
    std::printf("%5td  %8.1e", n, now);
    if (before != 0) std::printf("  %5.2f", std::log2(std::abs(before / now)));
    std::puts("");
    before = now;
  }
  const SamplerPlan mine = AdamsBashforth3{}.plan(path(40));
  const SamplerPlan theirs = Lms{.order = 3}.plan(path(40));
  std::printf("the same as Lms: %s\n",
              std::abs(error(mine, 1) - error(theirs, 1)) < 1e-12 ? "yes" : "no");
}
