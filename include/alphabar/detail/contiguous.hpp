// SPDX-License-Identifier: MIT
#pragma once

#include <iterator>
#include <span>
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

/// The same, and its elements may be written.
template <class B>
concept Buffer = Readable<B> && requires(B&& b) { *std::data(b) = *std::data(b); };

/// The elements as a span, in memory order. Eigen views are told by their strides, without Eigen.
/// @throws std::invalid_argument when the elements have gaps between them, or for a row-major
/// batch, in which a sample is not contiguous
template <Readable B>
auto contiguous(B&& b, std::string_view function, std::string_view argument) {
  if constexpr (requires { b.innerStride(), b.outerStride(), b.rows(), b.cols(); }) {
    const bool line = b.rows() == 1 || b.cols() == 1;
    const bool gaps_within = b.innerStride() != 1 && b.size() > 1;
    const bool gaps_between = !line && b.outerStride() != b.innerSize();
    require(!gaps_within, function, argument, "be contiguous: inner stride 1", b.innerStride());
    require(!gaps_between, function, argument,
            "be contiguous: outer stride " + to_text(b.innerSize()), b.outerStride());
    require(line || !std::remove_cvref_t<B>::IsRowMajor, function, argument,
            "be column-major when it has more than one column", b.cols());
  }
  return std::span(std::data(b), static_cast<std::size_t>(std::size(b)));
}

}  // namespace alphabar::detail
