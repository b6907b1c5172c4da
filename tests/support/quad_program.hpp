// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/golden_run.hpp"
#include "support/quad.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace test {

/// A combination of the start, of the predictions of up to 23 calls and of up to 12 normals.
class QuadValue {
 public:
  QuadValue() = default;
  static QuadValue unit(std::size_t at) {
    QuadValue value;
    value.weights_[at] = 1;
    return value;
  }
  [[nodiscard]] Quad weight(std::size_t at) const { return weights_[at]; }

  friend QuadValue operator+(QuadValue a, const QuadValue& b) {
    for (std::size_t i = 0; i < size; ++i) a.weights_[i] += b.weights_[i];
    return a;
  }
  friend QuadValue operator-(const QuadValue& a, const QuadValue& b) { return a + Quad{-1} * b; }
  friend QuadValue operator*(Quad factor, QuadValue a) {
    for (std::size_t i = 0; i < size; ++i) a.weights_[i] *= factor;
    return a;
  }
  friend QuadValue operator/(const QuadValue& a, Quad divisor) { return 1 / divisor * a; }

  static constexpr std::size_t first_answer = 1;
  static constexpr std::size_t first_draw = 24;
  static constexpr std::size_t size = 36;

 private:
  std::array<Quad, size> weights_{};
};

/// A sampler written as its paper prints it, in the variance-exploding scale, with 113 bits; to
/// hold a plan against. On straight paths x there is x/α here, α = 1/(1 + σ).
class QuadProgram {
 public:
  explicit QuadProgram(bool straight) : straight_(straight) {}

  [[nodiscard]] Quad scale(Quad sigma) const { return straight_ ? 1 / (1 + sigma) : Quad{1}; }
  [[nodiscard]] QuadValue start(Quad sigma) const { return QuadValue::unit(0) / scale(sigma); }
  QuadValue ask(const QuadValue& x, Quad sigma) {
    rows_.push_back(scale(sigma) * x);
    return QuadValue::unit(QuadValue::first_answer + rows_.size() - 1);
  }
  QuadValue draw() { return QuadValue::unit(QuadValue::first_draw + draws_++); }

  /// The largest difference to the plan that should end in x, each relative to the largest weight
  /// of its row; infinite for other numbers of calls.
  [[nodiscard]] double deviation(const alphabar::SamplerPlan& plan, const QuadValue& x,
                                 Quad sigma) const {
    std::vector<QuadValue> rows = rows_;
    rows.push_back(scale(sigma) * x);
    const LinearRun run = linear_run(plan);
    if (run.rows.size() != rows.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const LinearRow& row = run.rows[r];
      Quad scale = 0;
      Quad difference = 0;
      const auto compare = [&](Quad wanted, double found) {
        scale = std::max(scale, absolute(wanted));
        difference = std::max(difference, absolute(wanted - found));
      };
      compare(rows[r].weight(0), row.x / plan.start_scale);
      for (std::size_t k = 0; k < row.answers.size(); ++k) {
        compare(rows[r].weight(QuadValue::first_answer + k), row.answers[k]);
      }
      for (std::size_t m = 0; m < std::max(row.draws.size(), draws_); ++m) {
        compare(rows[r].weight(QuadValue::first_draw + m), m < row.draws.size() ? row.draws[m] : 0);
      }
      largest = std::max(largest, static_cast<double>(difference / scale));
    }
    return largest;
  }

  /// The same for the steps of the plan, each relative to its own largest coefficient: the next
  /// point less its share of the present one. No weight of the start may vanish.
  [[nodiscard]] double deviation_of_steps(const alphabar::SamplerPlan& plan, const QuadValue& x,
                                          Quad sigma) const {
    std::vector<QuadValue> rows = rows_;
    rows.push_back(scale(sigma) * x);
    if (plan.calls.size() + 1 != rows.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    std::size_t drawn = 0;
    for (std::size_t k = 0; k < plan.calls.size(); ++k) {
      const alphabar::LinearStep& step = plan.calls[k].step;
      drawn += static_cast<std::size_t>(step.new_draws);
      const Quad kept = rows[k + 1].weight(0) / rows[k].weight(0);
      QuadValue rest = rows[k + 1] - kept * rows[k];
      Quad scale = absolute(kept);
      Quad difference = absolute(kept - step.x);
      const auto compare = [&](const std::vector<double>& list, std::size_t first,
                               std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t age = count - 1 - i;
          const Quad wanted = rest.weight(first + i);
          scale = std::max(scale, absolute(wanted));
          difference = std::max(difference, absolute(wanted - (age < list.size() ? list[age] : 0)));
        }
      };
      compare(step.predictions, QuadValue::first_answer, k + 1);
      compare(step.draws, QuadValue::first_draw, drawn);
      largest = std::max(largest, static_cast<double>(difference / scale));
    }
    return largest;
  }

 private:
  bool straight_;
  std::vector<QuadValue> rows_;
  std::size_t draws_ = 0;
};

}  // namespace test
#endif
