// SPDX-License-Identifier: MIT
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace alphabar;
using Eigen::VectorXd;

// [structure]
/// The covariance of series of d = 2^n numbers whose eigenvectors are the Haar wavelets: one
/// eigenvalue for the mean of a series, and one for the wavelets of each length.
class HaarCovariance : public SpectralCovariance<HaarCovariance, Index, VectorXd> {
  friend SpectralCovariance;

 public:
  /// spectrum(0) is the eigenvalue of the constant, spectrum(1 + l) that of the 2^l wavelets of
  /// length d/2^l.
  explicit HaarCovariance(const VectorXd& spectrum) {
    if (spectrum.size() < 1 || spectrum.size() > 40) {
      throw std::invalid_argument("HaarCovariance: spectrum must have 1 to 40 eigenvalues, got " +
                                  std::to_string(spectrum.size()));
    }
    for (const double value : spectrum) {
      if (!(value >= 0 && std::isfinite(value))) {
        throw std::invalid_argument("HaarCovariance: eigenvalues must be finite and >= 0, got " +
                                    std::to_string(value));
      }
    }
    basis_ = Index{1} << (spectrum.size() - 1);
    spectrum_ = spectrum;
  }

  [[nodiscard]] Index dimension() const { return basis_; }

 private:
  static constexpr auto name = "HaarCovariance";  // for error messages

  HaarCovariance() = default;

  /// Each eigenvalue, and how many eigenvectors it has.
  template <class Visit>
  void visit_modes(Visit visit) const {
    visit(spectrum_.head(1), 1);
    for (Index l = 0; l + 1 < spectrum_.size(); ++l) {
      visit(spectrum_.segment(l + 1, 1), Index{1} << l);
    }
  }

  /// f(Σ)y for each column of y, in place; gains(k) = f(spectrum(k)).
  template <class Y>
  void multiply(const VectorXd& gains, Y& y) const {
    const Index d = dimension();
    for (auto column : y.colwise()) {
      Index scale = gains.size();
      for (Index stride = 1; stride < d; stride *= 2) {
        --scale;
        for (Index i = 0; i < d; i += 2 * stride) {
          const double mean = (column(i) + column(i + stride)) / 2;
          column(i + stride) = gains(scale) * (column(i) - column(i + stride)) / 2;
          column(i) = mean;
        }
      }
      column(0) *= gains(0);
      for (Index stride = d / 2; stride >= 1; stride /= 2) {
        for (Index i = 0; i < d; i += 2 * stride) {
          const double difference = column(i + stride);
          column(i + stride) = column(i) - difference;
          column(i) += difference;
        }
      }
    }
  }
};
static_assert(CovarianceStructure<HaarCovariance, double>);
// [structure]

// [test]
/// The largest difference of the laws of a structure from those of its matrix.
double difference_from_dense(const HaarCovariance& covariance) {
  const Index d = covariance.dimension();
  const VectorXd mean = VectorXd::LinSpaced(d, -1, 1);
  const VectorXd x = VectorXd::LinSpaced(d, 2, -3);
  const Gaussian here(mean, covariance);
  const Gaussian dense(mean, DenseCovariance(covariance.matrix()));
  const TransitionKernel<double> kernel = linear_schedule().transition(0, 300);
  const Gaussian here_t = propagate(kernel, here);
  const Gaussian dense_t = propagate(kernel, dense);
  return std::max({(score(here, kernel, x) - score(dense, kernel, x)).norm(),
                   std::abs(kl_divergence(here_t) - kl_divergence(dense_t)),
                   std::abs(here_t.log_density(x) - dense_t.log_density(x))});
}
// [test]

int main() {
  // [use]
  const HaarCovariance small(VectorXd{{9, 4, 1, 0.25, 0.05}});
  std::printf("d = %td, the laws are those of the matrix: %s\n", small.dimension(),
              difference_from_dense(small) < 1e-12 ? "yes" : "no");

  // 1/f noise: wavelets of each length have the same total variance.
  const HaarCovariance large(
      VectorXd::NullaryExpr(21, [](Index k) { return std::exp2(16 - static_cast<double>(k)); }));
  const Gaussian data(VectorXd::Zero(large.dimension()).eval(), large);
  const ForwardDiffusion process(data, scaled_linear_schedule());
  const SamplerPlan ddim = plan(Ddim{}, scaled_linear_schedule(), trailing_timesteps(1000, 20));
  std::printf("d = %td, KL(x_1000, N(0, I)) %.1f nats, W2 of 20 steps of DDIM %.1f\n",
              large.dimension(), kl_divergence(process.marginal(1000)),
              wasserstein_distance(sampler_law(ddim, data), data));
  // [use]
}
