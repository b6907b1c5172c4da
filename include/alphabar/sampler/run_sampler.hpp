// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

/// The last `size` vectors of a sequence: [0] is the latest.
template <class T>
class LastVectors {
 public:
  LastVectors(std::size_t size, std::size_t dimension)
      : vectors_(size, std::vector<T>(dimension)) {}

  /// Returns the oldest vector, now the latest, to be overwritten.
  [[nodiscard]] std::vector<T>& next() {
    std::rotate(vectors_.begin(), vectors_.end() - 1, vectors_.end());
    return vectors_.front();
  }
  [[nodiscard]] const std::vector<T>& operator[](std::size_t j) const { return vectors_[j]; }

 private:
  std::vector<std::vector<T>> vectors_;
};

/// The noise of a plan that draws none.
struct NoNoise {
  double operator()(std::uint64_t) const { return 0; }
  [[nodiscard]] NoNoise substream(std::uint64_t) const { return {}; }
  void fill(std::span<double>, std::uint64_t) const {}
};

/// What a network returns: bool or void.
template <class Network, class Element>
using ResultOf = std::remove_cvref_t<std::invoke_result_t<Network&, std::span<const Element>,
                                                          const SamplerCall&, std::span<Element>>>;

/// The state of one run of a plan.
template <class Element, class Noise>
class SamplerRun {
 public:
  using Normal = NormalOf<Noise>;

  SamplerRun(const SamplerPlan& plan, std::span<const Element> x, const Noise& noise,
             std::uint64_t first_index, std::size_t first_call)
      : plan_(plan),
        noise_(noise),
        first_index_(first_index),
        point_(x.begin(), x.end()),
        predictions_((std::max<std::size_t>)(plan.kept_predictions(), 1), x.size()),
        normals_(plan.kept_draws(), x.size()) {
    if (first_call == 0) {
      take(plan.start);
      return;
    }
    drawn_ = static_cast<std::uint64_t>(plan.draws_before(first_call));
    const std::uint64_t kept = (std::min<std::uint64_t>)(drawn_, plan.kept_draws());
    drawn_ -= kept;
    draw(static_cast<Index>(kept));
  }

  /// Makes call k. Returns false if the network stops the run.
  template <class Network>
  [[nodiscard]] bool call(Network& network, std::size_t k) {
    const SamplerCall& call = plan_.calls[k];
    output_.resize(point_.size());
    std::span<const Element> input(point_);
    if (call.input_scale != 1) {
      input_.resize(point_.size());
      for (std::size_t i = 0; i < point_.size(); ++i) {
        input_[i] = round_once<Element>(call.input_scale * static_cast<double>(point_[i]));
      }
      input = input_;
    }
    const std::span<Element> output(output_);
    if constexpr (std::same_as<ResultOf<Network, Element>, bool>) {
      if (!network(input, call, output)) return false;
    } else {
      network(input, call, output);
    }
    const PredictionConversion<double> conversion = plan_.conversion(k);
    std::vector<double>& prediction = predictions_.next();
    for (std::size_t i = 0; i < point_.size(); ++i) {
      prediction[i] = conversion(static_cast<double>(point_[i]), static_cast<double>(output_[i]));
    }
    take(call.step);
    return true;
  }

  [[nodiscard]] const std::vector<Element>& point() const noexcept { return point_; }

 private:
  void take(const LinearStep& step) {
    draw(step.new_draws);
    for (std::size_t i = 0; i < point_.size(); ++i) {
      double next = step.x * static_cast<double>(point_[i]);
      for (std::size_t j = 0; j < step.predictions.size(); ++j) {
        next += step.predictions[j] * predictions_[j][i];
      }
      for (std::size_t j = 0; j < step.draws.size(); ++j) {
        next += step.draws[j] * static_cast<double>(normals_[j][i]);
      }
      point_[i] = round_once<Element>(next);
    }
  }

  void draw(Index count) {
    for (Index m = 0; m < count; ++m) {
      ++drawn_;
      if (plan_.kept_draws() == 0) continue;
      noise_.substream(drawn_).fill(std::span<Normal>(normals_.next()), first_index_);
    }
  }

  const SamplerPlan& plan_;
  const Noise& noise_;
  std::uint64_t first_index_;
  std::vector<Element> point_;
  LastVectors<double> predictions_;
  LastVectors<Normal> normals_;
  std::vector<Element> input_;
  std::vector<Element> output_;
  std::uint64_t drawn_ = 0;  ///< normals of the whole run so far
};

}  // namespace detail

/// Runs the sampler in place on x, a sample of start_scale · N(0, I).
///
/// The network is called as `network(input, call, prediction)`: it reads the span `input`, which is
/// call.input_scale · x, and the `SamplerCall` (with the time argument call.model_time), and writes
/// its prediction, of the kind plan.network, into the span `prediction`. It returns nothing, or a
/// bool: false stops the run. Then x is the point of that call (the start x for call 0), and the
/// run can be continued from there with `first_call`. Another type, such as a status, does not
/// compile.
///
/// The m-th normal of the whole run, m = 0, 1, ..., is noise.substream(m + 1), element i of x at
/// first_index + i; substream(0) is for the start x (`draw_start`). A run that begins at a later
/// call draws the same normals from there on as the whole run.
///
/// Arithmetic is done in double, and x is rounded once per call to its own type.
/// Cost: per element and call one multiplication for each weight and one normal for each draw.
/// Memory: a copy of x, the buffers of one call, kept_predictions() vectors of doubles and
/// kept_draws() vectors of normals.
/// @param x a contiguous buffer: vector, span, Eigen matrix, ...
/// @param first_call the number of the first call to be made; x is the point of that call
/// @return the number of the call at which the network stopped the run, or plan.calls.size()
/// @throws std::invalid_argument for an invalid plan, a view with gaps, a first call after which a
///     step needs a prediction from before it, or where the prediction of the network does not
///     determine that of the sampler
/// @throws std::out_of_range for a first call beyond plan.calls.size(). x is unchanged then, as
///     after the errors above, and when the network throws
template <class Network, WritableBuffer X, AnyNoiseSource Noise>
std::size_t run_sampler(const SamplerPlan& plan, Network&& network, X&& x, const Noise& noise,
                        std::uint64_t first_index = 0, std::size_t first_call = 0) {
  const auto point = detail::contiguous(x, "run_sampler", "x");
  using Element = typename decltype(point)::element_type;
  static_assert(
      std::invocable<Network&, std::span<const Element>, const SamplerCall&, std::span<Element>>,
      "run_sampler calls network(std::span<const T> input, const SamplerCall& call, "
      "std::span<T> prediction), where T is the type of the elements of x");
  using Result = detail::ResultOf<Network, Element>;
  static_assert(std::same_as<Result, void> || std::same_as<Result, bool>,
                "run_sampler takes a network that returns nothing, or a bool: false stops the run");
  detail::require_plan("run_sampler", plan);
  detail::require_in_range("run_sampler", "first_call", 0, std::ssize(plan.calls),
                           static_cast<Index>(first_call));
  for (std::size_t k = first_call; k < plan.calls.size(); ++k) {
    const std::size_t made = k + 1 - first_call;
    if (const std::size_t used = plan.calls[k].step.predictions.size(); used > made) {
      detail::refuse("run_sampler", "first_call",
                     "be at most " + detail::to_text(k + 1 - used) + ", because the step of call " +
                         detail::to_text(k) + " needs the predictions from there on",
                     first_call);
    }
    (void)plan.conversion(k);
  }
  detail::SamplerRun<Element, Noise> run(plan, point, noise, first_index, first_call);
  std::size_t k = first_call;
  while (k < plan.calls.size() && run.call(network, k)) ++k;
  if (k > first_call || k == plan.calls.size()) {
    std::copy(run.point().begin(), run.point().end(), point.begin());
  }
  return k;
}

/// The same for a plan that draws nothing.
/// @throws std::invalid_argument for a plan that draws
template <class Network, WritableBuffer X>
std::size_t run_sampler(const SamplerPlan& plan, Network&& network, X&& x,
                        std::size_t first_call = 0) {
  detail::require(plan.draws() == 0, "run_sampler", "plan.draws()",
                  "be 0 in a run without the argument noise", plan.draws());
  return run_sampler(plan, std::forward<Network>(network), x, detail::NoNoise(), 0, first_call);
}

}  // namespace alphabar
