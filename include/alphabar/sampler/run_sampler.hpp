// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

namespace alphabar {

/// Carries x, a sample of the noise that the plan starts from, through the sampler, in place.
///
/// The network is asked as `network(x, time, answer)`: it reads the span x, is told the time of the
/// call, and writes its prediction, of the kind given, into the span `answer`. The time is that of
/// the path: t of a table, of which a network trained in Python takes t − 1, σ of `of_sigmas`, ...
/// (docs/how-to/run-a-sampler.md). Call k draws from noise.substream(k + 1), element i of x at
/// first_index + i; substream(0) is left for x itself.
///
/// Arithmetic is done in double, and x rounded once per call to its own type.
/// Cost: per element and call, some four multiplications and one normal; a buffer of doubles, four
/// when the plan looks back, one of x's type and one of the noise's.
/// @param x  a contiguous buffer: vector, span, Eigen matrix, ...
/// @throws std::invalid_argument for a view with gaps, or where the network's kind does not
///     determine what the sampler wants; x is as after the calls before
template <class Network, WritableBuffer X, class Noise>
void run_sampler(const SamplerPlan& plan, Prediction kind, Network&& network, X&& x,
                 const Noise& noise, std::uint64_t first_index = 0) {
  const auto point = detail::contiguous(x, "run_sampler", "x");
  using Element = typename decltype(point)::element_type;
  using Normal = NormalOf<Noise>;
  std::vector<Element> answer(point.size());
  std::vector<Normal> normals(point.size());
  const bool looks_back = plan.looks_back();
  std::vector<std::vector<double>> said(looks_back ? 4 : 1);  // D, D', D'', D'''
  for (auto& predictions : said) predictions.assign(point.size(), 0);

  for (Index k = 0; k < plan.calls(); ++k) {
    const SamplerStep& step = plan.steps[static_cast<std::size_t>(k)];
    const AffineStep& c = step.coefficients;
    network(std::span<const Element>(point), step.time, std::span<Element>(answer));
    const PredictionConversion<double> wanted(step.zero_to_t, kind, plan.prediction);
    if (c.noise != 0) {
      noise.substream(static_cast<std::uint64_t>(k) + 1)
          .fill(std::span<Normal>(normals), first_index);
    }
    for (std::size_t back = said.size() - 1; back > 0; --back) said[back].swap(said[back - 1]);
    for (std::size_t i = 0; i < point.size(); ++i) {
      const auto here = static_cast<double>(point[i]);
      said[0][i] = wanted(here, static_cast<double>(answer[i]));
      double next = c.x * here + c.prediction * said[0][i];
      if (looks_back) {
        next += c.previous * said[1][i];
        next += c.older[0] * said[2][i];
        next += c.older[1] * said[3][i];
      }
      if (c.noise != 0) next += c.noise * static_cast<double>(normals[i]);
      point[i] = detail::round_once<Element>(next);
    }
  }
}

}  // namespace alphabar
