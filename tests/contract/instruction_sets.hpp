// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/noise/standard_normal.hpp>
#include <cstddef>

constexpr std::size_t count = 3 * 64;

/// Three chunks of normals, added to themselves.
static void noise(float* normals) {
  alphabar::detail::fill_chunks(1, 2, 3, count / 64, normals);
  alphabar::detail::affine(0.5F, normals, 0.75F, normals, count, normals);
}
