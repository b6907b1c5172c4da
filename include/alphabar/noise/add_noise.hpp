// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/detail/affine.hpp"
#include "alphabar/detail/contiguous.hpp"
#include "alphabar/detail/for_each_block.hpp"
#include "alphabar/detail/round_once.hpp"
#include "alphabar/detail/time_per_column.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/noise/standard_normal.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {
namespace detail {

/// The noise passes through a block on the stack, never through memory. Blocks end where chunks of
/// the noise do.
template <Real Scalar, class X, class Noise, class Out>
void add_noise(const TransitionKernel<Scalar>& kernel, std::span<X> x0, const Noise& noise,
               std::uint64_t first_index, std::span<Out> out) {
  if (out.empty()) return;
  constexpr std::size_t size = 1024;
  const std::size_t skipped = first_index % size;
  const std::size_t blocks = (skipped + out.size() + size - 1) / size;
  const Scalar a = kernel.signal_scale();
  const Scalar b = kernel.noise_scale();
  for_each_block(blocks, [=](std::size_t number) {
    const std::size_t first = number == 0 ? 0 : number * size - skipped;
    const std::size_t count = std::min((number + 1) * size - skipped, out.size()) - first;
    Scalar block[size];
    noise.fill(std::span(block, count), first_index + first);
    if constexpr (SameScalar<std::remove_const_t<X>, Scalar> && SameScalar<Out, Scalar>) {
      affine(a, &x0[first], b, block, count, &out[first]);
    } else {
      for (std::size_t k = 0; k < count; ++k) {
        const auto x = static_cast<Scalar>(x0[first + k]);
        out[first + k] = round_once<Out>(affine(a, x, b, block[k]));
      }
    }
  });
}

}  // namespace detail

/// out = √A x0 + √B ε, element by element: the jump from x_0 to x_t with ε_k =
/// noise(first_index+k).
///
/// Two calls that must differ take another first index or another substream. For a batch, sample j
/// of dimension d uses the indices j·d .. j·d + d − 1, so that it gets the same noise whatever the
/// size of the batch.
///
/// @param x0, out  contiguous buffers of one size; the same buffer is allowed. Elements of any type
///                 that converts to and from Scalar, which the arithmetic is done in; rounded once,
///                 half and bfloat16 included
/// @param noise    a `NoiseStream<Scalar>`, or any `NoiseSource`
/// With OpenMP switched on in the user's build, its threads share the work; the bits are the same.
/// @throws std::invalid_argument for sizes that differ or views with gaps; nothing is written then
template <Real Scalar, detail::Readable X, NoiseSource<Scalar> Noise, detail::Buffer Out>
void add_noise(const TransitionKernel<Scalar>& kernel, const X& x0, const Noise& noise,
               std::uint64_t first_index, Out&& out) {
  const auto in_span = detail::contiguous(x0, "add_noise", "x0");
  const auto out_span = detail::contiguous(out, "add_noise", "out");
  detail::require_size("add_noise", "out", std::ssize(in_span), std::ssize(out_span));
  detail::add_noise(kernel, in_span, noise, first_index, out_span);
}

/// The same with one time per sample: column j is noised by the schedule's q(x_t | x_0) at
/// t = timesteps[j], each in 0..T. x0 and out hold timesteps.size() columns, one after the other.
///
/// @throws std::out_of_range for a time outside, std::invalid_argument for sizes that do not fit;
///         nothing is written then
template <Real Scalar, detail::Readable X, detail::Times Times, NoiseSource<Scalar> Noise,
          detail::Buffer Out>
void add_noise(const NoiseSchedule<Scalar>& schedule, const X& x0, const Times& timesteps,
               const Noise& noise, std::uint64_t first_index, Out&& out) {
  const auto in_span = detail::contiguous(x0, "add_noise", "x0");
  const auto out_span = detail::contiguous(out, "add_noise", "out");
  const auto times = detail::contiguous(timesteps, "add_noise", "timesteps");
  detail::require_size("add_noise", "out", std::ssize(in_span), std::ssize(out_span));
  const std::size_t dimension = detail::column_size(in_span, times, "add_noise", "x0");
  std::vector<TransitionKernel<Scalar>> kernels;
  kernels.reserve(times.size());
  for (const auto t : times) kernels.push_back(schedule.transition(0, static_cast<Index>(t)));

  for (std::size_t j = 0; j < times.size(); ++j) {
    const std::size_t first = j * dimension;
    detail::add_noise(kernels[j], in_span.subspan(first, dimension), noise, first_index + first,
                      out_span.subspan(first, dimension));
  }
}

}  // namespace alphabar
