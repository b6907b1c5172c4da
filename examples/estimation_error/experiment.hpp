// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <alphabar/covariance/dense.hpp>
#include <alphabar/covariance/propagate.hpp>
#include <alphabar/gaussian/fit_diagonal.hpp>
#include <alphabar/gaussian/fit_low_rank.hpp>
#include <alphabar/gaussian/gaussian.hpp>
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/gaussian/shrinkage.hpp>
#include <alphabar/kernel/transition_kernel.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace estimation_error {

using alphabar::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Kernel = alphabar::TransitionKernel<double>;
using Law = alphabar::Gaussian<double>;

constexpr std::array<std::string_view, 5> estimate_names{"diagonal", "low rank", "full",
                                                         "ledoit_wolf", "oas"};

/// A fit beside the truth: `kl_divergence` and the square of `wasserstein_distance` for every t,
/// from one decomposition. An eigenvector u of the fit is an eigenvector of its marginals at all t,
/// along which the fit has the variance Aλ + B and the truth A uᵀΣu + B.
class FitBesideTruth {
 public:
  FitBesideTruth(const Law& truth, const VectorXd& mean,
                 const alphabar::DenseCovariance<double>& fit)
      : truth_(truth.covariance().eigenvalues()), claimed_(fit.eigenvalues()) {
    const MatrixXd turn = truth.covariance().eigenvectors().transpose() * fit.eigenvectors();
    const VectorXd error = fit.eigenvectors().transpose() * (mean - truth.mean());
    error_of_mean_ = error.squaredNorm();
    squares_ = turn.cwiseAbs2().transpose() * truth_ + error.cwiseAbs2();
    in_basis_of_truth_ = turn * claimed_.asDiagonal() * turn.transpose();
  }

  /// KL(q(x_t) ‖ fit), in nats.
  [[nodiscard]] double kl(const Kernel& kernel) const {
    const double a = kernel.signal_power();
    const double b = kernel.noise_variance();
    const Eigen::ArrayXd claimed = a * claimed_.array() + b;
    const Eigen::ArrayXd real = a * truth_.array() + b;
    if (!(claimed > 0).all() || !(real > 0).all()) return std::numeric_limits<double>::infinity();
    const Eigen::ArrayXd ratio = (a * squares_.array() + b) / claimed;
    return ((ratio - 1).sum() + (claimed.log() - real.log()).sum()) / 2;
  }

  /// W2² between the two.
  [[nodiscard]] double squared_wasserstein(const Kernel& kernel) const {
    const double a = kernel.signal_power();
    const double b = kernel.noise_variance();
    const VectorXd root = (a * truth_.array() + b).sqrt();
    MatrixXd product = a * in_basis_of_truth_;
    product.diagonal().array() += b;
    const double traces = root.squaredNorm() + product.trace();
    product = root.asDiagonal() * product * root.asDiagonal();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(product, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
      throw std::runtime_error("the eigenvalues of Σ^½ Σ' Σ^½ do not converge");
    }
    return a * error_of_mean_ + traces - 2 * solver.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
  }

 private:
  VectorXd truth_;    ///< eigenvalues of Σ
  VectorXd claimed_;  ///< eigenvalues of the fit
  VectorXd squares_;  ///< E (uᵀ(x − mean of the fit))², u the eigenvectors of the fit
  MatrixXd in_basis_of_truth_;  ///< the fit
  double error_of_mean_ = 0;
};

// [fits]
/// The estimates of Σ, in the order of their names, from the same samples.
inline std::vector<FitBesideTruth> fit_all(const Law& truth, const MatrixXd& samples, Index rank) {
  alphabar::Moments<double> moments;
  moments.add(samples);
  const Law full = moments.gaussian();
  const auto diagonal = alphabar::fit_diagonal(samples).covariance().matrix();
  const auto low_rank = alphabar::fit_low_rank(samples, rank).covariance().matrix();
  std::vector<FitBesideTruth> fits;
  for (const auto& covariance :
       {alphabar::DenseCovariance<double>(diagonal), alphabar::DenseCovariance<double>(low_rank),
        full.covariance(), propagate(alphabar::ledoit_wolf(samples), full.covariance()),
        propagate(alphabar::oas(samples), full.covariance())}) {
    fits.emplace_back(truth, full.mean(), covariance);
  }
  return fits;
}
// [fits]

/// A mean over repetitions, and its standard error, 0 for one repetition.
struct Estimate {
  double mean = 0;
  double error = 0;
};

/// The estimates from independent data sets of n samples each: fits[r][k] is estimate k of set r.
struct Experiment {
  Index n = 0;
  std::vector<std::vector<FitBesideTruth>> fits;

  [[nodiscard]] Estimate kl(std::size_t kind, const Kernel& kernel) const {
    return estimate(kind, [&](const auto& fit) { return fit.kl(kernel); });
  }

  [[nodiscard]] Estimate squared_wasserstein(std::size_t kind, const Kernel& kernel) const {
    return estimate(kind, [&](const auto& fit) { return fit.squared_wasserstein(kernel); });
  }

 private:
  template <class Measure>
  [[nodiscard]] Estimate estimate(std::size_t kind, Measure measure) const {
    Eigen::ArrayXd values(static_cast<Index>(fits.size()));
    for (std::size_t r = 0; r < fits.size(); ++r) {
      values(static_cast<Index>(r)) = measure(fits[r][kind]);
    }
    const auto count = static_cast<double>(fits.size());
    const double mean = values.mean();
    if (count == 1 || !std::isfinite(mean)) return {mean, 0};
    return {mean, std::sqrt((values - mean).square().sum() / (count - 1) / count)};
  }
};

}  // namespace estimation_error
