// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <tuple>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/detail/floating_point.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

namespace alphabar {
namespace detail {

/// The three buffers as spans of one size.
template <ReadableBuffer X, ReadableBuffer P, WritableBuffer Out>
auto conversion_buffers(const X& x_t, const P& predictions, Out& out) {
  constexpr auto function = "convert_predictions";
  const std::tuple spans(contiguous(x_t, function, "x_t"),
                         contiguous(predictions, function, "predictions"),
                         contiguous(out, function, "out"));
  const Index size = std::ssize(std::get<0>(spans));
  require_size(function, "the size of predictions", size, std::ssize(std::get<1>(spans)));
  require_size(function, "the size of out", size, std::ssize(std::get<2>(spans)));
  return spans;
}

template <Real Scalar, class X, class P, class Out>
void convert_predictions(const PredictionConversion<Scalar>& conversion, std::span<X> x_t,
                         std::span<P> predictions, std::span<Out> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] =
        round_once<Out>(affine(conversion.xt_scale(), static_cast<Scalar>(x_t[k]),
                               conversion.prediction_scale(), static_cast<Scalar>(predictions[k])));
  }
}

}  // namespace detail

/// Computes out = a x_t + b predictions, element by element, with the coefficients of `conversion`.
///
/// @param x_t a contiguous buffer, like `predictions` and `out`, all of one size; `out` may be one
///     of the other two. The elements may have any type that converts to and from Scalar. The
///     arithmetic is done in Scalar, and each result is rounded once, half and bfloat16 included
/// @throws std::invalid_argument for sizes that differ or views with gaps; nothing is written then
template <Real Scalar, ReadableBuffer X, ReadableBuffer P, WritableBuffer Out>
void convert_predictions(const PredictionConversion<Scalar>& conversion, const X& x_t,
                         const P& predictions, Out&& out) {
  const auto [x_span, p_span, out_span] = detail::conversion_buffers(x_t, predictions, out);
  detail::convert_predictions(conversion, x_span, p_span, out_span);
}

/// The same with one time per sample: column j is converted at t = timesteps[j], each in 0..T. The
/// buffers hold timesteps.size() columns, one after the other. To make training targets, convert
/// from `Prediction::x0`: x_0 determines v at all times.
///
/// @throws std::out_of_range for a time outside, std::invalid_argument for sizes that do not fit
///     and for a time at which `from` does not determine `to`; nothing is written then
template <Real Scalar, ReadableBuffer X, ReadableBuffer P, TimestepBuffer Times, WritableBuffer Out>
void convert_predictions(const NoiseSchedule<Scalar>& schedule, Prediction from, Prediction to,
                         const X& x_t, const P& predictions, const Times& timesteps, Out&& out) {
  const auto [x_span, p_span, out_span] = detail::conversion_buffers(x_t, predictions, out);
  const auto times = detail::contiguous(timesteps, "convert_predictions", "timesteps");
  constexpr auto function = "convert_predictions";
  const std::size_t dimension = detail::column_size(x_t, times, function, "x_t");
  detail::column_size(predictions, times, function, "predictions");
  detail::column_size(out, times, function, "out");
  std::vector<PredictionConversion<Scalar>> conversions;
  conversions.reserve(times.size());
  for (std::size_t k = 0; k < times.size(); ++k) {
    const Index t = detail::time_of_column(times, k, schedule.steps(), function);
    conversions.emplace_back(schedule.transition(0, t), from, to);
  }

  for (std::size_t j = 0; j < times.size(); ++j) {
    const std::size_t first = j * dimension;
    detail::convert_predictions(conversions[j], x_span.subspan(first, dimension),
                                p_span.subspan(first, dimension),
                                out_span.subspan(first, dimension));
  }
}

/// The same for timesteps in braces.
template <Real Scalar, ReadableBuffer X, ReadableBuffer P, WritableBuffer Out>
void convert_predictions(const NoiseSchedule<Scalar>& schedule, Prediction from, Prediction to,
                         const X& x_t, const P& predictions, std::initializer_list<Index> timesteps,
                         Out&& out) {
  convert_predictions(schedule, from, to, x_t, predictions,
                      std::span(timesteps.begin(), timesteps.size()), out);
}

}  // namespace alphabar
