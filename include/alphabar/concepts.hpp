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

/// The type of coefficients: float or double. `long double` is not supported: every table is
/// computed in double words and rounded once, which is verified for these two types.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// A built-in number. Integers are accepted wherever a value is read: `TransitionKernel(1, 0)`.
template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

/// Two templates that are used together must have the same Scalar.
template <class A, class B>
concept SameScalar = std::same_as<A, B>;

/// Numbers that can be read one after the other: vector, span, array, one-dimensional Eigen array
/// or vector, view, ...
template <class R>
concept ArithmeticRange = requires(R& range) {
  { std::begin(range) != std::end(range) } -> std::convertible_to<bool>;
  requires Arithmetic<std::iter_value_t<decltype(std::begin(range))>>;
};

/// The same for integers. A fractional number is refused, not truncated.
template <class R>
concept IntegerRange = ArithmeticRange<R> && requires(R& range) {
  requires std::integral<std::iter_value_t<decltype(std::begin(range))>>;
};

/// A source of standard normals: a pure function of (substream, index). `NoiseStream` is the one to
/// use. A test may pass unit vectors instead: then a sampler of this library returns the columns of
/// its matrix.
template <class N, class Scalar>
concept NoiseSource = requires(const N& noise, std::uint64_t k, std::span<Scalar> buffer) {
  { noise(k) } -> std::same_as<Scalar>;
  { noise.substream(k) } -> std::same_as<N>;
  noise.fill(buffer, k);
};

/// The type of its normals, float or double.
template <class N>
using NormalOf = std::remove_cvref_t<std::invoke_result_t<const N&, std::uint64_t>>;

/// A source of standard normals of float or double.
template <class N>
concept AnyNoiseSource = NoiseSource<N, NormalOf<N>>;

}  // namespace alphabar
