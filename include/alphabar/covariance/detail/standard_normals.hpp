// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

/// Which normals a sample is made of.
namespace alphabar::detail {

inline void require_samples(std::string_view function, Index count, Index first_sample) {
  require(count >= 0, function, "count", "be >= 0", count);
  require(first_sample >= 0, function, "first_sample", "be >= 0", first_sample);
}

/// Standard normals for `count` samples, one per column: sample j has those of the indices
/// j·d .. j·d + d − 1, j = first_sample, first_sample + 1, ...
template <Real Scalar, int Dim, NoiseSource<Scalar> Noise>
Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> standard_normals(std::string_view function,
                                                            const Noise& noise, Index dimension,
                                                            Index count, Index first_sample) {
  require_samples(function, count, first_sample);
  Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> z(dimension, count);
  noise.fill(std::span(z.data(), static_cast<std::size_t>(z.size())),
             static_cast<std::uint64_t>(first_sample) * static_cast<std::uint64_t>(dimension));
  return z;
}

}  // namespace alphabar::detail
