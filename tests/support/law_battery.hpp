// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/flow.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/process/colored_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/unit_noise.hpp"

/// The requirements on every covariance structure, by comparison with the equal dense matrix in
/// double. Its results are computed by the one template here and compared in law_battery.cpp, so
/// that a further structure adds little compile time.
namespace test {

using Eigen::MatrixXd;

/// The kernel of a step, exact in float.
inline constexpr double kept = 0.75;
inline constexpr double added = 0.25;

template <class Scalar>
Scalar root(Scalar lambda) {
  return std::sqrt(lambda);
}
template <class Scalar>
Scalar resolvent(Scalar lambda) {
  return 1 / (lambda + 4);
}

/// Three columns of moderate numbers, exact in float, none of them 0.
MatrixXd any_batch(Eigen::Index d);

/// A matrix with the eigenvalues 0.5, 1 and 2, along no axis.
MatrixXd noise_in_another_basis(Eigen::Index d);

/// The results for one f.
struct Function {
  MatrixXd batch, point, mapped;
  double trace;
};

/// The results of N(first column, Σ), and of this Gaussian after a step.
struct Law {
  alphabar::Index rank;
  MatrixXd matrix, map;  ///< Σ, and the matrix that `sample` is
  MatrixXd mean;         ///< what `sample` makes of no noise
  double log_determinant, kl_to_normal, kl_to_later, w2_to_normal, w2_to_later;
  std::string density;  ///< the log-density in the second column, or why there is none
  double log_density = 0;
};

/// The exact laws of the process, for a prior and the kernel above.
struct Process {
  MatrixXd score, denoised, noise, velocity, flow, back;  ///< of the batch
  MatrixXd reverse_mean, reverse_covariance;              ///< of p(x_s | x_t)
};

/// The laws with coloured noise, at some time of a process.
struct Colored {
  MatrixXd marginal, score, denoised, flow;  ///< of the batch
  MatrixXd reverse_mean, reverse_covariance;
  double kl;  ///< from the marginal to the noise
};

struct Answers {
  alphabar::Index dimension;
  Eigen::VectorXd eigenvalues;
  std::vector<Function> functions;
  Law now, later;
  Process process;
  Colored same_basis, other_basis;  ///< of the noise
};

template <class Covariance>
class Questions {
 public:
  using Scalar = typename Covariance::Vector::Scalar;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = typename Covariance::Vector;
  using Dense = alphabar::DenseCovariance<Scalar, Vector::RowsAtCompileTime>;

  static Answers ask(const Covariance& sigma) {
    const Matrix batch = any_batch(sigma.dimension()).template cast<Scalar>();
    const alphabar::Gaussian now(batch.col(0), sigma);
    const auto later = propagate(kernel(), now);
    CHECK(sigma.shares_basis(later.covariance()));
    const Eigen::VectorXd eigenvalues = sigma.eigenvalues().template cast<double>();
    return {sigma.dimension(),
            eigenvalues,
            {of(sigma, root<Scalar>, batch), of(sigma, resolvent<Scalar>, batch)},
            of(now, later, batch.col(1)),
            of(later, later, batch.col(1)),
            process_of(now, batch),
            colored(now, sigma.mapped(resolvent<Scalar>), batch),
            colored(now, Dense(noise_in_another_basis(sigma.dimension()).template cast<Scalar>()),
                    batch)};
  }

 private:
  static alphabar::TransitionKernel<Scalar> kernel() { return {Scalar(kept), Scalar(added)}; }

  static auto standard_normal(Eigen::Index d) {
    constexpr int Dim = Vector::RowsAtCompileTime;
    return alphabar::Gaussian(Vector(Vector::Zero(d)),
                              alphabar::IsotropicCovariance<Scalar, Dim>(1, d));
  }

  template <class Gaussian>
  static Process process_of(const Gaussian& prior, const Matrix& x) {
    const auto twice = kernel() * kernel();
    const auto reverse = reverse_transition(prior, kernel(), kernel(), x.col(0));
    const auto in_double = [](const auto& value) { return value.template cast<double>().eval(); };
    return {in_double(score(prior, kernel(), x)),
            in_double(denoise(prior, kernel(), x)),
            in_double(predict(prior, kernel(), alphabar::Prediction::noise, x)),
            in_double(predict(prior, kernel(), alphabar::Prediction::velocity, x)),
            in_double(flow(prior, twice, kernel(), x)),
            in_double(flow(prior, kernel(), twice, x)),
            in_double(reverse.mean()),
            in_double(reverse.covariance().matrix())};
  }

  template <class Noise>
  static Colored colored(
      const alphabar::Gaussian<Scalar, Vector::RowsAtCompileTime, Covariance>& prior,
      const Noise& noise, const Matrix& x) {
    const alphabar::ForwardDiffusion forward(prior, alphabar::linear_schedule<Scalar>(), noise);
    const alphabar::ReverseDiffusion reverse(forward);
    const auto back = reverse.transition(x.col(0), 400, 200);
    const auto in_double = [](const auto& value) { return value.template cast<double>().eval(); };
    return {in_double(forward.marginal(400).covariance().matrix()),
            in_double(reverse.score(x, 400)),
            in_double(reverse.denoise(x, 400)),
            in_double(reverse.flow(x, 400, 800)),
            in_double(back.mean()),
            in_double(back.covariance().matrix()),
            double(kl_divergence(forward.whitened().marginal(400)))};
  }

  static Function of(const Covariance& sigma, Scalar (*f)(Scalar), const Matrix& batch) {
    return {sigma.apply(f, batch).template cast<double>(),
            sigma.apply(f, Vector(batch.col(1))).template cast<double>(),
            sigma.mapped(f).matrix().template cast<double>(), double(sigma.trace(f))};
  }

  template <class Gaussian>
  static Law of(const Gaussian& p, const Gaussian& later, const Vector& x) {
    Law law;
    law.rank = p.covariance().rank();
    law.matrix = p.covariance().matrix().template cast<double>();
    law.mean = p.sample(UnitNoise<Scalar>::silence(), 1).template cast<double>();
    law.map.resize(x.size(), x.size());
    for (Eigen::Index k = 0; k < x.size(); ++k) {
      const UnitNoise<Scalar> noise(static_cast<std::uint64_t>(k));
      law.map.col(k) = p.sample(noise, 1).template cast<double>() - law.mean;
    }
    law.log_determinant = double(p.covariance().log_determinant());
    law.kl_to_normal = double(kl_divergence(p));
    law.kl_to_later = double(kl_divergence(p, later));
    law.w2_to_normal = double(wasserstein_distance(p, standard_normal(x.size())));
    law.w2_to_later = double(wasserstein_distance(p, later));
    law.density = complaint([&] { law.log_density = double(p.log_density(x)); });
    return law;
  }
};

/// The answers of the equal dense matrix in double.
Answers answers_of(const MatrixXd& sigma);

/// Within 64 units of roundoff. Σ must be well enough conditioned for that, but may be singular.
void compare(Answers answers, const Answers& exact, double unit);

/// Compares with the dense matrix `sigma`, in units of roundoff of the structure's Scalar.
template <class Covariance>
void obeys_the_laws(const Covariance& covariance, const MatrixXd& sigma) {
  using Scalar = typename Covariance::Vector::Scalar;
  compare(Questions<Covariance>::ask(covariance), answers_of(sigma),
          double{std::numeric_limits<Scalar>::epsilon()} / 2);
}

}  // namespace test
