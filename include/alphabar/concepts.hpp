// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <type_traits>

namespace alphabar {

/// Signed type of times, sizes and counts. The same type as `Eigen::Index`.
using Index = std::ptrdiff_t;

/// A type that coefficients are stored in. `long double` is left out: every table is computed in
/// double words and rounded once, which has been verified for these two.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// A built-in number. Integers are welcome wherever a value is read: `TransitionKernel(1, 0)`.
template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

/// Two templates that are to work together must agree on their Scalar.
template <class A, class B>
concept SameScalar = std::same_as<A, B>;

/// Numbers that can be read one after the other: vector, span, array, one-dimensional Eigen array
/// or vector, view, ...
template <class R>
concept ArithmeticRange = requires(R& range) {
  { std::begin(range) != std::end(range) } -> std::convertible_to<bool>;
  requires Arithmetic<std::iter_value_t<decltype(std::begin(range))>>;
};

/// The same of integers: a fractional number is refused rather than truncated.
template <class R>
concept IntegerRange = ArithmeticRange<R> && requires(R& range) {
  requires std::integral<std::iter_value_t<decltype(std::begin(range))>>;
};

/// Where samplers take their standard normals from: a pure function of (substream, index).
/// `NoiseStream` is the one to use; a test may pass unit vectors instead, which turns any sampler
/// of this library into the matrix that it is.
template <class N, class Scalar>
concept NoiseSource = requires(const N& noise, std::uint64_t k, std::span<Scalar> buffer) {
  { noise(k) } -> std::same_as<Scalar>;
  { noise.substream(k) } -> std::same_as<N>;
  noise.fill(buffer, k);
};

/// The type of its normals, float or double.
template <class N>
using NormalOf = std::remove_cvref_t<std::invoke_result_t<const N&, std::uint64_t>>;

}  // namespace alphabar
