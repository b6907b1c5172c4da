// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/detail/floating_point.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/noise/detail/for_each_block.hpp"
#include "alphabar/noise/standard_normal.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {
namespace detail {

/// √A and √B of a column.
template <Real Scalar>
struct Scales {
  Scalar signal;
  Scalar noise;
};

/// out[k] = √A x[k] + √B ε[k].
template <Real Scalar, class X, class Out>
void perturb(Scales<Scalar> scales, std::span<X> x, const Scalar* noise, Out* out) {
  const auto [a, b] = scales;
  if constexpr (SameScalar<std::remove_const_t<X>, Scalar> && SameScalar<Out, Scalar>) {
    affine(a, x.data(), b, noise, x.size(), out);
  } else {
    for (std::size_t k = 0; k < x.size(); ++k) {
      out[k] = round_once<Out>(affine(a, static_cast<Scalar>(x[k]), b, noise[k]));
    }
  }
}

/// Noises columns of `dimension` numbers, each with its own scales. The noise is computed in a
/// block on the stack. Blocks end where chunks of the noise end, for columns of any length.
template <Real Scalar, class X, class Noise, class Out>
void add_noise(std::span<const Scales<Scalar>> columns, std::size_t dimension, std::span<X> x0,
               const Noise& noise, std::span<Out> out, std::uint64_t first_index) {
  constexpr std::size_t size = 1024;
  const std::size_t skipped = first_index % size;
  const std::size_t blocks = out.empty() ? 0 : (skipped + out.size() + size - 1) / size;
  for_each_block(blocks, out.size(), [=, &noise](std::size_t number) {
    const std::size_t first = number == 0 ? 0 : number * size - skipped;
    const std::size_t end = (std::min)((number + 1) * size - skipped, out.size());
    alignas(64) Scalar block[size];
    noise.fill(std::span(block, end - first), first_index + first);
    for (std::size_t k = first, column = first / dimension; k < end; ++column) {
      const std::size_t count = (std::min)(end, (column + 1) * dimension) - k;
      perturb(columns[column], x0.subspan(k, count), block + (k - first), &out[k]);
      k += count;
    }
  });
}

/// The same for one time per column: scales_of(timesteps, j) are those of column j.
template <Real Scalar, class X, class Times, class Noise, class Out, class ScalesOf>
void add_noise_by_time(const X& x0, const Times& timesteps, const Noise& noise, Out& out,
                       std::uint64_t first_index, const ScalesOf& scales_of) {
  const auto in_span = contiguous(x0, "add_noise", "x0");
  const auto out_span = contiguous(out, "add_noise", "out");
  const auto times = contiguous(timesteps, "add_noise", "timesteps");
  require_size("add_noise", "the size of out", std::ssize(in_span), std::ssize(out_span));
  const std::size_t dimension = column_size(x0, times, "add_noise", "x0");
  column_size(out, times, "add_noise", "out");
  std::vector<Scales<Scalar>> scales;
  scales.reserve(times.size());
  for (std::size_t j = 0; j < times.size(); ++j) scales.push_back(scales_of(times, j));
  add_noise<Scalar>(scales, dimension, in_span, noise, out_span, first_index);
}

}  // namespace detail

/// out = √A x0 + √B ε, element by element, with ε_k = noise(first_index + k): a sample of q(x_t |
/// x_0).
///
/// Use a different first index or another substream for independent noise. For a batch, sample j of
/// dimension d uses the indices j·d .. j·d + d − 1, so its noise does not depend on the size of the
/// batch. If OpenMP is on, its threads share the work from 32768 numbers on, and call the noise;
/// the bits are the same.
///
/// @param x0     a contiguous buffer, like `out` of the same size; the same buffer is allowed.
///               Elements of any type that converts to and from Scalar, half and bfloat16
///               included. The arithmetic is in Scalar, and the result is rounded once
/// @param noise  a `NoiseStream<Scalar>`, or any `NoiseSource`
/// @throws std::invalid_argument for sizes that differ or views with gaps; nothing is written then
/// @throws what the noise throws; `out` is then written in part
template <Real Scalar, ReadableBuffer X, NoiseSource<Scalar> Noise, WritableBuffer Out>
void add_noise(const TransitionKernel<Scalar>& kernel, const X& x0, const Noise& noise, Out&& out,
               std::uint64_t first_index = 0) {
  const auto in_span = detail::contiguous(x0, "add_noise", "x0");
  const auto out_span = detail::contiguous(out, "add_noise", "out");
  detail::require_size("add_noise", "the size of out", std::ssize(in_span), std::ssize(out_span));
  const detail::Scales<Scalar> scales{kernel.signal_scale(), kernel.noise_scale()};
  detail::add_noise(std::span(&scales, 1), out_span.size(), in_span, noise, out_span, first_index);
}

/// The same with one time per sample: column j is noised by the schedule's q(x_t | x_0) at
/// t = timesteps[j], each in 0..T. x0 and out hold timesteps.size() columns, one after the other;
/// a row-major batch with a sample in each row does so when it is transposed.
///
/// @throws std::out_of_range for a time outside, std::invalid_argument for sizes that do not fit;
///         nothing is written then
template <Real Scalar, ReadableBuffer X, TimestepBuffer Times, NoiseSource<Scalar> Noise,
          WritableBuffer Out>
void add_noise(const NoiseSchedule<Scalar>& schedule, const X& x0, const Times& timesteps,
               const Noise& noise, Out&& out, std::uint64_t first_index = 0) {
  const auto scales_of = [&](auto times, std::size_t j) -> detail::Scales<Scalar> {
    const Index t = detail::time_of_column(times, j, schedule.steps(), "add_noise");
    return {schedule.sqrt_alpha_bar(t), schedule.sqrt_one_minus_alpha_bar(t)};
  };
  detail::add_noise_by_time<Scalar>(x0, timesteps, noise, out, first_index, scales_of);
}

/// The same for timesteps in braces.
template <Real Scalar, ReadableBuffer X, NoiseSource<Scalar> Noise, WritableBuffer Out>
void add_noise(const NoiseSchedule<Scalar>& schedule, const X& x0,
               std::initializer_list<Index> timesteps, const Noise& noise, Out&& out,
               std::uint64_t first_index = 0) {
  add_noise(schedule, x0, std::span(timesteps.begin(), timesteps.size()), noise, out, first_index);
}

/// The same for a process in continuous time, such as `RectifiedFlow` or one of your own: column j
/// is noised by process.transition(0, timesteps[j]), at real times. The arithmetic is done in the
/// type of the noise.
/// @throws std::out_of_range for a time that the process never has; nothing is written then
template <MarkovProcess Process, ReadableBuffer X, ReadableBuffer Reals, AnyNoiseSource Noise,
          WritableBuffer Out>
void add_noise(const Process& process, const X& x0, const Reals& timesteps, const Noise& noise,
               Out&& out, std::uint64_t first_index = 0) {
  using Scalar = NormalOf<Noise>;
  const auto scales_of = [&](auto times, std::size_t j) -> detail::Scales<Scalar> {
    const auto kernel = process.transition(0, static_cast<double>(times[j]));
    return {static_cast<Scalar>(kernel.signal_scale()), static_cast<Scalar>(kernel.noise_scale())};
  };
  detail::add_noise_by_time<Scalar>(x0, timesteps, noise, out, first_index, scales_of);
}

/// The same for times in braces.
template <MarkovProcess Process, ReadableBuffer X, AnyNoiseSource Noise, WritableBuffer Out>
void add_noise(const Process& process, const X& x0, std::initializer_list<double> timesteps,
               const Noise& noise, Out&& out, std::uint64_t first_index = 0) {
  add_noise(process, x0, std::span(timesteps.begin(), timesteps.size()), noise, out, first_index);
}

}  // namespace alphabar
