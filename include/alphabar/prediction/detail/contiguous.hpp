// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "alphabar/error.hpp"

namespace alphabar::detail {

/// Has elements behind one pointer: vector, array, span, C array, Eigen matrix, Map, segment, ...
template <class B>
concept Readable = requires(B&& b) {
  *std::data(b);
  std::size(b);
};

/// The same, and its elements may be written and are no whole numbers, which would cut noise off.
template <class B>
concept Buffer = Readable<B> && requires(B&& b) {
  *std::data(b) = *std::data(b);
  requires !std::integral<std::remove_cvref_t<decltype(*std::data(b))>>;
};

/// The elements as a span, in memory order. Eigen views are told by their strides, without Eigen.
/// @throws std::invalid_argument when the elements have gaps between them, or for a row-major
/// batch, in which a sample is not contiguous
template <Readable B>
auto contiguous(B&& b, std::string_view function, std::string_view argument) {
  if constexpr (requires { b.innerStride(), b.outerStride(), b.innerSize(), b.outerSize(); }) {
    if (b.innerSize() > 1 && b.innerStride() != 1) {
      refuse(function, argument, "be contiguous: inner stride 1", b.innerStride());
    }
    if (b.outerSize() > 1 && b.outerStride() != b.innerSize()) {
      const std::string requirement = "be contiguous: outer stride " + to_text(b.innerSize());
      refuse(function, argument, requirement, b.outerStride());
    }
    if (std::remove_cvref_t<B>::IsRowMajor && b.innerSize() > 1 && b.outerSize() > 1) {
      refuse(function, std::string(argument) + ".IsRowMajor",
             "be 0 (pass the transpose when each row is a sample)", 1);
    }
  }
  return std::span(std::data(b), static_cast<std::size_t>(std::size(b)));
}

}  // namespace alphabar::detail
