// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

/// Buffers owned by the caller: data, noise, and batches in which each sample has its own time.
namespace alphabar {

/// A buffer whose elements are stored at one pointer: vector, array, span, C array, Eigen matrix,
/// Map, segment, ... Eigen views with gaps between the elements are refused at run time.
template <class B>
concept ReadableBuffer = requires(B&& b) {
  *std::data(b);
  std::size(b);
};

/// A writable buffer of non-integer elements. Integers would truncate the noise.
template <class B>
concept WritableBuffer = ReadableBuffer<B> && requires(B&& b) {
  *std::data(b) = *std::data(b);
  requires !std::integral<std::remove_cvref_t<decltype(*std::data(b))>>;
};

/// A buffer of integer times. A fractional time does not compile, so none is truncated.
template <class B>
concept TimestepBuffer = ReadableBuffer<B> &&
    std::integral<std::remove_cvref_t<decltype(*std::data(std::declval<const B&>()))>>;

namespace detail {

/// An Eigen object, recognized without Eigen by its strides.
template <class B>
concept Strided = requires(const B& b) {
  b.innerStride(), b.outerStride(), b.innerSize(), b.outerSize();
};

/// @throws std::invalid_argument when the elements have gaps between them
template <Strided B>
void require_contiguous(const B& b, std::string_view function, std::string_view argument) {
  if (b.innerSize() > 1 && b.innerStride() != 1) {
    refuse(function, argument, "be contiguous: inner stride 1", b.innerStride());
  }
  if (b.outerSize() > 1 && b.outerStride() != b.innerSize()) {
    const std::string requirement = "be contiguous: outer stride " + to_text(b.innerSize());
    refuse(function, argument, requirement, b.outerStride());
  }
}

/// The elements as a span, in memory order.
/// @throws std::invalid_argument when the elements have gaps between them, or for a row-major
/// batch, in which a sample is not contiguous
template <ReadableBuffer B>
auto contiguous(B&& b, std::string_view function, std::string_view argument) {
  if constexpr (Strided<std::remove_cvref_t<B>>) {
    require_contiguous(b, function, argument);
    if (std::remove_cvref_t<B>::IsRowMajor && b.innerSize() > 1 && b.outerSize() > 1) {
      refuse(function, std::string(argument) + ".IsRowMajor",
             "be 0 (pass the transpose when each row is a sample)", 1);
    }
  }
  return std::span(std::data(b), static_cast<std::size_t>(std::size(b)));
}

/// Returns the dimension of a sample when `batch` holds one column for each time, and 0 for no
/// times. A matrix must have that many columns or be a single sample. A vector or another buffer
/// may hold the columns one after the other.
/// @throws std::invalid_argument when it does not
template <ReadableBuffer X, class Time>
std::size_t column_size(const X& batch, std::span<Time> times, std::string_view function,
                        std::string_view argument) {
  const auto size = static_cast<std::size_t>(std::size(batch));
  require(!times.empty() || size == 0, function, "timesteps", "hold a time for each sample", 0);
  if (times.empty()) return 0;
  if constexpr (requires { batch.rows(), batch.cols(); }) {
    if (batch.rows() > 1 && batch.cols() > 1 && times.size() > 1) {
      require_size(function, std::string(argument) + ".cols()", std::ssize(times), batch.cols());
    }
  }
  if (size % times.size() != 0) {
    refuse(function, "the size of " + std::string(argument),
           "be a multiple of " + to_text(times.size()) + " timesteps", size);
  }
  return size / times.size();
}

/// timesteps[k], in 0..last.
/// @throws std::out_of_range otherwise
template <class Time>
Index time_of_column(std::span<Time> timesteps, std::size_t k, Index last,
                     std::string_view function) {
  const auto t = static_cast<Index>(timesteps[k]);
  if (t < 0 || t > last) {
    refuse_out_of_range(function, element("timesteps", static_cast<Index>(k)), 0, last, t);
  }
  return t;
}

}  // namespace detail
}  // namespace alphabar
