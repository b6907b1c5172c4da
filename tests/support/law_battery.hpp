// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
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
#include "support/matrices.hpp"
#include "support/special_values.hpp"
#include "support/unit_noise.hpp"

/// The requirements on every covariance structure, by comparison with the equal dense matrix in
/// double. Its results are computed by the one template here and compared elsewhere, so that a
/// further structure adds little compile time.
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
inline MatrixXd any_batch(Eigen::Index d) {
  return MatrixXd::NullaryExpr(d, 3, [](Eigen::Index i, Eigen::Index j) {
    return std::round(64 * std::cos(1.0 + 2.3 * double(i) + 0.7 * double(j))) / 32 + 1.0 / 64;
  });
}

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
            colored(now, noise_in_another_basis(sigma.dimension()), batch)};
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

  /// Eigenvalues 0.5, 1 and 2, along no axis.
  static auto noise_in_another_basis(Eigen::Index d) {
    const Eigen::VectorXd eigenvalues = Eigen::VectorXd::NullaryExpr(
        d, [](Eigen::Index k) { return std::exp2(double(k % 3 - 1)); });
    constexpr int Dim = Vector::RowsAtCompileTime;
    return alphabar::DenseCovariance<Scalar, Dim>(
        with_spectrum(eigenvalues, 5).template cast<Scalar>());
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

/// The largest difference in multiples of `scale`, a unit of roundoff of it; infinite where a value
/// is no number.
inline double error(const MatrixXd& value, const MatrixXd& exact, double scale) {
  if (!value.allFinite()) return infinity;
  const double difference = (value - exact).cwiseAbs().maxCoeff();
  return difference == 0 ? 0 : difference / scale;
}

inline void compare(const Law& law, const Law& exact, double unit) {
  const double scale = exact.matrix.diagonal().maxCoeff();
  CHECK(law.rank == exact.rank);
  CHECK(error(law.matrix, exact.matrix, unit * scale) <= 64);
  CHECK(error(law.mean, exact.mean, unit) <= 64);
  CHECK(error(law.map, law.map.transpose(), unit * std::sqrt(scale)) <= 64);  // the symmetric root
  CHECK(error(law.map * law.map.transpose(), exact.matrix, unit * scale) <= 64);
  CHECK_THAT(law.kl_to_normal, WithinRel(exact.kl_to_normal, 64 * unit));
  CHECK_THAT(law.kl_to_later, WithinRel(exact.kl_to_later, 64 * unit));
  CHECK_THAT(law.w2_to_normal, WithinRel(exact.w2_to_normal, 64 * unit));
  CHECK_THAT(law.w2_to_later, WithinRel(exact.w2_to_later, 64 * unit));
  CHECK_THAT(law.log_determinant, WithinAbs(exact.log_determinant, 64 * unit) ||
                                      WithinRel(exact.log_determinant, 64 * unit));
  CHECK(law.density == exact.density);
  CHECK_THAT(law.log_density, WithinRel(exact.log_density, 64 * unit));
}

/// The largest difference, in units of the largest entry.
inline double error_of_largest(const MatrixXd& value, const MatrixXd& expected, double unit) {
  return error(value, expected, unit * expected.cwiseAbs().maxCoeff());
}

inline void compare(const Process& process, const Process& exact, double unit) {
  CHECK(error_of_largest(process.score, exact.score, unit) <= 16);
  CHECK(error_of_largest(process.denoised, exact.denoised, unit) <= 16);
  CHECK(error_of_largest(process.noise, exact.noise, unit) <= 16);
  CHECK(error_of_largest(process.velocity, exact.velocity, unit) <= 16);
  CHECK(error_of_largest(process.flow, exact.flow, unit) <= 16);
  CHECK(error_of_largest(process.back, exact.back, unit) <= 16);
  CHECK(error_of_largest(process.reverse_mean, exact.reverse_mean, unit) <= 16);
  CHECK(error_of_largest(process.reverse_covariance, exact.reverse_covariance, unit) <= 16);
}

inline void compare(const Colored& colored, const Colored& exact, double unit) {
  CHECK(error_of_largest(colored.marginal, exact.marginal, unit) <= 64);
  CHECK(error_of_largest(colored.score, exact.score, unit) <= 64);
  CHECK(error_of_largest(colored.denoised, exact.denoised, unit) <= 64);
  CHECK(error_of_largest(colored.flow, exact.flow, unit) <= 64);
  CHECK(error_of_largest(colored.reverse_mean, exact.reverse_mean, unit) <= 64);
  CHECK(error_of_largest(colored.reverse_covariance, exact.reverse_covariance, unit) <= 64);
  CHECK_THAT(colored.kl, WithinRel(exact.kl, 64 * unit));
}

inline void compare(Answers answers, const Answers& exact, double unit) {
  const double largest = exact.eigenvalues.maxCoeff();
  const double smallest = exact.eigenvalues.minCoeff();
  CHECK(answers.dimension == exact.dimension);
  std::sort(answers.eigenvalues.begin(), answers.eigenvalues.end());
  CHECK(error(answers.eigenvalues, exact.eigenvalues, unit * largest) <= 64);
  for (std::size_t k = 0; k < exact.functions.size(); ++k) {
    CAPTURE(k);
    const Function& f = answers.functions[k];
    const Function& g = exact.functions[k];
    const double scale = g.mapped.diagonal().maxCoeff();
    const double length = any_batch(exact.dimension).colwise().norm().maxCoeff();
    CHECK(error(f.batch, g.batch, unit * scale * length) <= 64);
    CHECK(error(f.point, g.point, unit * scale * length) <= 64);
    CHECK(error(f.mapped, g.mapped, unit * scale) <= 64);
    CHECK_THAT(f.trace, WithinRel(g.trace, 64 * unit));
  }
  compare(answers.now, exact.now, unit);
  compare(answers.later, exact.later, unit);
  // The laws divide by λ_t, so that the rounding errors of the entries of Σ are multiplied by its
  // condition number.
  const double condition = (kept * largest + added) / (kept * smallest + added);
  compare(answers.process, exact.process, unit * condition);
  compare(answers.same_basis, exact.same_basis, unit * condition);
  compare(answers.other_basis, exact.other_basis, unit * condition);
}

/// Compares with the dense matrix `sigma`, within 64 units of roundoff of the structure's
/// Scalar. Σ must be well enough conditioned for that, but may be singular.
template <class Covariance>
void obeys_the_laws(const Covariance& covariance, const MatrixXd& sigma) {
  using Scalar = typename Covariance::Vector::Scalar;
  const Answers answers = Questions<Covariance>::ask(covariance);
  const Answers exact =
      Questions<alphabar::DenseCovariance<double>>::ask(alphabar::DenseCovariance(sigma));
  compare(answers, exact, double{std::numeric_limits<Scalar>::epsilon()} / 2);
}

}  // namespace test
