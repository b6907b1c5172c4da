// SPDX-License-Identifier: MIT
#include "alphabar/process/colored_diffusion.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "alphabar/covariance/cosine.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/covariance/kronecker.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/covariance/stationary.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/pivots.hpp"
#include "support/prior.hpp"
#include "support/unit_noise.hpp"

namespace colored_diffusion_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;
using test::relative_error;
using test::UnitNoise;

MatrixXd in_double(const auto& x) { return x.template cast<double>(); }

const VectorXd numbers{{1, -2, 3, 0.5, -0.25, 2}};
const VectorXd point{{0.3, 0.7, -4, 2, 0.1, -1}};

/// The results of a process for x_t = `point`, computed by the one template here and compared
/// elsewhere.
struct Answers {
  Index t;
  double alpha_bar, noise, alpha_bar_s, noise_s;
  MatrixXd mean, covariance, colored;                ///< of x_t
  MatrixXd score, of_noise, of_data, velocity, u;    ///< the predictions
  MatrixXd back_mean, back_covariance, drawn, draw;  ///< p(x_s | x_t); the draw is affine in z
  MatrixXd origin, flow;                             ///< to the end, affine in x
  double kl;
};

template <class Forward>
std::vector<Answers> ask(const Forward& forward) {
  const ReverseDiffusion reverse(forward);
  using Vector = typename Forward::Vector;
  using Scalar = typename Vector::Scalar;
  const Index d = forward.dimension();
  const Vector x = point.head(d).cast<Scalar>();
  const auto& schedule = forward.schedule();
  std::vector<Answers> all;
  for (const Index t : {1, 300, 500, 1000}) {
    const Index s = t / 2;
    Answers is;
    is.t = t;
    is.alpha_bar = double(schedule.alpha_bar(t));
    is.noise = double(schedule.one_minus_alpha_bar(t));
    is.alpha_bar_s = double(schedule.alpha_bar(s));
    is.noise_s = double(schedule.one_minus_alpha_bar(s));
    const auto marginal = forward.marginal(t);
    is.mean = in_double(marginal.mean());
    is.covariance = in_double(marginal.covariance().matrix());
    is.colored = in_double(forward.color(forward.whitened().marginal(t)).covariance().matrix());
    is.score = in_double(reverse.score(x, t));
    is.of_noise = in_double(reverse.predict(Prediction::noise, x, t));
    is.of_data = in_double(reverse.denoise(x, t));
    is.velocity = in_double(reverse.predict(Prediction::velocity, x, t));
    is.u = in_double(reverse.predict(Prediction::flow_velocity, x, t));
    const auto back = reverse.transition(x, t, s);
    is.back_mean = in_double(back.mean());
    is.back_covariance = in_double(back.covariance().matrix());
    const auto drawn = [&](const UnitNoise<Scalar>& z) {
      return in_double(reverse.draw(x, t, s, z));
    };
    const auto carried = [&](const Vector& from) { return in_double(reverse.flow(from, t, 1000)); };
    is.drawn = drawn(UnitNoise<Scalar>::silence());
    is.origin = carried(forward.mean(t));
    is.draw.resize(d, d);
    is.flow.resize(d, d);
    for (Index k = 0; k < d; ++k) {
      is.draw.col(k) =
          drawn({static_cast<std::uint64_t>(s), static_cast<std::uint64_t>(k)}) - is.drawn;
      is.flow.col(k) = carried(forward.mean(t) + Vector(Vector::Unit(d, k))) - is.origin;
    }
    is.kl = double(kl_divergence(forward.whitened().marginal(t)));
    all.push_back(is);
  }
  return all;
}

/// Compared with the textbook's formulas, by other ways than the library's, for the prior
/// N(numbers, S) and noise N(0, N).
void compare(const std::vector<Answers>& all, const MatrixXd& prior, const MatrixXd& noise,
             double unit) {
  const Index d = prior.rows();
  const VectorXd mu = numbers.head(d);
  const MatrixXd inverse = noise.inverse();
  const auto at = [&](double a, double b) { return MatrixXd(a * prior + b * noise); };
  for (const Answers& is : all) {
    CAPTURE(is.t, d, unit);
    const double a = is.alpha_bar;
    const double b = is.noise;
    const MatrixXd now = at(a, b);
    const MatrixXd before = at(is.alpha_bar_s, is.noise_s);
    const VectorXd centred = point.head(d) - std::sqrt(a) * mu;
    const Eigen::LDLT<MatrixXd> solver(now);
    const VectorXd solved = solver.solve(centred);
    const double kappa = now.norm() * now.inverse().norm() * noise.norm() * inverse.norm();
    const auto check = [&](const char* law, const MatrixXd& value, const MatrixXd& expected,
                           double scale) {
      CAPTURE(law);
      CHECK((value - expected).cwiseAbs().maxCoeff() <= 16 * unit * kappa * scale);
    };
    const double size = point.norm() + mu.norm();
    CHECK(relative_error(is.mean, std::sqrt(a) * mu) < 4 * unit);
    CHECK(relative_error(is.covariance, now) < 128 * unit);
    check("coloured marginal", is.colored, now, now.norm());

    const VectorXd of_noise = std::sqrt(b) * noise * solved;
    const VectorXd of_data = mu + std::sqrt(a) * prior * solved;
    check("score", is.score, -solved, solved.norm());
    check("noise", is.of_noise, of_noise, size);
    check("x0", is.of_data, of_data, size);
    check("velocity", is.velocity, std::sqrt(a) * of_noise - std::sqrt(b) * of_data, size);
    check("flow velocity", is.u, of_noise - of_data, size);

    const double signal = std::sqrt(a / is.alpha_bar_s);
    const MatrixXd gain = signal * solver.solve(before).transpose();
    const VectorXd mean = std::sqrt(is.alpha_bar_s) * mu + gain * centred;
    const MatrixXd left = before - signal * gain * before;
    check("mean of the transition", is.back_mean, mean, size);
    check("mean of the draw", is.drawn, mean, size);
    check("covariance of the transition", is.back_covariance, left, before.norm());
    check("covariance of the draw", is.draw * is.draw.transpose(), left, before.norm());

    // The flow maps one law to the other, and is symmetric where the noise is white.
    const MatrixXd end = at(all.back().alpha_bar, all.back().noise);
    check("flow of the mean", is.origin, std::sqrt(all.back().alpha_bar) * mu, size);
    check("flow", is.flow * now * is.flow.transpose(), end, end.norm() * kappa);
    check("flow, N-symmetric", is.flow * noise, noise * is.flow.transpose(), noise.norm() * kappa);

    const double kl =
        ((inverse * now).trace() - double(d) - std::log(now.determinant() / noise.determinant()) +
         a * mu.dot(inverse * mu)) /
        2;
    check("KL to the noise", MatrixXd::Constant(1, 1, is.kl), MatrixXd::Constant(1, 1, kl), 1 + kl);
  }
}

template <class Prior, class Noise>
void obeys_the_laws(const Prior& prior, const Noise& noise) {
  using Scalar = typename Prior::Vector::Scalar;
  const auto mean = numbers.head(prior.dimension()).template cast<Scalar>().eval();
  const ForwardDiffusion forward(Gaussian(mean, prior), linear_schedule<Scalar>(), noise);
  compare(ask(forward), in_double(prior.matrix()), in_double(noise.matrix()),
          double{std::numeric_limits<Scalar>::epsilon()});
}

const MatrixXd tilted = test::with_spectrum(VectorXd{{0.5, 1, 2, 3, 0.25, 4}}, 2);

/// Full rank, and rank 4 of 6.
const VectorXd spectra[] = {VectorXd{{4, 1, 20, 0.5, 0.25, 2}}, VectorXd{{4, 0, 20, 0.5, 0, 2}}};

// Would catch N for its root or its inverse, a map to or from the white coordinates that is missing
// or goes the wrong way, and noise that is added without N; for pairs without a common basis.
TEST_CASE("Coloured diffusion: the laws of a prior and a noise without a common basis") {
  for (const VectorXd& spectrum : spectra) {
    const DenseCovariance prior(test::with_spectrum(spectrum));
    obeys_the_laws(prior, DenseCovariance(tilted));
    obeys_the_laws(prior, DiagonalCovariance(VectorXd{{2, 1, 0.5, 3, 1, 0.25}}));
    obeys_the_laws(
        LowRankCovariance(test::rotation(6, 4).leftCols(2), VectorXd{{9, 3}}, spectrum.minCoeff()),
        CosineCovariance({2, 3, 1}, VectorXd{{2, 1, 0.5, 3, 1, 0.25}}));
    obeys_the_laws(DenseCovariance(prior.matrix().cast<float>()),
                   DenseCovariance(tilted.cast<float>()));
  }
  const DenseCovariance<double, 2> small(Eigen::Matrix2d{{4, 1.5}, {1.5, 1}});
  obeys_the_laws(small, DenseCovariance(Eigen::Matrix2d{{1, -0.5}, {-0.5, 2}}));
}

// The same for two of low rank, whose laws are of low rank; would catch a rest that is left out,
// columns that are not orthogonal, and rounding errors that count as variance.
TEST_CASE("Coloured diffusion: the laws of a prior and a noise of low rank") {
  const auto low_rank = [](Index r, std::uint64_t seed, double psi) {
    const VectorXd l = VectorXd{{9, 3, 0.5, -0.125, 2, 1}}.head(r);
    return LowRankCovariance(MatrixXd(test::rotation(6, seed).leftCols(r)), l, psi);
  };
  const auto check = [](const auto& prior, const auto& noise, Index rank) {
    obeys_the_laws(prior, noise);
    const ForwardDiffusion forward(Gaussian(numbers, prior), linear_schedule(), noise);
    CHECK(forward.whitened().prior().covariance().rank() == rank);
    CHECK(forward.whitened().prior().covariance().basis().cols() <= 6);
  };
  check(low_rank(2, 1, 0.5), low_rank(1, 2, 1), 6);
  check(low_rank(4, 1, 0.5), low_rank(3, 2, 1), 6);
  check(low_rank(2, 1, 0), low_rank(2, 2, 1), 2);
  check(low_rank(2, 1, 0.5), low_rank(6, 2, 0.25), 6);
  check(low_rank(3, 1, 0.5), low_rank(1, 1, 1), 6);  // along a column of the prior
  const auto point_mass = low_rank(2, 1, 0).mapped([](double) { return 0.0; });
  check(point_mass, low_rank(1, 2, 1), 0);
  const auto in_float = [](const auto& sigma) {
    return LowRankCovariance(
        sigma.basis().template cast<float>(),
        (sigma.leading_eigenvalues().array() - sigma.psi()).matrix().template cast<float>(),
        float(sigma.psi()));
  };
  obeys_the_laws(in_float(low_rank(2, 1, 0.5)), in_float(low_rank(1, 2, 1)));
}

// The same for two stationary ones with channels, each with a basis of its own for each wave; would
// catch a product in the wrong order, and a wave that takes the root of another.
TEST_CASE("Coloured diffusion: the laws of a stationary prior and a stationary noise") {
  const auto stationary = []<class Scalar>(const ImageShape& shape, double phase, Scalar rest) {
    const Index n = shape.pixels();
    const MatrixXd root = MatrixXd::NullaryExpr(6, 6, [&](Index i, Index j) {
      const Index y = (i % n / shape.width - j % n / shape.width + shape.height) % shape.height;
      const Index x = (i % shape.width - j % shape.width + shape.width) % shape.width;
      if (rest == 0 && j < n) return 0.0;  // a channel that is 0: a singular covariance
      return std::cos(phase + double(i / n) + 2.1 * double(j / n) + 0.9 * double(y) +
                      1.7 * double(x * x));
    });
    const MatrixXd sigma = root * root.transpose() + double(rest) * MatrixXd::Identity(6, 6);
    MatrixXd columns(6, shape.channels);
    for (Index c = 0; c < shape.channels; ++c) columns.col(c) = sigma.col(c * n);
    return StationaryCovariance<Scalar>::from_first_columns(shape, columns.cast<Scalar>());
  };
  for (const ImageShape& shape : {ImageShape{1, 3, 2}, ImageShape{2, 1, 3}, ImageShape{2, 3, 1}}) {
    CAPTURE(shape.height, shape.width, shape.channels);
    const auto noise = stationary(shape, 0.5, 0.75);
    obeys_the_laws(stationary(shape, 1, 0.5), noise);
    if (shape.channels > 1) obeys_the_laws(stationary(shape, 1, 0.0), noise);
    obeys_the_laws(stationary(shape, 1, 0.5F), stationary(shape, 0.5, 0.75F));
    CHECK(relative_error(StationaryCovariance<>::from_spectrum(shape, noise.spectrum()).matrix(),
                         noise.matrix()) < 1e-14);
  }
  CHECK(complaint([&] {
          (void)ForwardDiffusion(Gaussian(numbers, stationary({1, 6, 1}, 1, 0.5)),
                                 linear_schedule(), stationary({2, 3, 1}, 1, 0.5));
        }) ==
        "invalid_argument: alphabar::StationaryCovariance: the number of image shapes must be 1, "
        "got 2");
}

// Would catch a whitening that mixes coordinates of different units where N has none of it.
TEST_CASE("Coloured diffusion: noise in the units of the data keeps small coordinates") {
  const VectorXd units{{1e-6, 1, 1e5, 1e-3, 10, 1e7}};
  const MatrixXd correlation = test::autoregressive(6, 0.9);
  const DenseCovariance prior(MatrixXd(units.asDiagonal() * correlation * units.asDiagonal()));
  const ForwardDiffusion forward(Gaussian(VectorXd(units), prior), linear_schedule(),
                                 DiagonalCovariance(VectorXd(units.cwiseAbs2())));
  CHECK(relative_error(forward.whitened().prior().mean(), VectorXd::Ones(6)) < 1e-15);
  CHECK(relative_error(forward.whitened().prior().covariance().matrix(), correlation) < 1e-15);
}

// Would catch eigenvectors of N whose small entries are rounding errors of the large ones: those of
// Eigen's solver give errors of 5e-10 for variances over 14 decades. Units that are powers of 2
// scale all laws without rounding, so those of the scaled process are expected.
TEST_CASE("Coloured diffusion: correlated noise in any units keeps small coordinates") {
  const VectorXd units{{0x1p-10, 0x1p3, 0x1p13, 0x1p-2, 0x1p8, 0x1p-6}};
  const MatrixXd sigma = test::with_spectrum(spectra[0]);
  const auto scaled = [&](const MatrixXd& matrix) {
    return DenseCovariance(MatrixXd(units.asDiagonal() * matrix * units.asDiagonal()));
  };
  const ForwardDiffusion alike(Gaussian(numbers, sigma), linear_schedule(),
                               DenseCovariance(tilted));
  const ForwardDiffusion graded(Gaussian(VectorXd(units.cwiseProduct(numbers)), scaled(sigma)),
                                linear_schedule(), scaled(tilted));
  const ReverseDiffusion from_alike(alike);
  const ReverseDiffusion from_graded(graded);
  const VectorXd x = units.cwiseProduct(point);
  for (const Index t : {1, 300, 1000}) {
    CAPTURE(t);
    CHECK(relative_error(units.cwiseProduct(from_graded.score(x, t)), from_alike.score(point, t)) <
          1e-13);
    for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::velocity}) {
      CHECK(relative_error(from_graded.predict(kind, x, t).cwiseQuotient(units),
                           from_alike.predict(kind, point, t)) < 1e-13);
    }
    CHECK(relative_error(from_graded.flow(x, t, 500).cwiseQuotient(units),
                         from_alike.flow(point, t, 500)) < 1e-13);
    CHECK_THAT(kl_divergence(graded.whitened().marginal(t)),
               WithinRel(kl_divergence(alike.whitened().marginal(t)), 1e-12));
  }
}

// The same for pairs with a common basis, where nothing may become dense, or be factored.
TEST_CASE("Coloured diffusion: the laws in a common basis") {
  const VectorXd weights{{2, 1, 0.5, 3, 1, 0.25}};
  const ImageShape shape{2, 3, 1};
  const auto same_structure = [](const auto& prior, const auto& noise) {
    obeys_the_laws(prior, noise);
    using Prior = std::remove_cvref_t<decltype(prior)>;
    using Forward = decltype(ForwardDiffusion(Gaussian(prior.eigenvalues().eval(), prior),
                                              linear_schedule(), noise));
    STATIC_REQUIRE(std::is_same_v<typename Forward::Whitened,
                                  ForwardDiffusion<double, Eigen::Dynamic, Prior>>);
  };
  for (const VectorXd& spectrum : spectra) {
    same_structure(DiagonalCovariance(spectrum), DiagonalCovariance(weights));
    same_structure(CosineCovariance(shape, spectrum), CosineCovariance(shape, weights));
    const auto image = [&](const Eigen::RowVectorXcd& waves) {
      return StationaryCovariance<>::from_spectrum(shape, waves);
    };
    same_structure(image(spectrum.head(4).transpose().cast<std::complex<double>>()),
                   image(weights.head(4).transpose().cast<std::complex<double>>()));
    const DenseCovariance dense(test::with_spectrum(spectrum));
    const auto noise = dense.mapped([](double lambda) { return 2 / (1 + lambda); });
    same_structure(dense, noise);
    same_structure(dense, IsotropicCovariance(2.25, 6));
  }
  obeys_the_laws(IsotropicCovariance(2.25, 6), DenseCovariance(tilted));
  obeys_the_laws(IsotropicCovariance(0.0F, 6), DiagonalCovariance(weights.cast<float>().eval()));
}

// Would catch another process than today's where the noise is white.
TEST_CASE("Coloured diffusion: N = I is the white process, bit by bit") {
  const auto prior = test::any_prior();
  const ForwardDiffusion white(prior, linear_schedule());
  const ForwardDiffusion colored(prior, linear_schedule(), IsotropicCovariance(1.0, 5));
  const ReverseDiffusion from_white(white);
  const ReverseDiffusion from_colored(colored);
  const MatrixXd x = test::rotation(5);
  const NoiseStream noise(4);
  for (const Index t : {1, 2, 10, 333, 999, 1000}) {
    CAPTURE(t);
    CHECK(colored.mean(t) == white.mean(t));
    CHECK(colored.marginal(t).covariance().matrix() == white.marginal(t).covariance().matrix());
    CHECK(colored.marginal(t).covariance().eigenvalues() ==
          white.marginal(t).covariance().eigenvalues());
    CHECK(colored.whitened().covariance(t) == white.covariance(t));
    CHECK(colored.covariance_by_recursion(t) == white.covariance_by_recursion(t));
    CHECK(colored.sample(t, noise, 3, 2) == white.sample(t, noise, 3, 2));
    CHECK(colored.sample(t, noise, 3) == white.sample(t, noise, 3));
    CHECK(from_colored.score(x, t) == from_white.score(x, t));
    CHECK(from_colored.denoise(x, t) == from_white.denoise(x, t));
    CHECK(from_colored.predict(Prediction::velocity, x, t) ==
          from_white.predict(Prediction::velocity, x, t));
    CHECK(from_colored.flow(x, t, 500) == from_white.flow(x, t, 500));
    CHECK(from_colored.draw(x, t, t / 2, noise) == from_white.draw(x, t, t / 2, noise));
    CHECK(from_colored.transition(x.col(0), t, t / 2).covariance().matrix() ==
          from_white.transition(x.col(0), t, t / 2).covariance().matrix());
  }
  CHECK(colored.sample_by_steps(10, noise, 3) == white.sample_by_steps(10, noise, 3));
  CHECK(colored.sample_path(noise, 2) == white.sample_path(noise, 2));
  CHECK(from_colored.sample_by_steps(990, noise, 3) == from_white.sample_by_steps(990, noise, 3));
  CHECK(from_colored.teleport(400, noise, 3) == from_white.teleport(400, noise, 3));
}

// Would catch a recursion with I for N, a cross-covariance of another time, and a closed form in
// which A and B are exchanged.
TEST_CASE("Coloured diffusion: the recursion is the closed form") {
  const DenseCovariance prior(test::with_spectrum(spectra[1]));
  const ForwardDiffusion forward(Gaussian(numbers, prior), linear_schedule(),
                                 DenseCovariance(tilted));
  for (const Index t : test::times) {
    CAPTURE(t);
    const double a = forward.schedule().alpha_bar(t);
    const MatrixXd expected = a * prior.matrix() + (1 - a) * tilted;
    CHECK(relative_error(forward.covariance(t), expected) < 1e-15);
    CHECK(relative_error(forward.covariance_by_recursion(t), expected) < 4e-15);
    CHECK(relative_error(forward.cross_covariance(t / 2, t),
                         forward.schedule().transition(t / 2, t).signal_scale() *
                             forward.covariance(t / 2)) < 1e-15);
  }
}

// Would catch laws that are not those of whitened data: whitened by Cholesky's factor, which is
// another matrix than the library's, the data and the process have white noise.
TEST_CASE("Coloured diffusion: whitened data have the same laws") {
  const MatrixXd sigma = test::with_spectrum(spectra[0]);
  const MatrixXd l = tilted.llt().matrixL();
  const MatrixXd w = l.inverse();
  const ForwardDiffusion colored(Gaussian(numbers, sigma), linear_schedule(),
                                 DenseCovariance(tilted));
  const MatrixXd whitened = w * sigma * w.transpose();
  const ForwardDiffusion white(
      Gaussian(VectorXd(w * numbers), MatrixXd((whitened + whitened.transpose()) / 2)),
      linear_schedule());
  const ReverseDiffusion from_colored(colored);
  const ReverseDiffusion from_white(white);
  const VectorXd y = w * point;
  for (const Index t : {10, 500, 1000}) {
    CAPTURE(t);
    CHECK(relative_error(from_colored.score(point, t), w.transpose() * from_white.score(y, t)) <
          1e-12);
    CHECK(relative_error(from_colored.denoise(point, t), l * from_white.denoise(y, t)) < 1e-12);
    CHECK(relative_error(from_colored.flow(point, t, 300), l * from_white.flow(y, t, 300)) < 1e-12);
    CHECK_THAT(kl_divergence(colored.marginal(t), Gaussian(VectorXd::Zero(6), tilted)),
               WithinRel(kl_divergence(white.marginal(t)), 1e-9));
    CHECK_THAT(
        colored.marginal(t).log_density(point),
        WithinRel(white.marginal(t).log_density(y) - l.diagonal().array().log().sum(), 1e-12));
  }
}

// Would catch a strength that is squared twice or not at all: ε + 0.1 z for all pixels of a 64 × 64
// image has the variance 1 + 0.01 · 4096 in its mean mode, and 1 in all others.
TEST_CASE("Coloured diffusion: offset noise, d = 4096") {
  constexpr Index d = 64 * 64;
  const VectorXd mean_mode = VectorXd::Constant(d, 1.0 / 64);
  const LowRankCovariance offset(mean_mode, VectorXd{{0.01 * d}}, 1.0);
  const ForwardDiffusion forward(
      Gaussian(VectorXd::Zero(d), offset.mapped([](double nu) { return nu > 2 ? 100.0 : 0.25; })),
      linear_schedule(), offset);
  const auto end = forward.marginal(1000).covariance();
  const double kept = forward.schedule().alpha_bar(1000);
  CHECK_THAT(end.leading_eigenvalues()(0), WithinRel(kept * 100 + (1 - kept) * 41.96, 1e-14));
  CHECK_THAT(end.psi(), WithinRel(kept * 0.25 + 1 - kept, 1e-14));
  const auto& whitened = forward.whitened().prior().covariance();
  CHECK_THAT(whitened.leading_eigenvalues()(0), WithinRel(100 / 41.96, 1e-14));
  CHECK_THAT(whitened.psi(), WithinRel(0.25, 1e-15));

  // With a prior that has directions of its own, along the first pixel and across the image.
  MatrixXd u = MatrixXd::Zero(d, 2);
  u(0, 0) = 1;
  u.col(1).tail(d - 1).setConstant(1 / std::sqrt(d - 1.0));
  const LowRankCovariance prior(u, VectorXd{{300, 40}}, 0.5);
  const ForwardDiffusion other(Gaussian(VectorXd::Zero(d), prior), linear_schedule(), offset);
  const auto variance = [&](const auto& sigma) {
    return mean_mode.dot(sigma.apply([](double lambda) { return lambda; }, mean_mode));
  };
  const double half = other.schedule().alpha_bar(500);
  CHECK_THAT(variance(other.marginal(500).covariance()),
             WithinRel(half * variance(prior) + (1 - half) * 41.96, 1e-12));
  CHECK(other.whitened().prior().covariance().basis().cols() == 3);
}

// Would catch normals that are used twice, and steps that are not coloured. False alarm: about 100
// pivots, each at 1e-12, so that correct code fails once in 1e10 changes of the noise. Power: as in
// sampling.statistics.test.cpp for 4000 samples.
TEST_CASE("Coloured diffusion: samples have the law of x_t") {
  const Gaussian prior(numbers, test::with_spectrum(spectra[1]));
  const ForwardDiffusion forward(prior, linear_schedule(), DenseCovariance(tilted));
  const ReverseDiffusion reverse(forward);
  const auto check = [&](Index t, const MatrixXd& x) {
    const double a = forward.schedule().alpha_bar(t);
    const MatrixXd sigma = a * prior.covariance().matrix() + (1 - a) * tilted;
    const MatrixXd centred = x.colwise() - std::sqrt(a) * numbers;
    const auto [name, p] = test::worst_pivot(sigma.llt().matrixL().solve(centred));
    CAPTURE(t, name);
    CHECK(p > 1e-12);
  };
  check(500, forward.sample(500, NoiseStream(1), 4000));
  check(20, forward.sample_by_steps(20, NoiseStream(2), 4000));
  check(980, reverse.sample_by_steps(980, NoiseStream(3), 4000));
  const MatrixXd later = forward.sample(500, NoiseStream(4), 4000);
  check(100, reverse.draw(later, 500, 100, NoiseStream(5)));
}

// Would catch noise that has no score, and laws in a basis that is not the noise's.
TEST_CASE("Coloured diffusion: what it refuses") {
  const Gaussian prior(VectorXd::Zero(2), DiagonalCovariance(VectorXd{{1, 2}}));
  const auto with = [&](const auto& p, const auto& noise) {
    return complaint([&] { (void)ForwardDiffusion(p, linear_schedule(), noise); });
  };
  const std::string start = "invalid_argument: alphabar::ForwardDiffusion: ";
  CHECK(with(prior, DiagonalCovariance(VectorXd{{1, 0}})) ==
        start + "the rank of the noise covariance must be 2, got 1");
  CHECK(with(prior, IsotropicCovariance(1.0, 3)) ==
        start + "the dimension of the noise covariance must be 2, got 3");
  const auto kronecker = [](double correlation) {
    const Eigen::Matrix2d left{{1, correlation}, {correlation, 2}};
    return KroneckerCovariance(MatrixXd(left), MatrixXd(MatrixXd::Identity(1, 1)));
  };
  const Gaussian separable(VectorXd::Zero(2), kronecker(0.5));
  CHECK(with(separable, kronecker(-0.5)) ==
        "invalid_argument: alphabar::KroneckerCovariance::combined: the number of eigenbases must "
        "be 1; DenseCovariance(other.matrix()) combines with all, got 2");
  CHECK(with(separable, DenseCovariance(kronecker(-0.5).matrix())) == "nothing");
}

}  // namespace colored_diffusion_test
