// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/noise/add_noise.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// The start of a run of `run_sampler`. Both functions take their normals from noise.substream(0),
/// element i of x at first_index + i; the run itself draws from the substreams after it. The
/// arithmetic is done in the type of the noise, and x is rounded once.
namespace alphabar {

/// x = s ε, s = plan.start_scale: the start from noise.
///
///     draw_start(plan, noise, x);
///     run_sampler(plan, network, x, noise);
///
/// @param x  a contiguous buffer; what is in it is not read
/// @throws std::invalid_argument for an invalid plan, and a view with gaps
template <AnyNoiseSource Noise, WritableBuffer X>
void draw_start(const SamplerPlan& plan, const Noise& noise, X&& x, std::uint64_t first_index = 0) {
  using Scalar = NormalOf<Noise>;
  const auto out = detail::contiguous(x, "draw_start", "x");
  using Element = typename decltype(out)::element_type;
  detail::require_plan("draw_start", plan);
  std::ranges::fill(out, detail::round_once<Element>(Scalar{0}));
  const detail::Scales<Scalar> scales{0, static_cast<Scalar>(plan.start_scale)};
  detail::add_noise(std::span(&scales, 1), out.size(), out, noise.substream(0), out, first_index);
}

/// x = √A x0 + √B ε with A and B of the level of a call, q(x | x_0): the start from data at that
/// call, for image to image and inpainting.
///
///     draw_start(plan, image, noise, x, 0, 8);
///     run_sampler(plan, network, x, noise, 0, 8);
///
/// On a path along σ this is x0 + σ ε. If the plan is itself the last part of a run, as those with
/// a `strength`, its first call is 0.
///
/// @param x0  a contiguous buffer of the size of x; the same buffer is allowed
/// @param first_call  the call at which the run begins
/// @throws std::out_of_range for a call that the plan does not have
/// @throws std::invalid_argument for an invalid plan, sizes that differ, a view with gaps, and for
///     call 0 of a plan that adds noise before it (`Churn` in the first step), because its level is
///     then not that of the start: use `add_noise` with the first level of the path
template <ReadableBuffer X0, AnyNoiseSource Noise, WritableBuffer X>
void draw_start(const SamplerPlan& plan, const X0& x0, const Noise& noise, X&& x,
                std::uint64_t first_index = 0, std::size_t first_call = 0) {
  using Scalar = NormalOf<Noise>;
  const auto in = detail::contiguous(x0, "draw_start", "x0");
  const auto out = detail::contiguous(x, "draw_start", "x");
  detail::require_size("draw_start", "the size of x", std::ssize(in), std::ssize(out));
  detail::require_plan("draw_start", plan);
  detail::require_in_range("draw_start", "first_call", 0, std::ssize(plan.calls) - 1,
                           static_cast<Index>(first_call));
  double before = 1;  // x is multiplied by this before the call
  if (first_call == 0) {
    before = plan.start.x;
    detail::require(plan.start.draws.empty() && before > 0, "draw_start", "first_call",
                    "be >= 1 for a plan that adds noise before call 0", first_call);
  }
  const auto& level = plan.calls[first_call].level;
  const detail::Scales<Scalar> scales{static_cast<Scalar>(level.signal_scale() / before),
                                      static_cast<Scalar>(level.noise_scale() / before)};
  detail::add_noise(std::span(&scales, 1), out.size(), in, noise.substream(0), out, first_index);
}

}  // namespace alphabar
