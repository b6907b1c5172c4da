// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "alphabar/concepts.hpp"

namespace test {

/// A noise source that is 1 at one place, the `at`-th number of one substream, and 0 elsewhere. A
/// sampler is affine in its noise; fed with every unit vector in turn, it shows its matrix.
template <alphabar::Real Scalar = double>
class UnitNoise {
 public:
  /// The number `at` of the source itself, or of its substream k.
  explicit UnitNoise(std::uint64_t at) : at_(at), here_(true) {}
  UnitNoise(std::uint64_t k, std::uint64_t at) : at_(at), substream_(k) {}

  /// Nothing but zeros.
  static UnitNoise silence() { return {}; }

  [[nodiscard]] UnitNoise substream(std::uint64_t k) const {
    return substream_ == k ? UnitNoise(at_) : silence();
  }

  [[nodiscard]] Scalar operator()(std::uint64_t index) const {
    return here_ && index == at_ ? Scalar(1) : Scalar(0);
  }

  void fill(std::span<Scalar> buffer, std::uint64_t first_index = 0) const {
    for (std::size_t k = 0; k < buffer.size(); ++k) buffer[k] = (*this)(first_index + k);
  }

 private:
  UnitNoise() = default;

  std::uint64_t at_ = 0;
  bool here_ = false;
  std::optional<std::uint64_t> substream_;
};

static_assert(alphabar::NoiseSource<UnitNoise<double>, double>);

}  // namespace test
