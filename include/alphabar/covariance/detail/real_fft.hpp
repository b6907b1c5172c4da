// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <unsupported/Eigen/FFT>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// The discrete Fourier transform of n real numbers, F_k = Σ_j x_j e^(−2πi jk/n), and its inverse.
/// Kept are k = 0..n/2; the other frequencies are their conjugates.
///
/// Eigen's own transform, or FFTW's where EIGEN_FFTW_DEFAULT is defined before the first include
/// and fftw3 and fftw3f are linked (whose plans several threads may make at once only after
/// fftw_make_planner_thread_safe()). Tables and buffers are kept: use one object per thread.
/// Cost: n log n for n with small prime factors, n times the largest otherwise; half of it for
/// multiples of 4. n < 2³¹.
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

}  // namespace alphabar::detail
