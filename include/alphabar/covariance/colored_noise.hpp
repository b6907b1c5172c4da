// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

namespace alphabar {

/// Coloured noise N(0, N) for any covariance structure, made from white noise: sample j of
/// dimension d is N^½ z, where z are the numbers j·d .. j·d + d − 1 of the white source. The sample
/// has the same indices. So this is a NoiseSource for `add_noise`, addressed like the white one,
/// and its bits do not depend on how a range is split. N = I gives the white noise itself,
/// up to the rounding of the FFT in structures that use one.
///
/// Cost: one product N^½ z for each sample that a call touches, also for a single number: pass
/// whole samples.
template <class Covariance, class Noise>
requires NoiseSource<Noise, NormalOf<Noise>> && CovarianceStructure<Covariance, NormalOf<Noise>>
class ColoredNoise {
 public:
  /// The type of its numbers.
  using Scalar = NormalOf<Noise>;

  /// From N and the white noise.
  ColoredNoise(Covariance covariance, Noise noise)
      : covariance_(std::move(covariance)), noise_(std::move(noise)) {}

  /// N.
  [[nodiscard]] const Covariance& covariance() const& noexcept { return covariance_; }
  [[nodiscard]] Covariance covariance() && { return std::move(covariance_); }

  /// The noise of the same covariance made from substream k of the white source.
  [[nodiscard]] ColoredNoise substream(std::uint64_t k) const {
    return {covariance_, noise_.substream(k)};
  }

  /// Coordinate index mod d of sample index / d.
  [[nodiscard]] Scalar operator()(std::uint64_t index) const {
    return sample(index / size())(static_cast<Index>(index % size()));
  }

  /// buffer[k] is the number at first_index + k.
  void fill(std::span<Scalar> buffer, std::uint64_t first_index = 0) const {
    for (std::size_t done = 0; done < buffer.size();) {
      const std::uint64_t index = first_index + done;
      const std::size_t skipped = index % size();
      const std::size_t count = (std::min<std::size_t>)(size() - skipped, buffer.size() - done);
      const auto x = sample(index / size());
      std::copy_n(x.data() + skipped, count, &buffer[done]);
      done += count;
    }
  }

 private:
  using Vector = typename Covariance::Vector;

  [[nodiscard]] std::uint64_t size() const {
    return static_cast<std::uint64_t>(covariance_.dimension());
  }

  [[nodiscard]] Vector sample(std::uint64_t number) const {
    Vector z(covariance_.dimension());
    noise_.fill(std::span<Scalar>(z.data(), static_cast<std::size_t>(z.size())), number * size());
    return covariance_.apply(detail::Root(), z);
  }

  Covariance covariance_;
  Noise noise_;
};

}  // namespace alphabar
