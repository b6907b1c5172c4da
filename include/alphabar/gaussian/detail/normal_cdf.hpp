// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <numbers>

namespace alphabar::detail {

/// Φ(z): standard normals in, uniform numbers in [0, 1] out.
inline double normal_cdf(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

}  // namespace alphabar::detail
