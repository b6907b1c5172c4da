// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "support/quad.hpp"

/// Weights of multistep methods in 113 bits: moments by parts, and the weights that have them by
/// elimination. Nothing but the names of the integrals is shared with the library.
#ifdef ALPHABAR_TEST_QUAD
namespace test {

inline Quad power(Quad base, std::size_t exponent) {
  Quad result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}

/// ∫ w τ^k dτ by parts: upwards in k for long steps, downwards for short ones.
inline std::vector<Quad> moments(alphabar::detail::StepWeight weight, double h, double rate,
                                 std::size_t count) {
  using alphabar::detail::StepWeight;
  const Quad length = Quad{rate} * h;
  const bool upwards = length > 1;
  const std::size_t size = upwards ? count : 60;
  std::vector<Quad> result(size);
  if (weight == StepWeight::constant) {
    for (std::size_t k = 0; k < size; ++k) result[k] = power(h, k + 1) / Quad(k + 1);
  } else {
    // m_k − end_k = ∓(k/c) m_(k−1)
    const bool growing = weight == StepWeight::growing;
    const auto end = [&](std::size_t k) {
      return growing ? power(h, k) : -power(h, k) * exp(-length);
    };
    const Quad sign = growing ? -1 : 1;
    if (upwards) result[0] = 1 - exp(-length);
    for (std::size_t k = 1; k < size && upwards; ++k) {
      result[k] = end(k) + sign * Quad(k) / rate * result[k - 1];
    }
    for (std::size_t k = size - 1; k > 0 && !upwards; --k) {
      result[k - 1] = sign * (result[k] - end(k)) * rate / Quad(k);
    }
  }
  result.resize(count);
  return result;
}

/// Weights that integrate 1, τ, τ², ... exactly, by elimination.
inline std::vector<Quad> exact_weights(const std::vector<Quad>& nodes, std::vector<Quad> right) {
  const std::size_t n = nodes.size();
  std::vector<std::vector<Quad>> rows(n, std::vector<Quad>(n, 1));
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) rows[k][j] = rows[k - 1][j] * nodes[j];
  }
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t k = n - 1; k > p; --k) {  // Björck, Pereyra: row k minus node times row k − 1
      for (std::size_t j = p; j < n; ++j) rows[k][j] -= nodes[p] * rows[k - 1][j];
      right[k] -= nodes[p] * right[k - 1];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) right[k] -= rows[k][j] * right[j];
    right[k] /= rows[k][k];
  }
  return right;
}

}  // namespace test
#endif
