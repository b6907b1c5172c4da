// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// How an image lies in a vector: plane by plane, row by row; entry (c, y, x) at
/// (c height + y) width + x.
struct ImageShape {
  Index height = 1;    ///< pixels from top to bottom
  Index width = 1;     ///< pixels from left to right
  Index channels = 1;  ///< numbers for each pixel

  // For sizes whose product an Index holds; every function that takes a shape refuses others.
  /// The number of pixels, which is that of a channel.
  [[nodiscard]] constexpr Index pixels() const noexcept { return height * width; }
  /// The dimension d of an image as a vector.
  [[nodiscard]] constexpr Index size() const noexcept { return pixels() * channels; }
  friend bool operator==(const ImageShape&, const ImageShape&) = default;
};

namespace detail {

/// Requires sizes >= 1 whose product an Index holds.
inline void require_shape(std::string_view function, const ImageShape& shape) {
  const Index smallest = (std::min)({shape.height, shape.width, shape.channels});
  require(smallest >= 1, function, "each size of the shape", "be >= 1", smallest);
  constexpr auto name = "the size of the shape";
  (void)size_product(function, name, size_product(function, name, shape.height, shape.width),
                     shape.channels);
}

}  // namespace detail
}  // namespace alphabar
