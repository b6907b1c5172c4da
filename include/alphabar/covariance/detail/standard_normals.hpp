// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

/// The standard normals of which samples are made.
namespace alphabar::detail {

/// Requires samples of which every number has an index.
inline void require_samples(std::string_view function, Index count, Index first_sample,
                            Index dimension, std::string_view argument = "first_sample") {
  require(count >= 0, function, "count", "be >= 0", count);
  require(first_sample >= 0, function, argument, "be >= 0", first_sample);
  const Index last = (std::numeric_limits<Index>::max)() - count;
  if (first_sample > last) {
    refuse(function, argument, "be at most " + to_text(last), first_sample);
  }
  (void)size_product(function, "the index behind the last number", first_sample + count, dimension);
}

/// Standard normals for `count` samples, one per column: sample j has the numbers
/// j·d .. j·d + d − 1 of the source, for j = first_sample, first_sample + 1, ...
template <Real Scalar, int Dim, NoiseSource<Scalar> Noise>
Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> standard_normals(std::string_view function,
                                                            const Noise& noise, Index dimension,
                                                            Index count, Index first_sample) {
  require_samples(function, count, first_sample, dimension);
  Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> z(dimension, count);
  noise.fill(std::span(z.data(), static_cast<std::size_t>(z.size())),
             static_cast<std::uint64_t>(first_sample) * static_cast<std::uint64_t>(dimension));
  return z;
}

}  // namespace alphabar::detail
