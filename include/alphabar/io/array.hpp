// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/io/bad_file.hpp"

namespace alphabar::io {

/// An array of numbers with a shape, as a file stores it.
template <Real Scalar = double>
struct Array {
  std::vector<std::size_t> shape{};  ///< the length of each axis
  bool fortran_order = false;        ///< whether the first axis runs fastest, not the last
  std::vector<Scalar> values{};      ///< in memory order

  friend bool operator==(const Array&, const Array&) = default;
};

/// An Eigen matrix, vector or array that owns its numbers; it is recognized without Eigen.
template <class M>
concept ResizableMatrix = requires(M& m) {
  typename M::Scalar;
  requires Real<typename M::Scalar>;
  { M::RowsAtCompileTime } -> std::convertible_to<int>;
  { M::ColsAtCompileTime } -> std::convertible_to<int>;
  { M::MaxRowsAtCompileTime } -> std::convertible_to<int>;
  { M::MaxColsAtCompileTime } -> std::convertible_to<int>;
  m.resize(Index{1}, Index{1});
  m(Index{0}, Index{0}) = typename M::Scalar{};
};

namespace detail {

/// The numbers of a buffer in memory order, with their shape. A vector has one axis.
template <class T>
struct ShapedView {
  std::span<const T> values;
  std::vector<std::size_t> shape;
  bool fortran_order;
};

/// @throws std::invalid_argument when an Eigen view has gaps between its elements
template <ReadableBuffer B>
auto shaped(const B& b, std::string_view function) {
  using T = std::remove_cvref_t<decltype(*std::data(b))>;
  static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && sizeof(T) <= 8,
                "files hold float, double, and integers of up to 64 bits");
  ShapedView<T> view{{std::data(b), static_cast<std::size_t>(std::size(b))}, {}, false};
  if constexpr (alphabar::detail::Strided<B>) {
    alphabar::detail::require_contiguous(b, function, "values");
    if constexpr (!B::IsVectorAtCompileTime) {
      view.shape = {static_cast<std::size_t>(b.rows()), static_cast<std::size_t>(b.cols())};
      // As in NumPy, an array that is in both orders is in C order.
      view.fortran_order = !B::IsRowMajor && b.rows() > 1 && b.cols() > 1;
      return view;
    }
  }
  view.shape = {view.values.size()};
  return view;
}

/// Converts a number of the file to the requested type.
/// @throws BadFile for one that does not fit
template <Real Scalar>
Scalar fitted(double value, const std::string& file, const std::string& place) {
  const auto result = static_cast<Scalar>(value);
  if (std::isinf(result) && std::isfinite(value)) {
    refuse_file(file, place, "holds a number that a float cannot hold");
  }
  return result;
}

template <class T>
struct IsArray : std::false_type {};
template <class Scalar>
struct IsArray<Array<Scalar>> : std::true_type {};

/// The type of the numbers of an Array, a vector or a matrix.
template <class T>
struct ScalarOf {
  using type = typename T::value_type;
};
template <class Scalar>
struct ScalarOf<Array<Scalar>> {
  using type = Scalar;
};
template <ResizableMatrix M>
struct ScalarOf<M> {
  using type = typename M::Scalar;
};

/// Converts an array to the requested type.
/// @throws BadFile when its shape is not one of that type
template <class T, Real Scalar>
T converted(Array<Scalar>&& array, const std::string& file) {
  if constexpr (IsArray<T>::value) {
    return std::move(array);
  } else if constexpr (ResizableMatrix<T>) {
    const std::size_t axes = array.shape.size();
    if (axes > 2) {
      refuse_file(file, "", "holds an array of " + std::to_string(axes) + " axes, no matrix");
    }
    constexpr bool is_row = T::RowsAtCompileTime == 1 && T::ColsAtCompileTime != 1;
    const std::size_t first = axes > 0 ? array.shape[0] : 1;
    const auto rows = static_cast<Index>(axes == 1 && is_row ? 1 : first);
    const auto cols = static_cast<Index>(axes == 2             ? array.shape[1]
                                         : axes == 1 && is_row ? first
                                                               : 1);
    const auto fits = [](Index extent, int fixed, int most) {
      return (fixed < 0 || extent == fixed) && (most < 0 || extent <= most);
    };
    if (!fits(rows, T::RowsAtCompileTime, T::MaxRowsAtCompileTime) ||
        !fits(cols, T::ColsAtCompileTime, T::MaxColsAtCompileTime)) {
      refuse_file(file, "",
                  "holds an array of " + std::to_string(rows) + " x " + std::to_string(cols) +
                      ", which the matrix type cannot hold");
    }
    T matrix;
    matrix.resize(rows, cols);
    for (Index c = 0; c < cols; ++c) {
      for (Index r = 0; r < rows; ++r) {
        matrix(r, c) = array.values[static_cast<std::size_t>(array.fortran_order ? c * rows + r
                                                                                 : r * cols + c)];
      }
    }
    return matrix;
  } else {
    static_assert(std::is_same_v<T, std::vector<Scalar>>,
                  "read an Eigen matrix or vector, a std::vector of float or double, or an "
                  "io::Array");
    if (array.shape.size() != 1) {
      refuse_file(file, "",
                  "holds an array of " + std::to_string(array.shape.size()) + " axes, no vector");
    }
    return std::move(array.values);
  }
}

}  // namespace detail
}  // namespace alphabar::io
