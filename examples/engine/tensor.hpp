// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace engine {

/// The engine's own: channels × height × width, in float.
struct Tensor {
  std::size_t channels = 0, height = 0, width = 0;
  std::vector<float> values;

  Tensor(std::size_t c, std::size_t h, std::size_t w)
      : channels(c), height(h), width(w), values(c * h * w) {}
};

/// y += a x
inline void add_scaled(Tensor& y, float a, const Tensor& x) {
  for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] += a * x.values[i];
}

inline void scale(Tensor& x, float a) {
  for (float& value : x.values) value *= a;
}

}  // namespace engine
