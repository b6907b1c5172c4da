// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>
#include <unsupported/Eigen/FFT>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/image_shape.hpp"

namespace alphabar::detail {

/// The discrete Fourier transform of an image, channel by channel, and its inverse. For height 1,
/// F_k = Σ_j x_j e^(−2πi jk/width). It stores the horizontal frequencies 0..width/2; the others are
/// conjugates of these.
///
/// It is Eigen's FFT, or FFTW where EIGEN_FFTW_DEFAULT is defined before the first include and
/// fftw3 and fftw3f are linked (several threads need fftw_make_planner_thread_safe()). An object
/// holds tables and buffers: use one per thread.
/// Cost: n log n for n numbers, if height and width have small prime factors, n times the largest
/// factor otherwise; half of that for widths that are multiples of 4. height, width < 2³¹.
template <Real Scalar>
class ImageFft {
 public:
  using Complex = std::complex<Scalar>;

  explicit ImageFft(const ImageShape& shape)
      : shape_(shape), column_(shape.height), transformed_(shape.height) {
    fft_.SetFlag(Eigen::FFT<Scalar>::HalfSpectrum);
  }

  void forward(const Scalar* image, Complex* modes) {
    for (Index row = 0; row < shape_.height * shape_.channels; ++row) {
      if (shape_.width == 1) {
        modes[row] = image[row];
      } else {
        fft_.fwd(modes + row * kept(), image + row * shape_.width, shape_.width);
      }
    }
    for_each_column(modes, [&] { fft_.fwd(transformed_.data(), column_.data(), shape_.height); });
  }

  /// Overwrites the modes.
  void inverse(Complex* modes, Scalar* image) {
    for_each_column(modes, [&] { fft_.inv(transformed_.data(), column_.data(), shape_.height); });
    for (Index row = 0; row < shape_.height * shape_.channels; ++row) {
      if (shape_.width == 1) {
        image[row] = modes[row].real();
      } else {
        fft_.inv(image + row * shape_.width, modes + row * kept(), shape_.width);
      }
    }
  }

 private:
  using Column = Eigen::Matrix<Complex, Eigen::Dynamic, 1>;

  [[nodiscard]] Index kept() const { return shape_.width / 2 + 1; }

  template <class Transform>
  void for_each_column(Complex* modes, Transform transform) {
    if (shape_.height == 1) return;
    for (Index k = 0; k < kept() * shape_.channels; ++k) {
      Complex* first = modes + k / kept() * shape_.height * kept() + k % kept();
      Eigen::Map<Column, Eigen::Unaligned, Eigen::InnerStride<>> column(
          first, shape_.height, Eigen::InnerStride<>(kept()));
      column_ = column;
      transform();
      column = transformed_;
    }
  }

  ImageShape shape_;
  Eigen::FFT<Scalar> fft_;
  Column column_;
  Column transformed_;
};

}  // namespace alphabar::detail
