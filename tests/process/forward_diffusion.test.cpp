// SPDX-License-Identifier: MIT
#include "alphabar/process/forward_diffusion.hpp"

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/prior.hpp"
#include "support/special_values.hpp"

namespace forward_diffusion_test {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using test::any_prior;
using test::complaint;
using test::infinity;
using test::relative_error;
using test::times;

/// The numbers of a kernel are correctly rounded; a law adds a few roundings to that.
template <class Scalar>
constexpr double few_ulps = 8 * std::numeric_limits<Scalar>::epsilon();

// The two basic statements of the library: would catch a new eigen-decomposition per time,
// and a prior that is not turned with its basis.
TEMPLATE_TEST_CASE("ForwardDiffusion: the eigenvectors do not change", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const ForwardDiffusion forward(any_prior<TestType>(), linear_schedule<TestType>());
  const Matrix turn = test::rotation(5, 2).cast<TestType>();
  const auto& prior = forward.prior();
  const Matrix turned_sigma = turn * prior.covariance().matrix() * turn.transpose();
  const ForwardDiffusion turned(Gaussian(turn * prior.mean(), turned_sigma), forward.schedule());
  const auto& basis = prior.covariance().eigenvectors();
  for (const Index t : times) {
    INFO("t = " << t);
    const auto marginal = forward.marginal(t);
    const auto& lambda = marginal.covariance().eigenvalues();
    CHECK(&marginal.covariance().eigenvectors() == &basis);
    CHECK(relative_error(forward.covariance(t) * basis, Matrix(basis * lambda.asDiagonal())) <
          2 * few_ulps<TestType>);
    CHECK(relative_error(turned.covariance(t), Matrix(turn * forward.covariance(t) *
                                                      turn.transpose())) < 2 * few_ulps<TestType>);
    CHECK(relative_error(turned.mean(t), turn * forward.mean(t)) < 2 * few_ulps<TestType>);
  }
}

// Would catch any term that is not homogeneous in Σ and μμᵀ: this is why the mean may be dropped.
TEST_CASE("ForwardDiffusion: the second moment obeys the law of the covariance") {
  const ForwardDiffusion forward(any_prior(), linear_schedule());
  const auto second_moment = [&](Index t) {
    return (forward.covariance(t) + forward.mean(t) * forward.mean(t).transpose()).eval();
  };
  for (const Index t : times) {
    const auto expected = propagate(forward.schedule().transition(0, t), second_moment(0));
    CHECK(relative_error(second_moment(t), expected) < few_ulps<double>);
  }
}

// Would catch noise of another variance than 1 − ᾱ: the identity would not stay.
TEMPLATE_TEST_CASE("ForwardDiffusion: the identity is fixed, everything else converges to it", "",
                   float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  const Matrix identity = Matrix::Identity(5, 5);
  const auto schedule = cosine_schedule<TestType>();
  const ForwardDiffusion resting(Gaussian(Vector(Vector::Zero(5)), identity), schedule);
  const ForwardDiffusion forward(any_prior<TestType>(), schedule);
  TestType before = std::numeric_limits<TestType>::infinity();
  for (Index t = 0; t <= schedule.steps(); ++t) {
    const auto sigma = resting.covariance(t);
    REQUIRE(relative_error(sigma, identity) <= std::numeric_limits<TestType>::epsilon());
    REQUIRE(sigma == Matrix(sigma.diagonal().asDiagonal()));
    const TestType gap = kl_divergence(forward.marginal(t));
    REQUIRE(gap <= before);
    before = gap;
  }
  CHECK(resting.covariance_by_recursion(1000) == identity);
  CHECK(before < 1e-7);
}

// Numbers from elsewhere (mpmath, 40 digits; β linear 1e-4..0.02, T = 1000): would catch a mistake
// that the formulas above and the library have in common.
TEST_CASE("ForwardDiffusion: known numbers") {
  const Gaussian prior(Vector2d(1, -2), Matrix2d{{4, 1.5}, {1.5, 1}});
  const ForwardDiffusion forward(prior, linear_schedule());
  struct Known {
    Index t;
    double variance, correlation, log_determinant, gap;
  };
  for (const Known& known :
       {Known{1, 3.9997, 1.49985, 0.5597014856918364898, 3.7197492571540817550},
        Known{100, 3.6910544370248811091, 1.3455272185124405455, 0.6315966928100196999,
              3.2722742362948316049},
        Known{500, 1.2357617286453347120, 0.11788086432266735601, 0.2003790596902895355,
              0.21415944168196817261},
        Known{1000, 1.0001210748929612704, 0.00006053744648063524972, 0.000121063899649207825,
              0.00010090124079042342004}}) {
    INFO("t = " << known.t);
    for (const Matrix2d& sigma :
         {forward.covariance(known.t), forward.covariance_by_recursion(known.t)}) {
      CHECK_THAT(sigma(0, 0), WithinRel(known.variance, 1e-15));
      CHECK_THAT(sigma(0, 1), WithinRel(known.correlation, 1e-14));
      CHECK(sigma(1, 0) == sigma(0, 1));
      CHECK_THAT(sigma(1, 1), WithinRel(1.0, 1e-15));
    }
    const auto marginal = forward.marginal(known.t);
    CHECK_THAT(marginal.covariance().log_determinant(), WithinAbs(known.log_determinant, 1e-15));
    CHECK_THAT(kl_divergence(marginal), WithinRel(known.gap, 1e-14));
  }
}

// Would catch 0/0 or a lower bound of the eigenvalues: for one point, x_t has exactly the variance
// of the noise.
TEMPLATE_TEST_CASE("ForwardDiffusion: from one point, x_t is q(x_t | x_0)", "", float, double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const Vector x0{{3, -1, 0.5F}};
  const Matrix identity = Matrix::Identity(3, 3);
  const ForwardDiffusion forward(Gaussian(x0, 0 * identity), linear_schedule<TestType>());
  const NoiseStream<TestType> noise(1);
  CHECK(forward.sample(0, noise, 1) == x0);
  for (const Index t : {1, 2, 500, 1000}) {
    const auto kernel = forward.schedule().transition(0, t);
    const auto marginal = forward.marginal(t);
    const TestType variance = kernel.noise_variance();
    CHECK(marginal.mean() == kernel.signal_scale() * x0);
    CHECK(marginal.covariance().matrix() == variance * identity);
    CHECK(marginal.covariance().eigenvalues() == Vector::Constant(3, variance));
    CHECK(relative_error(forward.covariance_by_recursion(t), variance * identity) <
          few_ulps<TestType>);
    Vector jumped(3);
    add_noise(kernel, x0, noise, jumped);
    CHECK(relative_error(forward.sample(t, noise, 1), jumped) < few_ulps<TestType>);
    const double squared = (jumped - marginal.mean()).squaredNorm() / variance;
    const double expected = -(squared + 3 * std::log(2 * std::numbers::pi * variance)) / 2;
    CHECK_THAT(double(marginal.log_density(jumped)), WithinRel(expected, 1e-5));
  }
}

// Would catch a special case that is none, or one that is missing.
TEST_CASE("ForwardDiffusion: the limits of a schedule") {
  const auto prior = any_prior();
  const auto over = [&](const std::vector<double>& betas) {
    return ForwardDiffusion(prior, NoiseSchedule<>::from_betas(betas));
  };
  const MatrixXd identity = MatrixXd::Identity(5, 5);
  const MatrixXd sigma = prior.covariance().matrix();
  const NoiseStream noise(1);
  SECTION("t = 0 is the prior, beta = 0 does nothing") {
    const auto still = over({0, 0, 0});
    for (const Index t : {0, 3}) {
      CHECK(still.mean(t) == prior.mean());
      CHECK(still.covariance(t) == sigma);
      CHECK(still.covariance_by_recursion(t) == sigma);
      CHECK(still.marginal(t).covariance().eigenvalues() == prior.covariance().eigenvalues());
      CHECK(still.sample(t, noise, 2) == prior.sample(noise, 2));
      CHECK(still.sample_by_steps(t, noise, 2) == prior.sample(noise.substream(0), 2));
    }
  }
  SECTION("beta = 1 erases the data, at any step") {
    const auto erased = over({0.1, 1, 0.2});
    for (const Index t : {2, 3}) {
      CHECK(erased.mean(t) == VectorXd::Zero(5));
      CHECK(erased.covariance(t) == identity);
      CHECK(relative_error(erased.covariance_by_recursion(t), identity) < few_ulps<double>);
      CHECK(erased.cross_covariance(1, t) == MatrixXd::Zero(5, 5));
      CHECK(kl_divergence(erased.marginal(t)) == 0);
    }
    CHECK(relative_error(erased.cross_covariance(2, 3), std::sqrt(0.8) * identity) <
          few_ulps<double>);
    CHECK(relative_error(erased.covariance(1), 0.9 * sigma + 0.1 * identity) < few_ulps<double>);
  }
  SECTION("where alpha_bar is 0 and its root is not") {
    const auto long_process = over(std::vector<double>(2000, 0.5));
    CHECK(long_process.schedule().alpha_bar(2000) == 0);
    CHECK(long_process.mean(2000) == 0x1p-1000 * prior.mean());
    CHECK(long_process.covariance(2000) == identity);
    CHECK(relative_error(long_process.covariance_by_recursion(2000), identity) < 1e-300);
    CHECK(long_process.cross_covariance(0, 2000) == 0x1p-1000 * sigma);
  }
}

// Would catch a formula that is another for the one structure than for the other.
TEMPLATE_TEST_CASE("ForwardDiffusion: a diagonal prior is a dense one", "", float, double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  const Vector mean{{1, -2, 3, 0.5F}};
  const Vector variances{{0, 0.01F, 4, 100}};
  const auto schedule = linear_schedule<TestType>();
  const ForwardDiffusion diagonal(Gaussian(mean, DiagonalCovariance(variances)), schedule);
  const ForwardDiffusion dense(Gaussian(mean, variances.asDiagonal().toDenseMatrix()), schedule);
  const NoiseStream<TestType> noise(1);
  for (const Index t : times) {
    INFO("t = " << t);
    const auto one = diagonal.marginal(t);
    const auto other = dense.marginal(t);
    CHECK(diagonal.mean(t) == dense.mean(t));
    CHECK(one.mean() == other.mean());
    CHECK(one.covariance().matrix() == other.covariance().matrix());
    CHECK(relative_error(diagonal.sample(t, noise, 3), dense.sample(t, noise, 3)) <
          few_ulps<TestType>);
    CHECK(relative_error(diagonal.sample_by_steps(t, noise, 3),
                         dense.sample_by_steps(t, noise, 3)) < few_ulps<TestType>);
    if (t == 0) {
      CHECK(kl_divergence(one) == infinity);
      CHECK(kl_divergence(other) == infinity);
    } else {
      const double tolerance = few_ulps<TestType>;
      CHECK_THAT(one.log_density(mean), WithinRel(other.log_density(mean), TestType(tolerance)));
      CHECK_THAT(kl_divergence(one), WithinRel(kl_divergence(other), TestType(tolerance)));
    }
  }
}

// Would catch a time that is clamped, and a message without the value.
TEST_CASE("ForwardDiffusion: says what is wrong with a time") {
  const ForwardDiffusion forward(any_prior(), linear_schedule());
  const NoiseStream noise(1);
  for (const Index t : {-1, 1001}) {
    const std::string ending = "t must be in 0..1000, got " + std::to_string(t);
    const auto refuses = [&](auto call) {
      const std::string text = complaint([&] { (void)call(); });
      return text.starts_with("out_of_range: alphabar::") && text.ends_with(ending);
    };
    CHECK(refuses([&] { return forward.mean(t); }));
    CHECK(refuses([&] { return forward.covariance(t); }));
    CHECK(refuses([&] { return forward.covariance_by_recursion(t); }));
    CHECK(refuses([&] { return forward.cross_covariance(0, t); }));
    CHECK(refuses([&] { return forward.marginal(t); }));
    CHECK(refuses([&] { return forward.sample(t, noise, 1); }));
    CHECK(refuses([&] { return forward.sample_by_steps(t, noise, 1); }));
  }
  CHECK(complaint([&] { (void)forward.cross_covariance(501, 500); }) ==
        "invalid_argument: alphabar::NoiseSchedule::transition: s must not be later than t = 500, "
        "got 501");
}

// Would catch rounding of βΣ that is not carried along (at β near 1 most of Σ goes in one step), is
// carried too far (a small β after a large one), or is the same in each of many steps.
TEST_CASE("ForwardDiffusion: the recursion at large beta") {
  const Gaussian prior(VectorXd::Zero(4),
                       VectorXd{{0, 1e-6, 100, 1e6}}.asDiagonal().toDenseMatrix());
  for (const auto& schedule :
       {cosine_schedule(10), NoiseSchedule<double>::from_betas({0.99, 0.49, 0.5, 0.51, 0.9999}),
        NoiseSchedule<double>::from_betas({0.3, 0.9999, 0.1}),
        NoiseSchedule<double>::from_betas(std::vector<double>(300, 0.06)),
        NoiseSchedule<double>::from_betas(std::vector<double>(300, 0.3))}) {
    const ForwardDiffusion forward(prior, schedule);
    for (Index t = 1; t <= schedule.steps(); ++t) {
      CAPTURE(t);
      const MatrixXd exact = forward.covariance(t);
      const MatrixXd gap = forward.covariance_by_recursion(t) - exact;
      CHECK((gap.diagonal().array() / exact.diagonal().array()).abs().maxCoeff() < 16 * 0x1p-53);
    }
  }
}

// Would catch an argument that is not deduced, a member that is there for the wrong structure, and
// a reference into an object that is gone.
TEST_CASE("ForwardDiffusion: types are deduced") {
  const Vector2d mean(1, -2);
  const Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  const ForwardDiffusion dense{Gaussian{mean, sigma}, linear_schedule()};
  const ForwardDiffusion single(any_prior<float>(), linear_schedule<float>(10));
  const ForwardDiffusion diagonal(Gaussian(mean, DiagonalCovariance(Vector2d(4, 1))),
                                  linear_schedule());
  STATIC_REQUIRE(std::is_same_v<decltype(dense), const ForwardDiffusion<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(single), const ForwardDiffusion<float>>);
  using Diagonal = ForwardDiffusion<double, 2, DiagonalCovariance<double, 2>>;
  STATIC_REQUIRE(std::is_same_v<decltype(diagonal), const Diagonal>);
  CHECK(dense.dimension() == 2);
  CHECK(single.steps() == 10);

  const auto has_matrices = [](const auto& process) {
    return requires { process.covariance(1); }
    || requires { process.cross_covariance(0, 1); }
    || requires { process.covariance_by_recursion(1); };
  };
  CHECK(has_matrices(dense));
  CHECK_FALSE(has_matrices(diagonal));
  using Prior = Gaussian<double, 2>;
  STATIC_REQUIRE(
      std::is_constructible_v<ForwardDiffusion<double, 2>, Prior, NoiseSchedule<double>>);
  STATIC_REQUIRE_FALSE(
      std::is_constructible_v<ForwardDiffusion<double, 2>, Prior, NoiseSchedule<float>>);

  using Temporary = ForwardDiffusion<double, 2>;
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Temporary>().prior()), Prior>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Temporary>().schedule()), NoiseSchedule<>>);
  STATIC_REQUIRE(std::is_same_v<decltype(dense.prior()), const Prior&>);
  STATIC_REQUIRE(std::is_same_v<decltype(dense.mean(1)), Vector2d>);
  STATIC_REQUIRE(std::is_same_v<decltype(dense.covariance(1)), Matrix2d>);
  const auto& kept = ForwardDiffusion(Gaussian(mean, sigma), linear_schedule()).prior().mean();
  CHECK(kept == mean);
}

}  // namespace forward_diffusion_test
