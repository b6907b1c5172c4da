// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <complex>
#include <unsupported/Eigen/FFT>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// The discrete Fourier transform of n real numbers, F_k = Σ_j x_j e^(−2πi jk/n) for k = 0..n/2,
/// and its inverse. The other frequencies are the conjugates of these.
///
/// It is Eigen's FFT, or FFTW where EIGEN_FFTW_DEFAULT is defined before the first include and
/// fftw3 and fftw3f are linked (several threads need fftw_make_planner_thread_safe()). An object
/// holds tables and buffers: use one per thread.
/// Cost: n log n for n with small prime factors, n times the largest factor otherwise; half of that
/// for multiples of 4. n < 2³¹.
template <Real Scalar>
class RealFft {
 public:
  using Complex = std::complex<Scalar>;

  explicit RealFft(Index n) : n_(n) { fft_.SetFlag(Eigen::FFT<Scalar>::HalfSpectrum); }

  void forward(const Scalar* x, Complex* spectrum) {
    if (n_ == 1) {
      *spectrum = *x;
    } else {
      fft_.fwd(spectrum, x, n_);
    }
  }

  void inverse(const Complex* spectrum, Scalar* x) {
    if (n_ == 1) {
      *x = spectrum->real();
    } else {
      fft_.inv(x, spectrum, n_);
    }
  }

 private:
  Index n_;
  Eigen::FFT<Scalar> fft_;
};

/// The discrete Fourier transform of height × width real numbers, stored by rows, and its inverse.
/// It stores width/2 + 1 horizontal frequencies; the others are conjugates of these. Use one object
/// per thread.
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
      Eigen::Map<Column, Eigen::Unaligned, Eigen::InnerStride<>> column(
          modes + x, height_, Eigen::InnerStride<>(kept()));
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
