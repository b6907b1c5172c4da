// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <random>
#include <span>
#include <type_traits>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/noise/philox.hpp"

/// The noise that torch draws from a seed, to reproduce a picture made in Python.
///
/// For other uses `NoiseStream` is faster, and has the same bits on every machine. These two use
/// the logarithm, sine and cosine of the standard library, and agree with torch within 2e-6.
namespace alphabar {

/// torch.randn on CUDA: ε_i is the sine of Box–Muller from words 0 and 1 of Philox4x32-10 with key
/// `seed` and counter (offset, i). A `NoiseSource`; the k-th call after the seed, from 0, is
/// `substream(k)`.
///
/// This holds for tensors with at most as many elements as the GPU has threads, such as one latent
/// image. For larger ones the noise of torch depends on the GPU.
class TorchCudaNoise {
 public:
  /// The state after torch.cuda.manual_seed(seed); the offset counts calls.
  explicit TorchCudaNoise(std::uint64_t seed, std::uint64_t offset = 0)
      : seed_(seed), offset_(offset) {}

  /// The noise of the k-th call from here.
  [[nodiscard]] TorchCudaNoise substream(std::uint64_t k) const {
    return TorchCudaNoise(seed_, offset_ + k);
  }

  /// ε_index.
  [[nodiscard]] float operator()(std::uint64_t index) const {
    const auto words = detail::philox_of(offset_, index, seed_);
    const auto fraction = [](std::uint32_t word) {
      return (static_cast<float>(word) + 0.5F) * 0x1p-32F;
    };
    const float angle = fraction(words[1]) * (2 * std::numbers::pi_v<float>);
    return std::sqrt(-2 * std::log(fraction(words[0]))) * std::sin(angle);
  }

  /// buffer[k] = ε_{first_index + k}.
  template <WritableBuffer B>
  void fill(B&& buffer, std::uint64_t first_index = 0) const {
    for (auto& x : detail::contiguous(buffer, "TorchCudaNoise::fill", "buffer")) {
      x = static_cast<std::remove_reference_t<decltype(x)>>((*this)(first_index++));
    }
  }

 private:
  std::uint64_t seed_;
  std::uint64_t offset_;
};

/// torch.randn on the CPU after torch.manual_seed(seed): each call of `fill` is a call of randn,
/// and continues where the last one ended. Its MT19937 uses the lower half of the seed.
///
/// As in torch, 16 numbers or more are computed differently from fewer: a pair of numbers comes
/// from uniforms that are 8 places apart, and the last 16 are drawn again if the size is no
/// multiple of 16. It is not a `NoiseSource`, because its noise depends on the order of calls.
class TorchCpuNoise {
 public:
  /// The state after torch.manual_seed(seed).
  explicit TorchCpuNoise(std::uint64_t seed) : engine_(static_cast<std::uint32_t>(seed)) {}

  /// Fills the buffer, of float or double, with the next numbers.
  template <WritableBuffer B>
  void fill(B&& buffer) {
    const auto out = detail::contiguous(buffer, "TorchCpuNoise::fill", "buffer");
    if (out.size() < in_a_block) {
      for (auto& x : out) x = static_cast<std::remove_reference_t<decltype(x)>>(next());
      return;
    }
    for (auto& x : out) uniform(x);
    for (std::size_t k = 0; k + in_a_block <= out.size(); k += in_a_block) {
      to_normals(out.subspan(k).template first<in_a_block>());
    }
    if (out.size() % in_a_block == 0) return;
    const auto last = out.template last<in_a_block>();
    for (auto& x : last) uniform(x);
    to_normals(last);
  }

 private:
  static constexpr std::size_t in_a_block = 16;

  std::uint64_t bits_64() {
    const std::uint64_t high = engine_();
    return high << 32 | engine_();
  }
  void uniform(float& x) { x = static_cast<float>(engine_() & 0xFFFFFFU) * 0x1p-24F; }
  void uniform(double& x) { x = static_cast<double>(bits_64() & 0x1FFFFFFFFFFFFFU) * 0x1p-53; }

  /// Box–Muller in place: pair k from the uniforms k and k + 8.
  template <Real Scalar>
  static void to_normals(std::span<Scalar, in_a_block> block) {
    for (std::size_t k = 0; k < in_a_block / 2; ++k) {
      const Scalar radius = std::sqrt(-2 * std::log(1 - block[k]));
      const Scalar angle = 2 * std::numbers::pi_v<Scalar> * block[k + in_a_block / 2];
      block[k] = radius * std::cos(angle);
      block[k + in_a_block / 2] = radius * std::sin(angle);
    }
  }

  /// One number at a time, in double; the second of a pair is kept for the next call.
  double next() {
    if (second_) {
      const double x = *second_;
      second_.reset();
      return x;
    }
    double turn = 0;
    double tail = 0;
    uniform(turn);
    uniform(tail);
    const double radius = std::sqrt(-2 * std::log1p(-tail));
    second_ = radius * std::sin(2 * std::numbers::pi * turn);
    return radius * std::cos(2 * std::numbers::pi * turn);
  }

  std::mt19937 engine_;
  std::optional<double> second_;
};

}  // namespace alphabar
