// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/io/array.hpp"
#include "alphabar/io/array_layout.hpp"
#include "alphabar/io/bad_file.hpp"
#include "alphabar/io/npy_header.hpp"
#include "alphabar/io/whole_file.hpp"

/// NPY, the files of `numpy.save` and `numpy.load`. Needs no Eigen, but reads and writes its
/// objects:
///
///     // sigma may be any Eigen matrix or vector
///     io::write_npy("covariance.npy", sigma);
///     const auto sigma = io::read_npy<Eigen::MatrixXd>("covariance.npy");
///
/// For files larger than the memory see io/sample_file.hpp.
namespace alphabar::io {
namespace detail {

/// The header before the numbers, as numpy.save writes it: a multiple of 64 bytes, with room for
/// the first (Fortran order: the last) axis to grow.
template <class T>
std::string npy_head(const std::vector<std::size_t>& shape, bool fortran_order) {
  const char order = sizeof(T) == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  std::string text = std::string("{'descr': '") + order + kind + std::to_string(sizeof(T)) +
                     "', 'fortran_order': " + (fortran_order ? "True" : "False") + ", 'shape': (";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    text += std::to_string(shape[axis]);
    if (axis + 1 < shape.size()) text += ", ";
  }
  text += shape.size() == 1 ? ",), }" : "), }";
  if (!shape.empty()) {
    constexpr std::size_t digits_of_growth = 21;
    text.append(
        digits_of_growth - std::to_string(fortran_order ? shape.back() : shape.front()).size(),
        ' ');
  }
  constexpr std::size_t preamble = 10;
  while ((preamble + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  std::string head("\x93NUMPY\1\0", 8);
  head += static_cast<char>(text.size() % 256);
  head += static_cast<char>(text.size() / 256);
  return head + text;
}

template <class T>
void write_npy(const std::string& path, std::span<const T> values,
               const std::vector<std::size_t>& shape, bool fortran_order) {
  WholeFile file(path);
  file.write(npy_head<T>(shape, fortran_order));
  const auto bytes = std::as_bytes(values);
  file.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file.publish();
}

}  // namespace detail

/// Writes a buffer of float, double or integers in memory order. An Eigen matrix has the same rows
/// and columns in Python, in Fortran order if it is column-major (Eigen's default); a vector of any
/// kind has one axis.
///
/// Samples that are columns of a matrix X become rows in Python by `write_npy(path,
/// X.transpose())`, which copies nothing; `SampleFile` reads such a file. The file is replaced
/// atomically: `WholeFile`.
/// @throws BadFile, with file and reason, when it cannot be written
/// @throws std::invalid_argument for an Eigen view with gaps between its elements
template <ReadableBuffer B>
void write_npy(const std::string& path, const B& values) {
  const auto view = detail::shaped(values, "io::write_npy");
  detail::write_npy(path, view.values, view.shape, view.fortran_order);
}

/// Writes a buffer as an array of this shape, the last axis fastest: `write_npy(path, images, {n,
/// 28, 28})`. A matrix is written in memory order.
/// @throws as above, and std::invalid_argument unless the shape has as many elements as the buffer
template <ReadableBuffer B>
void write_npy(const std::string& path, const B& values, const std::vector<Index>& shape) {
  constexpr std::string_view function = "io::write_npy";
  const auto view = detail::shaped(values, function);
  alphabar::detail::require(shape.size() <= 32, function, "shape.size()", "be <= 32", shape.size());
  std::vector<std::size_t> extents;
  Index elements = 1;  // of an array with length 1 where the shape has 0
  bool empty = false;
  for (const Index extent : shape) {
    alphabar::detail::require(extent >= 0, function,
                              alphabar::detail::element("shape", std::ssize(extents)), "be >= 0",
                              extent);
    elements = alphabar::detail::size_product(function, "the number of elements of shape", elements,
                                              (std::max)(extent, Index{1}));
    empty = empty || extent == 0;
    extents.push_back(static_cast<std::size_t>(extent));
  }
  alphabar::detail::require_size(function, "the number of elements of shape",
                                 std::ssize(view.values), empty ? 0 : elements);
  detail::write_npy(path, view.values, extents, false);
}

/// Reads a whole NPY file into an Eigen matrix or vector, a std::vector of float or double (arrays
/// of one axis), or an `Array` (any number of axes). An array of one axis becomes a column of a
/// matrix.
///
/// Booleans, integers of up to 64 bits and floating-point numbers of 16, 32 and 64 bits, in either
/// byte order and either order of axes, are converted to float or double, rounded once. NaN and
/// infinities are kept.
/// @throws BadFile, with file, place and reason, when the file cannot be read, is not NPY, does not
///     have exactly the bytes that its header states, has another shape than the requested type, or
///     has a number that a float cannot represent
template <class T>
[[nodiscard]] T read_npy(const std::string& path) {
  using Scalar = typename detail::ScalarOf<T>::type;
  static_assert(Real<Scalar>, "arrays are read into float or double");
  std::ifstream file = open_file(path);
  const std::size_t size = size_of(file, path);
  constexpr std::size_t block = 1 << 16;
  const ArrayLayout layout =
      npy_layout(path, read_bytes(file, path, 0, (std::min)(size, block + 16)));
  require_promised(path, size, layout);
  Array<Scalar> array{layout.shape, layout.fortran_order, {}};
  const std::size_t item = layout.item_size;
  array.values.reserve((size - layout.data_begin) / item);
  const NumberLoader number = number_loader<Scalar>(layout.kind, item);
  for (std::size_t begin = layout.data_begin; begin < size;) {
    const std::size_t count = (std::min)(block, size - begin);
    const std::string bytes = read_bytes(file, path, begin, count);
    for (std::size_t k = 0; k < count; k += item) {
      array.values.push_back(detail::fitted<Scalar>(number(&bytes[k], layout.byte_order), path,
                                                    byte_place(begin + k)));
    }
    begin += count;
  }
  return detail::converted<T>(std::move(array), path);
}

}  // namespace alphabar::io
