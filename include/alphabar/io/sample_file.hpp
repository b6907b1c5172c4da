// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/io/array_layout.hpp"
#include "alphabar/io/bad_file.hpp"
#include "alphabar/io/idx_header.hpp"
#include "alphabar/io/npy_header.hpp"

namespace alphabar::io {

/// An NPY or IDX file of samples that may be larger than the memory. Its header is read at once,
/// its samples on request, any range in any order. Needs no Eigen.
///
///     io::SampleFile file("data.npy");
///     Moments<float> moments;
///     for (Index first = 0; first < file.count(); first += 1000) {
///       Eigen::MatrixXf batch(file.dimension(), (std::min<Index>)(1000, file.count() - first));
///       file.read(first, batch);
///       moments.add(batch);
///     }
///
/// The first axis counts samples; all others are flattened, the last one fastest, as stored in the
/// file. Booleans, integers up to 64 bits and floating-point numbers of 16, 32 and 64 bits, in
/// either byte order, are converted to the requested Scalar. Headers up to 64 KiB are accepted
/// (numpy.load refuses those above 10000 characters). Fortran order, in which a sample is not
/// contiguous, and compression are not supported. Memory: 64 KiB for any file.
class SampleFile {
 public:
  /// @throws BadFile when the file cannot be opened, is neither NPY nor IDX, or does not have
  ///     exactly the bytes that its header states
  explicit SampleFile(const std::string& path) : path_(path), file_(open_file(path)) {
    const std::size_t size = size_of(file_, path_);
    const std::string head = read_bytes(file_, path_, 0, (std::min)(size, longest_header));
    if (!recognizes(head)) refuse_file(path_, byte_place(0), "is neither NPY nor IDX");
    layout_ = head.front() == '\0' ? idx_layout(path_, head) : npy_layout(path_, head);
    require_complete(path_, size, layout_);
    if (layout_.fortran_order) {
      refuse_file(path_, byte_place(0), "is in Fortran order; needed is one sample after another");
    }
    dimension_ = values_per_sample(layout_);
  }

  /// Whether a file that begins with these bytes may be NPY or IDX.
  [[nodiscard]] static bool recognizes(std::string_view first_bytes) {
    return first_bytes.starts_with('\x93') || first_bytes.starts_with('\0');
  }

  /// The number of samples.
  [[nodiscard]] Index count() const { return static_cast<Index>(layout_.shape.front()); }
  /// The number of values of a sample.
  [[nodiscard]] Index dimension() const { return static_cast<Index>(dimension_); }
  /// The length of each axis, that of the samples first.
  [[nodiscard]] const std::vector<std::size_t>& shape() const& noexcept { return layout_.shape; }

  /// Fills `out` with whole samples from number `first` on, one after another. `out` is any
  /// contiguous buffer, for example an Eigen matrix with one sample per column.
  /// @throws BadFile for a value that is not finite or does not fit the type, and when the file has
  ///     changed
  /// @throws std::invalid_argument for a buffer that is not a whole number of samples, or more than
  ///     the file has; std::out_of_range unless all of them are in the file
  template <WritableBuffer Out>
  void read(Index first, Out&& out) {
    constexpr std::string_view function = "io::SampleFile::read";
    const auto values = alphabar::detail::contiguous(out, function, "out");
    using Scalar = typename decltype(values)::element_type;
    static_assert(Real<Scalar>, "samples are read into floating-point numbers");
    const std::size_t samples = values.size() / dimension_;
    alphabar::detail::require(samples * dimension_ == values.size(), function, "the size of out",
                              "be a multiple of " + std::to_string(dimension_), values.size());
    const std::size_t all = layout_.shape.front();
    alphabar::detail::require(samples <= all, function, "the number of samples asked for",
                              "be at most " + std::to_string(all), samples);
    alphabar::detail::require_in_range(function, "first", 0, count() - static_cast<Index>(samples),
                                       first);
    const NumberLoader number = number_loader<Scalar>(layout_.kind, layout_.item_size);
    const std::size_t begin = static_cast<std::size_t>(first) * dimension_;
    const std::size_t most = buffer_size / layout_.item_size;
    for (std::size_t done = 0; done < values.size(); done += most) {
      const auto part = values.subspan(done, (std::min)(most, values.size() - done));
      const std::size_t at = layout_.data_begin + (begin + done) * layout_.item_size;
      const std::string bytes = read_bytes(file_, path_, at, part.size() * layout_.item_size);
      for (std::size_t k = 0; k < part.size(); ++k) {
        const double value = number(&bytes[k * layout_.item_size], layout_.byte_order);
        part[k] = static_cast<Scalar>(value);
        if (std::isfinite(part[k])) continue;
        refuse_file(path_, byte_place(at + k * layout_.item_size),
                    "sample " + std::to_string((begin + done + k) / dimension_) +
                        (std::isfinite(value) ? " holds a value that does not fit into out"
                                              : " holds a value that is not finite"));
      }
    }
  }

 private:
  static constexpr std::size_t buffer_size = 1 << 16;
  static constexpr std::size_t longest_header = buffer_size + 16;  // with the bytes before the text

  std::string path_;
  std::ifstream file_;
  ArrayLayout layout_;
  std::size_t dimension_ = 0;
};

}  // namespace alphabar::io
