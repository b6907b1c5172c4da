// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <concepts>
#include <cstdio>
#include <exception>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

#include "alphabar/concepts.hpp"

/// The one place where the library throws. Without exceptions (-fno-exceptions) the message goes to
/// standard error and std::terminate is called, whose handler is the program's own
/// (std::set_terminate). To override, define this macro before the first include; it must not
/// return.
#ifndef ALPHABAR_THROW
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define ALPHABAR_THROW(exception) throw exception
#else
#define ALPHABAR_THROW(exception) ::alphabar::detail::terminate(exception)
#endif
#endif

/// Every message has the same four parts, so that it can be read without the source at hand:
///   alphabar::NoiseSchedule::from_betas: betas[3] must be in [0, 1], got 1.5
namespace alphabar::detail {

[[noreturn]] inline void terminate(const std::exception& error) {
  std::fputs(error.what(), stderr);
  std::fputc('\n', stderr);
  std::terminate();
}

/// Shortest decimal that reads back as the same number.
template <Arithmetic T>
std::string to_text(T value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

[[gnu::cold, gnu::noinline]] inline std::string sentence(std::string_view function,
                                                         std::string_view argument,
                                                         std::string_view requirement,
                                                         std::string_view value) {
  std::string text = "alphabar::";
  text.append(function).append(": ").append(argument).append(" must ").append(requirement);
  return text.append(", got ").append(value);
}

/// Out of line, so that a check costs its callers a comparison and a call.
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse(std::string_view function,
                                                          std::string_view argument,
                                                          std::string_view requirement,
                                                          std::string_view value) {
  ALPHABAR_THROW(std::invalid_argument(sentence(function, argument, requirement, value)));
}
template <Arithmetic T>
[[noreturn, gnu::cold, gnu::noinline]] void refuse(std::string_view function,
                                                   std::string_view argument,
                                                   std::string_view requirement, T value) {
  refuse(function, argument, requirement, std::string_view(to_text(value)));
}

template <Arithmetic T>
void require(bool holds, std::string_view function, std::string_view argument,
             std::string_view requirement, T value) {
  if (!holds) refuse(function, argument, requirement, value);
}

/// A share, a probability or a level, `0 <= value <= 1`; NaN is outside.
inline void require_fraction(std::string_view function, std::string_view argument, double value) {
  require(value >= 0 && value <= 1, function, argument, "be in [0, 1]", value);
}

/// Sizes that must agree: `x.rows()`, `the size of mean`, `the dimension of q`.
inline void require_size(std::string_view function, std::string_view argument, Index expected,
                         Index actual) {
  if (actual != expected) {
    refuse(function, argument, "be " + to_text(expected), actual);
  }
}

/// The product a b of two sizes >= 0, which must fit into an Index.
inline Index size_product(std::string_view function, std::string_view argument, Index a, Index b) {
  constexpr Index largest = (std::numeric_limits<Index>::max)();
  if (a > 0 && b > largest / a) {
    refuse(function, argument, "be at most " + to_text(largest),
           static_cast<double>(a) * static_cast<double>(b));
  }
  return a * b;
}

/// A time or an index that is not in first..last.
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_out_of_range(std::string_view function,
                                                                       std::string_view argument,
                                                                       Index first, Index last,
                                                                       Index value) {
  ALPHABAR_THROW(std::out_of_range(sentence(
      function, argument, "be in " + to_text(first) + ".." + to_text(last), to_text(value))));
}

/// A time or an index, `first <= value <= last`.
inline void require_in_range(std::string_view function, std::string_view argument, Index first,
                             Index last, Index value) {
  if (value < first || value > last) refuse_out_of_range(function, argument, first, last, value);
}

/// A time or a level on a continuous scale, `first <= value <= last`; NaN is outside.
inline void require_between(std::string_view function, std::string_view argument, double first,
                            double last, double value) {
  if (!(value >= first && value <= last)) {
    ALPHABAR_THROW(std::out_of_range(
        sentence(function, argument, "be in [" + to_text(first) + ", " + to_text(last) + "]",
                 to_text(value))));
  }
}

/// The name of an element in a message: `betas[3]`.
inline std::string element(std::string_view name, Index k) {
  return std::string(name).append("[").append(to_text(k)).append("]");
}

/// The name of an entry of a matrix: `sigma(2, 3)`.
inline std::string entry(std::string_view name, Index row, Index column) {
  return std::string(name).append("(").append(to_text(row)).append(", ").append(to_text(column)) +
         ")";
}

}  // namespace alphabar::detail
