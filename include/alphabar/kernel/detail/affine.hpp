// SPDX-License-Identifier: MIT
#pragma once

#include "alphabar/kernel/detail/no_contraction.hpp"

/// The line that numbers go through one by one; noise/detail/normal_lanes.hpp has it for whole
/// buffers.
namespace alphabar::detail {

ALPHABAR_NO_CONTRACTION_BEGIN

/// a x + b y in two roundings and a sum, the same on every machine.
inline float affine(float a, float x, float b, float y) { return a * x + b * y; }
inline double affine(double a, double x, double b, double y) { return a * x + b * y; }

ALPHABAR_NO_CONTRACTION_END

}  // namespace alphabar::detail
