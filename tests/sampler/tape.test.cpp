// SPDX-License-Identifier: MIT
#include "alphabar/sampler/tape.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/run_sampler.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/unit_noise.hpp"

namespace tape_test {

using namespace alphabar;

const TransitionKernel<double> level(0.5, 0.5);

/// Numbers that follow no rule.
class Numbers {
 public:
  double operator()() {
    ++k_;
    return 1.5 + std::sin(static_cast<double>(k_ * k_));
  }

 private:
  int k_ = 0;
};

/// What the plan makes of one number with D = sin(x) + k at call k and z_m = cos(m).
struct CosineNoise {
  std::uint64_t k = 0;
  [[nodiscard]] CosineNoise substream(std::uint64_t at) const { return {at}; }
  double operator()(std::uint64_t) const { return std::cos(static_cast<double>(k) - 1); }
  void fill(std::span<double> buffer, std::uint64_t) const {
    for (double& z : buffer) z = (*this)(0);
  }
};
double run(const SamplerPlan& plan, double start) {
  std::vector<double> x{start};
  double k = 0;
  run_sampler(
      plan,
      [&](std::span<const double> at, const SamplerCall&, std::span<double> prediction) {
        prediction[0] = std::sin(at[0]) + k++;
      },
      x, CosineNoise());
  return x[0];
}

// Would catch an elimination that loses a prediction or a draw, takes them from another call, or
// has the wrong sign; normals numbered per step; and draws before the first call that are dropped.
// The same program runs on numbers and on a tape: every value is a combination of all before it.
TEST_CASE("SamplerTape: a program on numbers and its plan give the same") {
  constexpr int calls = 6;
  const auto program = [](auto x, auto& ask, auto& draw) {
    Numbers number;
    std::vector values{x};
    const auto mixture = [&] {
      auto sum = number() * values[0];
      for (std::size_t i = 1; i < values.size(); ++i) {
        sum = sum + (i % 2 == 0 ? 0.3 : -0.2) * number() * values[i];
      }
      return sum;
    };
    values.push_back(draw());
    for (int k = 0; k < calls; ++k) {
      auto point = mixture();
      values.push_back(ask(point));
      values.push_back(point);
      if (k != 2) values.push_back(draw());
      if (k == 3) values.push_back(draw());
    }
    return mixture();
  };
  int m = 0;
  double k = 0;
  const auto ask_number = [&](double x) { return std::sin(x) + k++; };
  const auto draw_number = [&] { return std::cos(static_cast<double>(m++)); };
  const double expected = program(0.7, ask_number, draw_number);

  SamplerTape tape(Prediction::x0);
  const auto ask = [&](const TapeValue& x) { return tape.ask(1, level, x); };
  const auto draw = [&] { return tape.draw(); };
  const SamplerPlan plan = tape.finish(program(tape.start(), ask, draw));
  CHECK(plan.calls.size() == calls);
  CHECK(plan.start.new_draws == 1);
  CHECK(plan.draws() == 7);
  CHECK_THAT(run(plan, 0.7), WithinRel(expected, 1e-11));
}

// Would catch steps that grow with the number of calls where a method looks one call back only: a
// predictor and corrector whose corrected point is never asked.
TEST_CASE("SamplerTape: steps remain short") {
  SamplerTape tape(Prediction::x0, 3);
  TapeValue corrected = tape.start();
  TapeValue before = tape.ask(0, level, corrected);
  TapeValue predicted = 0.9 * corrected + 0.1 * before;
  for (int k = 0; k < 50; ++k) {
    const TapeValue now = tape.ask(0, level, predicted);
    corrected = 0.9 * corrected + (0.07 + 0.001 * k) * now + 0.03 * before;
    predicted = 0.8 * corrected + 0.2 * now - 0.01 * k * before;
    before = now;
  }
  const SamplerPlan plan = tape.finish(corrected);
  CHECK(plan.start_scale == 3);
  CHECK(plan.kept_predictions() <= 3);
  CHECK(plan.calls.size() == 51);
}

// Would catch a plan that shares its steps with what is written afterwards, and two tapes that are
// taken for one.
TEST_CASE("SamplerTape: what is refused") {
  SamplerTape tape(Prediction::noise);
  const TapeValue x = tape.start();
  const TapeValue d = tape.ask(2, level, x);
  const TapeValue forgetting = d;  // the point has no weight in the next
  (void)tape.ask(1, level, forgetting);
  CHECK(test::complaint([&] { (void)(x + d); }) ==
        "invalid_argument: alphabar::SamplerTape: the weight of the point after 1 calls in the "
        "next point, by which it is replaced, must not be 0, got 0");
  const SamplerTape other(Prediction::noise);
  CHECK(
      test::complaint([&] { (void)(d + other.start()); }) ==
      "invalid_argument: alphabar::TapeValue: the number of tapes of two values must be 1, got 2");
  SamplerTape empty(Prediction::noise);
  CHECK(test::complaint([&] { (void)empty.finish(empty.start()); }) ==
        "invalid_argument: alphabar::SamplerTape::finish: plan.calls.size() must be >= 1, got 0");
}

}  // namespace tape_test
