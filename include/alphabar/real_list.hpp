// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"

namespace alphabar {

/// A list of real numbers that a function reads once: times, levels, coefficients. Converts from
/// any range of numbers and from numbers in braces. A temporary std::vector<double> is moved,
/// everything else is copied.
///
///     NoiseSchedule<>::from_betas(betas);        // vector, span, Eigen vector, view, ...
///     NoiseSchedule<>::from_betas({0.1, 0.2});
class RealList {
 public:
  /// From a range, each number converted to double.
  template <ArithmeticRange Range>
  requires(!std::same_as<std::remove_cvref_t<Range>, RealList>) RealList(Range&& range) {
    if constexpr (std::same_as<Range, std::vector<double>>) {
      values_ = std::forward<Range>(range);
    } else {
      if constexpr (requires { std::size(range); }) {
        values_.reserve(static_cast<std::size_t>(std::size(range)));
      }
      for (const auto value : range) values_.push_back(static_cast<double>(value));
    }
  }

  /// From numbers in braces, all of one type or convertible to double without loss.
  template <Arithmetic T>
  RealList(std::initializer_list<T> values) : values_(values.begin(), values.end()) {}
  RealList(std::initializer_list<double> values) : values_(values) {}

  [[nodiscard]] const std::vector<double>& values() const& noexcept { return values_; }
  [[nodiscard]] std::vector<double> values() && noexcept { return std::move(values_); }

 private:
  std::vector<double> values_;
};

}  // namespace alphabar
