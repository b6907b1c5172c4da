// SPDX-License-Identifier: MIT
#include "alphabar/covariance/colored_noise.hpp"

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/covariance/propagate.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/noise/add_noise.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/unit_noise.hpp"

namespace colored_noise_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The matrix that makes a sample of coloured noise out of white noise.
template <class Covariance>
MatrixXd extracted(const Covariance& covariance, std::uint64_t sample) {
  const auto d = static_cast<std::uint64_t>(covariance.dimension());
  MatrixXd map(covariance.dimension(), covariance.dimension());
  for (std::uint64_t k = 0; k < d; ++k) {
    const ColoredNoise noise(covariance, test::UnitNoise<double>(sample * d + k));
    noise.fill(std::span(map.col(static_cast<Index>(k)).data(), d), sample * d);
  }
  return map;
}

// Would catch N for its root, and a sample that takes the numbers of another one.
TEST_CASE("ColoredNoise: samples have the covariance") {
  const auto check = [](const auto& covariance) {
    const MatrixXd map = extracted(covariance, 3);
    CHECK(test::relative_error(map * map.transpose(), covariance.matrix()) < 1e-14);
  };
  check(DenseCovariance(test::autoregressive(5, 0.8)));
  check(DiagonalCovariance(VectorXd{{4, 0, 0.25}}));
  check(LowRankCovariance(test::rotation(6).leftCols(2), VectorXd{{3, 1}}, 0.5));
  check(CirculantCovariance(VectorXd{{2, 1, 0.5, 1}}));
}

// Would catch offset noise whose strength is squared twice or not at all: ε + 0.1 z for all pixels
// of a 64 × 64 image has the variance 1 + 0.01 · 4096 in its mean mode.
TEST_CASE("ColoredNoise: offset noise") {
  constexpr Index d = 64 * 64;
  const VectorXd mean_mode = VectorXd::Constant(d, 1.0 / 64);
  const LowRankCovariance offset(mean_mode, VectorXd{{0.01 * d}}, 1.0);
  CHECK_THAT(mean_mode.dot(offset.apply([](double l) { return l; }, mean_mode)),
             WithinRel(41.96, 1e-13));
  CHECK_THAT(offset.leading_eigenvalues()(0), WithinRel(41.96, 1e-15));
}

// Would catch numbers that depend on where a buffer begins and ends.
TEST_CASE("ColoredNoise: the same bits however a range is split") {
  const ColoredNoise noise(DenseCovariance(test::autoregressive(7, 0.5)), NoiseStream(5));
  std::vector<double> whole(40);
  noise.fill(whole, 10);
  for (const std::size_t cut : {1U, 4U, 11U, 33U}) {
    std::vector<double> parts(40);
    noise.fill(std::span(parts).first(cut), 10);
    noise.fill(std::span(parts).subspan(cut), 10 + cut);
    CHECK(parts == whole);
  }
  for (std::size_t k = 0; k < whole.size(); ++k) CHECK(noise(10 + k) == whole[k]);
  CHECK(noise.substream(2)(3) == ColoredNoise(noise.covariance(), NoiseStream(5).substream(2))(3));
}

// Would catch white noise that is not itself any more.
TEST_CASE("ColoredNoise: N = I is the white noise") {
  const NoiseStream white(8);
  const ColoredNoise noise(IsotropicCovariance(1.0, 6), white);
  const MatrixXd x0 = test::rotation(6);
  MatrixXd expected(6, 6);
  MatrixXd found(6, 6);
  const TransitionKernel<double> kernel(0.75, 0.25);
  add_noise(kernel, x0, white, expected);
  add_noise(kernel, x0, noise, found);
  CHECK(found == expected);
}

// Would catch A and B for each other, a noise that is added without N, and a structure that is lost
// or kept where it must not be.
TEST_CASE("propagate: with coloured noise") {
  const TransitionKernel<double> kernel(0.75, 0.25);
  const DenseCovariance sigma(test::autoregressive(4, 0.6));
  const DiagonalCovariance diagonal(VectorXd{{1, 2, 3, 4}});
  const DiagonalCovariance noise(VectorXd{{2, 0, 1, 8}});
  const MatrixXd dense_noise = test::with_spectrum(VectorXd{{0.5, 1, 2, 3}});

  const auto mixed = propagate(kernel, sigma, DenseCovariance(dense_noise));
  CHECK(test::relative_error(mixed.matrix(), 0.75 * sigma.matrix() + 0.25 * dense_noise) < 1e-15);
  const auto of_diagonals = propagate(kernel, diagonal, noise);
  STATIC_REQUIRE(std::is_same_v<decltype(of_diagonals), const DiagonalCovariance<double>>);
  CHECK(of_diagonals.eigenvalues() == VectorXd{{1.25, 1.5, 2.5, 5}});
  const auto white = propagate(kernel, sigma, IsotropicCovariance(1.0, 4));
  CHECK(white.matrix() == propagate(kernel, sigma).matrix());
  CHECK(white.eigenvalues() == propagate(kernel, sigma).eigenvalues());
  CHECK(white.shares_basis(sigma));

  const Gaussian prior(VectorXd{{1, 2, 3, 4}}, sigma);
  const auto later = propagate(kernel, prior, noise);
  CHECK(later.mean() == kernel.signal_scale() * prior.mean());
  CHECK(later.covariance().matrix()(3, 3) == 0.75 + 0.25 * 8);
  CHECK(test::complaint([&] { (void)propagate(kernel, sigma, IsotropicCovariance(1.0, 3)); }) ==
        "invalid_argument: alphabar::propagate: the dimension of the noise must be 4, got 3");
}

// Would catch a sum of matrices in which the small eigenvalues of a shared basis are lost.
TEST_CASE("propagate: in a shared basis, graded eigenvalues keep their digits") {
  const TransitionKernel<double> kernel(0.75, 0.25);
  const VectorXd lambda{{1e-20, 1e-9, 3, 1e7}};
  const auto sigma = DenseCovariance<double>::from_spectrum(test::rotation(4), lambda);
  const auto tripled = propagate(kernel, sigma, sigma.mapped([](double x) { return 9 * x; }));
  CHECK(tripled.shares_basis(sigma));
  CHECK((tripled.eigenvalues().array() / lambda.array() - 3).abs().maxCoeff() <= 1e-15);
  const auto kept = propagate(TransitionKernel<double>(1, 0), sigma, sigma);
  CHECK(kept.eigenvalues() == lambda);

  const auto of_isotropic = propagate(kernel, IsotropicCovariance(0.0, 4), sigma);
  CHECK(of_isotropic.shares_basis(sigma));
  CHECK(of_isotropic.eigenvalues() == (lambda / 4).eval());
}

// Would catch a law that coloured noise does not obey: in the coordinates that whiten N, the step
// is one with white noise.
TEST_CASE("propagate: whitened, coloured noise is white") {
  const TransitionKernel<double> kernel(0.5, 0.5);
  const DenseCovariance noise(test::with_spectrum(VectorXd{{0.5, 1, 2, 3}}, 2));
  const auto whiten = [](double lambda) { return 1 / std::sqrt(lambda); };
  const auto whitened = [&](const MatrixXd& sigma) {
    const MatrixXd half = noise.apply(whiten, sigma);
    const MatrixXd both = noise.apply(whiten, MatrixXd(half.transpose()));
    return MatrixXd((both + both.transpose()) / 2);
  };
  const VectorXd mean{{1, -1, 2, 0}};
  const VectorXd x{{0.5, 1, -1, 2}};
  const MatrixXd sigma = test::autoregressive(4, 0.6);
  const auto colored = propagate(kernel, Gaussian(mean, sigma), noise);
  const auto white =
      propagate(kernel, Gaussian(noise.apply(whiten, mean), DenseCovariance(whitened(sigma))));
  CHECK_THAT(
      colored.log_density(x),
      WithinRel(white.log_density(noise.apply(whiten, x)) - noise.log_determinant() / 2, 1e-13));
}

}  // namespace colored_noise_test
