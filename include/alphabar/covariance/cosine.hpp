// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <complex>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/fft.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/image_shape.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// A covariance of images in the basis of the cosine transform (DCT-II), for blurred images and
/// blurred noise. Images are mirrored at their borders (Neumann), where StationaryCovariance
/// continues them periodically. Mode (p, q) is
/// cos(πp(y + ½)/height) cos(πq(x + ½)/width), scaled to length 1. All channels have the same
/// spectrum, and are not correlated with each other.
///
/// f(Σ)x is a filter on a torus of 2 height × 2 width that holds the image and its mirror images.
/// No basis is stored. Cost: two FFTs of four times the pixels per channel.
/// Accuracy: f(Σ)x within 16 log2(8d) u max|f(λ)| |x|, plus p u for a prime factor p > 7 of height
/// or width.
template <Real Scalar = double>
class CosineCovariance : public SpectralCovariance<CosineCovariance<Scalar>, ImageShape,
                                                   Eigen::Matrix<Scalar, Eigen::Dynamic, 1>> {
  using Base = typename CosineCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Vector;

  /// From the eigenvalues; that of mode (p, q) is at p width + q.
  /// @throws std::invalid_argument unless there are height · width eigenvalues, finite and >= 0
  template <VectorOf<Scalar, Eigen::Dynamic> V>
  CosineCovariance(const ImageShape& shape, const V& spectrum) {
    detail::require_shape(name, shape);
    detail::require_size(name, "the size of spectrum", shape.pixels(), spectrum.rows());
    basis_ = shape;
    spectrum_ = spectrum;
    detail::require_spectrum(name, "spectrum", spectrum_);
  }

  /// Height, width and channels of the images.
  [[nodiscard]] const ImageShape& shape() const noexcept { return basis_; }
  [[nodiscard]] Index dimension() const noexcept { return basis_.size(); }

 private:
  using Base::basis_;
  using Base::spectrum_;
  static constexpr auto name = "CosineCovariance";

  CosineCovariance() = default;

  template <class Visit>
  void visit_modes(Visit visit) const {
    visit(spectrum_, basis_.channels);
  }

  template <class Y>
  void multiply(const Vector& gains, Y& y) const {
    const auto [height, width, channels] = basis_;
    detail::ImageFft<Scalar> fft({2 * height, 2 * width});
    Vector torus(4 * height * width);
    Eigen::Matrix<std::complex<Scalar>, Eigen::Dynamic, 1> waves(2 * height * (width + 1));
    for (Index plane = 0; plane < channels * y.cols(); ++plane) {
      Eigen::Map<Vector> image(y.data() + plane * height * width, height * width);
      for (Index v = 0; v < 2 * height; ++v) {
        const auto row = image.segment((std::min)(v, 2 * height - 1 - v) * width, width);
        torus.segment(2 * v * width, width) = row;
        torus.segment((2 * v + 1) * width, width) = row.reverse();
      }
      fft.forward(torus.data(), waves.data());
      for (Index p = 0; p < 2 * height; ++p) {
        for (Index q = 0; q <= width; ++q) {  // mirrored images have no Nyquist wave
          const Index down = (std::min)(p, 2 * height - p);
          waves(p * (width + 1) + q) *=
              down < height && q < width ? gains(down * width + q) : Scalar(0);
        }
      }
      fft.inverse(waves.data(), torus.data());
      for (Index v = 0; v < height; ++v) {
        image.segment(v * width, width) = torus.segment(2 * v * width, width);
      }
    }
  }
};

template <EigenMatrix V>
CosineCovariance(const ImageShape&, const V&) -> CosineCovariance<typename V::Scalar>;

}  // namespace alphabar
