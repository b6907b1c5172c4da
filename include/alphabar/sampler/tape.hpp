// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/weights_by_age.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

class SamplerTape;

/// A point, a prediction or a normal on a `SamplerTape`, or any linear combination of them.
class TapeValue {
 public:
  /// Adds a value of the same tape.
  TapeValue& operator+=(const TapeValue& other);
  /// Subtracts a value of the same tape.
  TapeValue& operator-=(const TapeValue& other) { return *this += -1 * other; }
  /// Multiplies by a number.
  TapeValue& operator*=(double factor) {
    point_ *= factor;
    for (double& weight : predictions_) weight *= factor;
    for (double& weight : draws_) weight *= factor;
    return *this;
  }
  /// Divides by a number.
  TapeValue& operator/=(double divisor) { return *this *= 1 / divisor; }

  /// The sum.
  friend TapeValue operator+(TapeValue a, const TapeValue& b) { return a += b; }
  /// The difference.
  friend TapeValue operator-(TapeValue a, const TapeValue& b) { return a -= b; }
  /// A multiple.
  friend TapeValue operator*(double factor, TapeValue value) { return value *= factor; }
  /// A multiple.
  friend TapeValue operator*(TapeValue value, double factor) { return value *= factor; }
  /// A quotient.
  friend TapeValue operator/(TapeValue value, double divisor) { return value /= divisor; }

 private:
  friend class SamplerTape;

  explicit TapeValue(const SamplerTape& tape) : tape_(&tape) {}

  const SamplerTape* tape_;
  std::size_t calls_ = 0;             // the number of calls when the value was made
  double point_ = 0;                  // the weight of the point of the last call, or of the start
  std::size_t first_prediction_ = 0;  // predictions_[i] is the weight of D_{first_prediction_ + i}
  std::vector<double> predictions_;
  std::size_t first_draw_ = 0;  // draws_[i] is the weight of z_{first_draw_ + i}
  std::vector<double> draws_;
};

/// Records the plan of a linear sampler that is programmed as in its paper:
///
///     SamplerTape tape(Prediction::x0, sigma_max);
///     TapeValue x = tape.start();
///     for (...) {
///       const TapeValue d = tape.ask(t, level, x);
///       const TapeValue z = tape.draw();
///       x = a * x + b * d + c * z;
///     }
///     return tape.finish(x);
///
/// Earlier points, predictions and normals may be used in any later combination. A step of a plan
/// has only its own point, so an earlier one, x_k, is replaced by means of the step after call k:
/// x_k = (x_{k+1} − Σ ...)/c. This requires c ≠ 0; otherwise it is refused.
///
/// If the difference that such a replacement leaves is below 64 ulp of its terms, it becomes 0, so
/// that rounding errors do not lengthen steps.
/// Accuracy: a few ulp of the largest weight per replacement. Cost: O(1) per operation and call for
/// methods that use a fixed number of previous calls. Values refer to the tape, which must outlive
/// them and cannot be copied.
class SamplerTape {
 public:
  /// Starts a tape. D is of this kind, and x starts as start_scale · N(0, I).
  explicit SamplerTape(Prediction prediction, double start_scale = 1)
      : plan_{.prediction = prediction, .start_scale = start_scale} {}
  SamplerTape(const SamplerTape&) = delete;
  SamplerTape(SamplerTape&&) = delete;
  SamplerTape& operator=(const SamplerTape&) = delete;
  SamplerTape& operator=(SamplerTape&&) = delete;
  ~SamplerTape() = default;

  /// The start of x, which the caller of the sampler draws.
  [[nodiscard]] TapeValue start() const {
    TapeValue x(*this);
    x.point_ = 1;
    return x;
  }

  /// The prediction at the point x, which is at the given time and level. The model time is the
  /// time.
  /// @throws std::invalid_argument where an earlier point cannot be replaced
  [[nodiscard]] TapeValue ask(double time, const TransitionKernel<double>& level,
                              const TapeValue& x) {
    return ask({.time = time, .level = level}, x);
  }

  /// The same for a call with its own model time and input scale; its step is ignored.
  [[nodiscard]] TapeValue ask(SamplerCall call, const TapeValue& x) {
    close_step(x);
    call.step = {};
    plan_.calls.push_back(std::move(call));
    TapeValue prediction(*this);
    prediction.calls_ = plan_.calls.size();
    prediction.first_prediction_ = plan_.calls.size() - 1;
    prediction.predictions_ = {1};
    return prediction;
  }

  /// The next standard normal.
  [[nodiscard]] TapeValue draw() {
    TapeValue normal(*this);
    normal.calls_ = plan_.calls.size();
    normal.first_draw_ = drawn_++;
    normal.draws_ = {1};
    return normal;
  }

  /// Returns the plan that ends in x, and empties the tape.
  [[nodiscard]] SamplerPlan finish(const TapeValue& x) {
    close_step(x);
    detail::require_plan("SamplerTape::finish", plan_);
    drawn_ = 0;
    drawn_after_.clear();
    return std::exchange(plan_, {.prediction = plan_.prediction, .start_scale = plan_.start_scale});
  }

 private:
  friend class TapeValue;

  /// The step after this many calls.
  [[nodiscard]] const LinearStep& step_after(std::size_t calls) const {
    return calls == 0 ? plan_.start : plan_.calls[calls - 1].step;
  }

  void close_step(const TapeValue& x) {
    TapeValue next = in_present_terms(x);
    LinearStep& step = plan_.calls.empty() ? plan_.start : plan_.calls.back().step;
    step.x = next.point_;
    step.new_draws = static_cast<Index>(drawn_ - (drawn_after_.empty() ? 0 : drawn_after_.back()));
    drawn_after_.push_back(drawn_);
    step.predictions =
        detail::weights_by_age(next.predictions_, next.first_prediction_, plan_.calls.size());
    step.draws = detail::weights_by_age(next.draws_, next.first_draw_, drawn_);
  }

  /// The value in terms of the point of the current call.
  [[nodiscard]] TapeValue in_present_terms(TapeValue value) const {
    for (; value.calls_ < plan_.calls.size(); ++value.calls_) {
      if (value.point_ == 0) continue;
      const LinearStep& step = step_after(value.calls_);
      if (step.x == 0) {
        detail::refuse("SamplerTape",
                       "the weight of the point after " + detail::to_text(value.calls_) +
                           " calls in the next point, by which it is replaced,",
                       "not be 0", step.x);
      }
      value.point_ /= step.x;
      subtract(value.point_, step.predictions, value.calls_, value.predictions_,
               value.first_prediction_);
      subtract(value.point_, step.draws, drawn_after_[value.calls_], value.draws_,
               value.first_draw_);
    }
    return value;
  }

  /// list − factor · latest, where entry j of `latest` is number count − 1 − j.
  static void subtract(double factor, const std::vector<double>& latest, std::size_t count,
                       std::vector<double>& list, std::size_t& first) {
    constexpr double rounding = 64 * std::numeric_limits<double>::epsilon();
    if (latest.empty()) return;
    extend(list, first, count - latest.size(), count);
    for (std::size_t j = 0; j < latest.size(); ++j) {
      double& weight = list[count - 1 - j - first];
      const double subtracted = factor * latest[j];
      const double difference = weight - subtracted;
      const bool lost = std::abs(difference) <= rounding * std::abs(subtracted);
      weight = lost ? 0 : difference;
    }
  }

  /// Makes the list contain numbers begin..end − 1.
  static void extend(std::vector<double>& list, std::size_t& first, std::size_t begin,
                     std::size_t end) {
    if (list.empty()) first = begin;
    if (begin < first) {
      list.insert(list.begin(), first - begin, 0);
      first = begin;
    }
    if (end > first + list.size()) list.resize(end - first);
  }

  static void add(const std::vector<double>& from, std::size_t from_first,
                  std::vector<double>& list, std::size_t& first) {
    if (from.empty()) return;
    extend(list, first, from_first, from_first + from.size());
    for (std::size_t i = 0; i < from.size(); ++i) list[from_first + i - first] += from[i];
  }

  SamplerPlan plan_;
  std::size_t drawn_ = 0;                 // normals so far
  std::vector<std::size_t> drawn_after_;  // and up to the step after 0, 1, ... calls
};

inline TapeValue& TapeValue::operator+=(const TapeValue& other) {
  detail::require(tape_ == other.tape_, "TapeValue", "the number of tapes of two values", "be 1",
                  2);
  *this = tape_->in_present_terms(std::move(*this));
  const TapeValue added = tape_->in_present_terms(other);
  point_ += added.point_;
  SamplerTape::add(added.predictions_, added.first_prediction_, predictions_, first_prediction_);
  SamplerTape::add(added.draws_, added.first_draw_, draws_, first_draw_);
  return *this;
}

}  // namespace alphabar
