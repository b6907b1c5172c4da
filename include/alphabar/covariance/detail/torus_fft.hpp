// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/real_fft.hpp"

namespace alphabar::detail {

/// The discrete Fourier transform of a plane of real numbers, height × width, row by row, and its
/// inverse. Of the width/2 + 1 horizontal frequencies kept, all but the first, and the last of an
/// even width, stand for their mirror images, too. One object per thread, as for RealFft.
template <Real Scalar>
class TorusFft {
 public:
  using Complex = std::complex<Scalar>;

  TorusFft(Index height, Index width)
      : height_(height), width_(width), across_(width), column_(height), transformed_(height) {}

  void forward(const Scalar* plane, Complex* modes) {
    for (Index y = 0; y < height_; ++y) across_.forward(plane + y * width_, modes + y * kept());
    for_each_column(modes, [&] { down_.fwd(transformed_.data(), column_.data(), height_); });
  }

  /// Overwrites the modes.
  void inverse(Complex* modes, Scalar* plane) {
    for_each_column(modes, [&] { down_.inv(transformed_.data(), column_.data(), height_); });
    for (Index y = 0; y < height_; ++y) across_.inverse(modes + y * kept(), plane + y * width_);
  }

 private:
  using Column = Eigen::Matrix<Complex, Eigen::Dynamic, 1>;

  [[nodiscard]] Index kept() const { return width_ / 2 + 1; }

  template <class Transform>
  void for_each_column(Complex* modes, Transform transform) {
    if (height_ == 1) return;
    for (Index x = 0; x < kept(); ++x) {
      Eigen::Map<Column, 0, Eigen::InnerStride<>> column(modes + x, height_,
                                                         Eigen::InnerStride<>(kept()));
      column_ = column;
      transform();
      column = transformed_;
    }
  }

  Index height_;
  Index width_;
  RealFft<Scalar> across_;
  Eigen::FFT<Scalar> down_;
  Column column_;
  Column transformed_;
};

}  // namespace alphabar::detail
