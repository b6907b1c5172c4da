// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/noise/noise_stream.hpp>
#include <cstddef>

constexpr std::size_t count = 602;

/// Noise in all the ways in which a NoiseStream gives it: whole chunks, parts of chunks, converted,
/// one number, and by the kernels alone.
static void noise(double* all) {
  const alphabar::NoiseStream<float> floats(1, 2);
  const alphabar::NoiseStream<double> doubles(2026);
  float single[200];
  double converted[100];
  double exact[300];
  floats.fill(single, 7);
  floats.substream(3).fill(converted, 64);
  doubles.fill(exact, 1);
  alphabar::detail::affine(0.5F, &single[0], 0.75F, &single[0], std::size_t{200}, &single[0]);
  for (const float x : single) *all++ = double{x};
  for (const double x : converted) *all++ = x;
  for (const double x : exact) *all++ = x;
  *all++ = doubles(77);
  *all++ = floats == floats.substream(0) ? 1.0 : 0.0;
}
