// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/prior.hpp"
#include "support/unit_noise.hpp"

/// A sampler is affine in its noise. Unit vectors for noise give its mean and its matrix M,
/// without randomness, and M Mᵀ is its covariance to all digits.
namespace samplers_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::any_prior;
using test::relative_error;
using test::UnitNoise;

/// A unit vector for each coordinate of sample 0, in the source itself.
template <class Scalar = double>
std::vector<UnitNoise<Scalar>> unit_vectors(Index d) {
  std::vector<UnitNoise<Scalar>> units;
  for (Index i = 0; i < d; ++i) units.emplace_back(static_cast<std::uint64_t>(i));
  return units;
}

/// The same in each of the substreams 0..last.
template <class Scalar = double>
std::vector<UnitNoise<Scalar>> unit_vectors(Index d, Index last) {
  std::vector<UnitNoise<Scalar>> units;
  for (Index s = 0; s <= last; ++s) {
    for (Index i = 0; i < d; ++i) {
      units.emplace_back(static_cast<std::uint64_t>(s), static_cast<std::uint64_t>(i));
    }
  }
  return units;
}

/// M, and its mean, of something that turns noise into a vector.
struct Affine {
  MatrixXd matrix;
  VectorXd mean;

  [[nodiscard]] MatrixXd covariance() const { return matrix * matrix.transpose(); }
};

template <class Scalar, class Sampler>
Affine taken_apart(const std::vector<UnitNoise<Scalar>>& units, Sampler sampler) {
  Affine result;
  result.mean = sampler(UnitNoise<Scalar>::silence()).template cast<double>();
  result.matrix.resize(result.mean.size(), static_cast<Index>(units.size()));
  for (Index k = 0; k < result.matrix.cols(); ++k) {
    const VectorXd image = sampler(units[static_cast<std::size_t>(k)]).template cast<double>();
    result.matrix.col(k) = image - result.mean;
  }
  return result;
}

template <class Scalar>
constexpr double tolerance = std::numeric_limits<Scalar>::digits == 53 ? 1e-13 : 1e-5;

// Would catch a Cholesky factor by rows, a root that is no root, a mean that gets no noise or
// twice.
TEMPLATE_TEST_CASE("Gaussian::sample is mean + M z with M M' = Sigma", "", float, double) {
  const Gaussian prior = any_prior<TestType>();
  const auto law = taken_apart(unit_vectors<TestType>(5),
                               [&](const auto& noise) { return prior.sample(noise, 1).eval(); });
  CHECK(law.mean == prior.mean().template cast<double>());
  CHECK(relative_error(law.covariance(), prior.covariance().matrix()) < tolerance<TestType>);
  CHECK(relative_error(law.matrix, law.matrix.transpose()) < tolerance<TestType>);
}

// Would catch a time off by one, β for √β, α for ᾱ, 1 − ᾱ for its root, in both functions,
// noise that is used twice or not at all: each at any t, where Monte Carlo detects only some.
TEMPLATE_TEST_CASE("ForwardDiffusion: the matrix of sample and of sample_by_steps", "", float,
                   double) {
  const ForwardDiffusion forward(any_prior<TestType>(), linear_schedule<TestType>(30, 0.01, 0.5));
  for (Index t = 0; t <= forward.steps(); ++t) {
    INFO("t = " << t);
    const auto jump = taken_apart(unit_vectors<TestType>(5), [&](const auto& noise) {
      return forward.sample(t, noise, 1).eval();
    });
    CHECK(relative_error(jump.mean, forward.mean(t)) < tolerance<TestType>);
    CHECK(relative_error(jump.covariance(), forward.covariance(t)) < tolerance<TestType>);

    const auto by_steps =
        taken_apart(unit_vectors<TestType>(5, forward.steps()),
                    [&](const auto& n) { return forward.sample_by_steps(t, n, 1).eval(); });
    CHECK(relative_error(by_steps.mean, forward.mean(t)) < tolerance<TestType>);
    CHECK(relative_error(by_steps.covariance(), forward.covariance(t)) < tolerance<TestType>);
    const Index unused = 5 * (forward.steps() - t);
    CHECK(by_steps.matrix.rightCols(unused) == MatrixXd::Zero(5, unused));
  }
}

// The schedule that everybody uses. Here a step more or less moves Σ_t by 1e-2 at most.
TEST_CASE("ForwardDiffusion: the matrix of a thousand steps") {
  const ForwardDiffusion forward(any_prior(), linear_schedule());
  for (const Index t : {1, 2, 10, 333, 1000}) {
    INFO("t = " << t);
    const auto jump = taken_apart(
        unit_vectors(5), [&](const auto& noise) { return forward.sample(t, noise, 1).eval(); });
    CHECK(relative_error(jump.mean, forward.mean(t)) < 1e-13);
    CHECK(relative_error(jump.covariance(), forward.covariance(t)) < 1e-13);
    const auto by_steps = taken_apart(unit_vectors(5, t), [&](const auto& noise) {
      return forward.sample_by_steps(t, noise, 1).eval();
    });
    CHECK(relative_error(by_steps.mean, forward.mean(t)) < 1e-13);
    CHECK(relative_error(by_steps.covariance(), forward.covariance(t)) < 1e-13);
  }
}

// The whole joint law of x_0, x_1, ..., x_T in one matrix: would catch cross-covariances with s and
// t exchanged or with the wrong one of Σ_s and Σ_t, and a path whose noise is shared between steps.
TEST_CASE("ForwardDiffusion: the matrix of a path, and all covariances between its times") {
  const ForwardDiffusion forward(any_prior(), linear_schedule(20, 0.01, 0.5));
  const auto path = taken_apart(unit_vectors(5, 20), [&](const auto& noise) {
    return forward.sample_path(noise).reshaped().eval();
  });
  const MatrixXd joint = path.covariance();
  for (Index t = 0; t <= 20; ++t) {
    CHECK(relative_error(path.mean.segment(5 * t, 5), forward.mean(t)) < 1e-13);
    for (Index s = 0; s <= t; ++s) {
      INFO("s = " << s << ", t = " << t);
      CHECK(relative_error(joint.block(5 * s, 5 * t, 5, 5), forward.cross_covariance(s, t)) <
            1e-13);
    }
  }
}

// Would catch a structure that is sampled by another rule.
TEST_CASE("ForwardDiffusion: the matrix of a diagonal prior") {
  const ForwardDiffusion forward(
      Gaussian(VectorXd{{1, -2, 3}}, DiagonalCovariance(VectorXd{{4, 0, 0.01}})),
      linear_schedule(20, 0.01, 0.5));
  for (const Index t : {0, 1, 10, 20}) {
    const auto jump = taken_apart(
        unit_vectors(3), [&](const auto& noise) { return forward.sample(t, noise, 1).eval(); });
    const auto by_steps = taken_apart(unit_vectors(3, 20), [&](const auto& noise) {
      return forward.sample_by_steps(t, noise, 1).eval();
    });
    const MatrixXd expected = forward.marginal(t).covariance().matrix();
    CHECK(jump.mean == forward.mean(t));
    CHECK(relative_error(jump.covariance(), expected) < 1e-13);
    CHECK(relative_error(by_steps.covariance(), expected) < 1e-13);
  }
}

/// The samples that differ from the mean: all others have another noise than the unit vector's.
template <class Batch>
std::vector<Index> moved(const Batch& batch, const Batch& at_rest) {
  std::vector<Index> samples;
  for (Index j = 0; j < batch.cols(); ++j) {
    if (batch.col(j) != at_rest.col(j)) samples.push_back(j);
  }
  return samples;
}

// Would catch a first sample that is ignored, in all calls or only in steps or at the start; and
// noise that is shared by two samples.
TEST_CASE("ForwardDiffusion: sample j has the indices j d .. j d + d - 1, and no other") {
  const ForwardDiffusion forward(any_prior(), linear_schedule(3, 0.1, 0.5));
  for (std::uint64_t index = 0; index < 20; ++index) {
    const std::vector<Index> owner{static_cast<Index>(index / 5)};
    const std::vector<Index> owner_after_one =
        index < 5 ? std::vector<Index>{} : std::vector<Index>{owner[0] - 1};
    const auto check = [&](auto sampler, const UnitNoise<>& unit) {
      CHECK(moved(sampler(unit, 4, 0), sampler(UnitNoise<>::silence(), 4, 0)) == owner);
      CHECK(moved(sampler(unit, 3, 1), sampler(UnitNoise<>::silence(), 3, 1)) == owner_after_one);
    };
    const auto jump = [&](const auto& noise, Index count, Index first) {
      return forward.sample(3, noise, count, first);
    };
    const auto by_steps = [&](const auto& noise, Index count, Index first) {
      return forward.sample_by_steps(3, noise, count, first);
    };
    check(jump, UnitNoise<>(index));
    for (const std::uint64_t s : {0u, 1u, 2u, 3u}) check(by_steps, UnitNoise<>(s, index));
  }
}

// Would catch steps that differ between one sample and its path, and sample_by_steps with the noise
// of sample, so that two checks would not be independent.
TEMPLATE_TEST_CASE("ForwardDiffusion: a path is sample_by_steps of one sample", "", float, double) {
  const ForwardDiffusion forward(any_prior<TestType>(), linear_schedule<TestType>(40));
  const NoiseStream<TestType> noise(7);
  const auto by_steps = forward.sample_by_steps(40, noise, 6);
  const auto jumped = forward.sample(40, noise, 6);
  for (const Index j : {0, 1, 5}) {
    const auto path = forward.sample_path(noise, j);
    CHECK(path.cols() == 41);
    for (const Index t : {0, 1, 2, 39, 40}) {
      CHECK(path.col(t) == forward.sample_by_steps(t, noise, 1, j));
    }
    CHECK(relative_error(path.col(40), by_steps.col(j)) < tolerance<TestType>);
    CHECK(path.col(40) != jumped.col(j));
  }
  CHECK(forward.sample_by_steps(0, noise, 3) != forward.sample(0, noise, 3));
}

// Would catch a count that wraps around, and the name of another function or argument in a message.
TEST_CASE("ForwardDiffusion: says what is wrong with a number of samples") {
  const ForwardDiffusion forward(any_prior(), linear_schedule(3));
  const NoiseStream noise(1);
  const auto reason = [](auto call) {
    const std::string text = test::complaint([&] { (void)call(); });
    return text.substr(text.find("::") + 2);
  };
  CHECK(reason([&] { return forward.sample(1, noise, -1); }) ==
        "ForwardDiffusion::sample: count must be >= 0, got -1");
  CHECK(reason([&] { return forward.sample_by_steps(1, noise, -1); }) ==
        "ForwardDiffusion::sample_by_steps: count must be >= 0, got -1");
  CHECK(reason([&] { return forward.sample(1, noise, 1, -2); }) ==
        "ForwardDiffusion::sample: first_sample must be >= 0, got -2");
  CHECK(reason([&] { return forward.sample_by_steps(1, noise, 1, -2); }) ==
        "ForwardDiffusion::sample_by_steps: first_sample must be >= 0, got -2");
  CHECK(reason([&] { return forward.sample_path(noise, -2); }) ==
        "ForwardDiffusion::sample_path: sample must be >= 0, got -2");
  constexpr Index largest = std::numeric_limits<Index>::max();
  CHECK(reason([&] { return forward.sample_path(noise, largest); }) ==
        "ForwardDiffusion::sample_path: sample must be at most " + detail::to_text(largest - 1) +
            ", got " + detail::to_text(largest));
  CHECK(forward.sample_by_steps(3, noise, 0).cols() == 0);
}

}  // namespace samplers_test
