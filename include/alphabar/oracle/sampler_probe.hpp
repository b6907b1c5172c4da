// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include "alphabar/sampler/linear_step.hpp"

/// A sampler under test as a black box: it is given a network and a noise of this library, and its
/// calls of them are recorded.
namespace alphabar {

/// A vector that owns its numbers. An expression would refer to variables of the function that
/// returned it.
template <class V>
concept PlainVector =
    std::derived_from<V, Eigen::PlainObjectBase<V>> && std::convertible_to<V, Eigen::VectorXd>;

/// A function that returns a vector, like std::function, except that a callable that returns an
/// Eigen expression does not compile. Give such a lambda the return type Eigen::VectorXd.
template <class... Arguments>
class VectorFunction {
 public:
  /// From any callable that returns a plain vector of doubles.
  template <class F>
  requires PlainVector<std::remove_cvref_t<std::invoke_result_t<F&, Arguments...>>> VectorFunction(
      F f)  // implicit, like std::function
      : function_(std::move(f)) {}

  Eigen::VectorXd operator()(Arguments... arguments) const {
    return function_(std::forward<Arguments>(arguments)...);
  }

 private:
  std::function<Eigen::VectorXd(Arguments...)> function_;
};

/// The network that a sampler under test calls, with x and the time that the sampler tells it. It
/// returns the prediction.
using ProbedNetwork = VectorFunction<const Eigen::VectorXd&, double>;
/// The noise that it draws: standard normals at every call. The first draw is for the start. The
/// noise of a step is drawn between the call of that step and the next.
using ProbedNoise = VectorFunction<>;
/// A sampler under test: noise in, data out.
using ProbedSampler = VectorFunction<const ProbedNetwork&, const ProbedNoise&>;

/// The level and input scale of call number k, for the time told.
using CallOfTime = std::function<SamplerCall(std::size_t k, double told)>;

}  // namespace alphabar
