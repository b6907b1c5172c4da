// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include "alphabar/sampler/linear_step.hpp"

/// A sampler under test, seen from outside: it is given a network and a noise that are ours, and
/// what it asks of them is recorded.
namespace alphabar {

/// A vector that owns its numbers: no expression, which would refer to variables of the function
/// that returned it.
template <class V>
concept PlainVector =
    std::derived_from<V, Eigen::PlainObjectBase<V>> && std::convertible_to<V, Eigen::VectorXd>;

/// A function that returns a vector, as std::function but for one thing: a callable that returns an
/// Eigen expression is refused by the compiler. Give such a lambda the return type Eigen::VectorXd.
template <class... Arguments>
class VectorFunction {
 public:
  /// From any callable that returns a plain vector of doubles.
  template <class F>
  requires PlainVector<std::remove_cvref_t<std::invoke_result_t<F&, Arguments...>>> VectorFunction(
      F f)  // implicit, as std::function is
      : function_(std::move(f)) {}

  Eigen::VectorXd operator()(Arguments... arguments) const {
    return function_(std::forward<Arguments>(arguments)...);
  }

 private:
  std::function<Eigen::VectorXd(Arguments...)> function_;
};

/// The network that a sampler under test asks: x and the time, as the sampler tells it, to the
/// prediction.
using ProbedNetwork = VectorFunction<const Eigen::VectorXd&, double>;
/// The noise that it draws: standard normals at every call. The first draw is for the start, the
/// noise of a step is drawn between the call of that step and the next.
using ProbedNoise = VectorFunction<>;
/// A sampler under test: noise in, data out.
using ProbedSampler = VectorFunction<const ProbedNetwork&, const ProbedNoise&>;

/// What call number k, at which this time is told, is taken for: its level and its input scale.
using CallOfTime = std::function<SamplerCall(std::size_t k, double told)>;

}  // namespace alphabar
