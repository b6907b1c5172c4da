// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "alphabar/covariance/colored_noise.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/grid/timesteps.hpp"
#include "alphabar/oracle/information.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/variational_bound.hpp"
#include "alphabar/process/colored_diffusion.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/ddpm.hpp"
#include "alphabar/sampler/plan.hpp"
#include "alphabar/sampler/run_sampler.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/unit_noise.hpp"

namespace colored_noise_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::relative_error;
using test::UnitNoise;

/// A prior with graded eigenvalues and noise, which share no basis.
struct Process {
  MatrixXd sigma = test::with_spectrum(VectorXd{{40, 3, 0.5, 0.01}}, 1);
  MatrixXd noise = test::with_spectrum(VectorXd{{2, 1, 0.5, 0.25}}, 2);
  VectorXd mean{{1, -2, 3, 0.5}};
  ForwardDiffusion<double, Eigen::Dynamic, DenseCovariance<double>, DenseCovariance<double>>
      forward{Gaussian(mean, sigma), linear_schedule(), DenseCovariance(noise)};
};

// Would catch a law of the whitened process that depends on the coordinates. Expected:
// ½ log det(A Σ + B N) − ½ log det(B N).
TEST_CASE("Coloured noise: mutual information is that of the whitened process") {
  const Process process;
  for (const Index t : {1, 100, 500, 1000}) {
    CAPTURE(t);
    const auto kernel = process.forward.schedule().transition(0, t);
    const MatrixXd of_noise = kernel.noise_variance() * process.noise;
    const MatrixXd now = kernel.signal_power() * process.sigma + of_noise;
    const double expected = std::log(now.determinant() / of_noise.determinant()) / 2;
    CHECK_THAT(mutual_information(process.forward.whitened().prior(), kernel),
               WithinRel(expected, 1e-11));
  }
}

// Would catch a sampler in the coordinates of the data, with coloured draws, that has another law
// than the whitened process: the sampler is affine in its normals, so that each unit vector shows a
// column of its matrix. Drawn are substream 0, the start, and one for each step.
TEST_CASE("Coloured noise: the law of a sampler is that of the whitened process") {
  const Process process;
  const ReverseDiffusion ideal(process.forward);
  const auto& schedule = process.forward.schedule();
  const Index d = process.mean.size();
  const std::vector<Index> timesteps = trailing_timesteps(1000, 5);
  for (const SamplerPlan& steps : {plan(Ddim{}, schedule, timesteps, Prediction::noise),
                                   plan(Ddpm{}, schedule, timesteps, Prediction::noise)}) {
    const auto network = [&](std::span<const double> x, const SamplerCall& call,
                             std::span<double> prediction) {
      const Eigen::Map<const VectorXd> point(x.data(), d);
      Eigen::Map<VectorXd>(prediction.data(), d) =
          ideal.predict(Prediction::noise, point, static_cast<Index>(call.model_time) + 1);
    };
    const auto run = [&](const UnitNoise<>& unit) {
      const ColoredNoise colored(process.forward.noise_covariance(), unit);
      VectorXd x(d);
      colored.substream(0).fill(std::span(x.data(), static_cast<std::size_t>(d)));
      run_sampler(steps, network, x, colored);
      return x;
    };
    const VectorXd mean = run(UnitNoise<>::silence());
    MatrixXd covariance = MatrixXd::Zero(d, d);
    for (std::uint64_t draw = 0; draw <= 5; ++draw) {
      for (Index i = 0; i < d; ++i) {
        const VectorXd column = run({draw, static_cast<std::uint64_t>(i)}) - mean;
        covariance += column * column.transpose();
      }
    }
    const auto law = process.forward.color(sampler_law(steps, process.forward.whitened().prior()));
    CHECK((mean - law.mean()).norm() <= 1e-11 * law.mean().norm());
    CHECK(relative_error(covariance, law.covariance().matrix()) < 1e-11);
  }
}

// Would catch a determinant that is missing or counted twice, and variances in other units than
// those of N. Expected: entropy + KL of the two paths (x_0, ..., x_4), each one Gaussian of
// dimension 20, in the coordinates of the data. Both are built without the whitened process.
TEST_CASE("Coloured noise: the variational bound is that of the whitened process") {
  const Process process;
  const auto schedule = NoiseSchedule<>::from_betas({0.05, 0.2, 0.5, 0.9});
  const std::vector<double> variances{0.02, 0.15, 0.4, 0.8};
  const ForwardDiffusion forward(process.forward.prior(), schedule, DenseCovariance(process.noise));
  const Index d = process.mean.size();
  const Index steps = schedule.steps();
  const auto at = [&](auto& matrix, Index s, Index t) -> decltype(auto) {
    return matrix.block(s * d, t * d, d, d);
  };
  // q(x_s, x_t) by the closed form; p by x_s = E[x_s | x_t] + σ_t N^½ z, from x_T ~ N(0, N).
  MatrixXd q((steps + 1) * d, (steps + 1) * d);
  VectorXd q_mean(q.rows());
  for (Index t = 0; t <= steps; ++t) {
    q_mean.segment(t * d, d) = std::sqrt(schedule.alpha_bar(t)) * process.mean;
    for (Index s = 0; s <= t; ++s) {
      const double a = schedule.alpha_bar(s);
      const MatrixXd now = a * process.sigma + (1 - a) * process.noise;
      at(q, s, t) = at(q, t, s) = std::sqrt(schedule.alpha_bar(t) / a) * now;
    }
  }
  MatrixXd p = MatrixXd::Zero(q.rows(), q.cols());
  VectorXd p_mean = VectorXd::Zero(q.rows());
  at(p, steps, steps) = process.noise;
  for (Index t = steps; t >= 1; --t) {
    const Index s = t - 1;
    const MatrixXd gain = at(q, s, t) * at(q, t, t).inverse();
    p_mean.segment(s * d, d) =
        q_mean.segment(s * d, d) + gain * (p_mean - q_mean).segment(t * d, d);
    for (Index u = steps; u >= t; --u) {
      at(p, s, u) = gain * at(p, t, u);
      at(p, u, s) = at(p, s, u).transpose();
    }
    at(p, s, s) = gain * at(p, t, s) + variances[static_cast<std::size_t>(s)] * process.noise;
  }
  const MatrixXd inverse = p.inverse();
  const VectorXd gap = q_mean - p_mean;
  const double divergence = ((inverse * q).trace() - static_cast<double>(q.rows()) +
                             std::log(p.determinant() / q.determinant()) + gap.dot(inverse * gap)) /
                            2;
  CHECK_THAT(variational_bound(forward.whitened(), variances).nats() +
                 std::log(process.noise.determinant()) / 2,
             WithinRel(entropy(forward.prior()) + divergence, 1e-12));
}

}  // namespace colored_noise_test
