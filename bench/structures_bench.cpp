// SPDX-License-Identifier: MIT
//
// Covariances of dimension 10⁶, each beside the least that any program must do: two FFTs, reading U
// twice, one plain pass. And a whole process of a spectrum: how fast is everything at every t?

#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>

namespace {

using namespace alphabar;
using Eigen::VectorXd;

const NoiseSchedule<double>& schedule() {
  static const auto schedule = linear_schedule();
  return schedule;
}

VectorXd power_law(Index size, double scale) {
  return VectorXd::NullaryExpr(size, [=](Index k) { return scale / std::pow(double(k + 1), 1.5); });
}

VectorXd any_point(Index d) {
  VectorXd x(d);
  NoiseStream(3).fill(x);
  return x;
}

constexpr Index ring_size = Index{1} << 20;

/// A circulant prior.
const auto& ring() {
  static const Gaussian gaussian(
      VectorXd::Zero(ring_size),
      CirculantCovariance<double>::from_spectrum(power_law(ring_size / 2 + 1, 100), ring_size));
  return gaussian;
}

void two_ffts(benchmark::State& state) {
  Eigen::FFT<double> fft;
  fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  VectorXd x = any_point(ring_size);
  Eigen::VectorXcd modes(ring_size / 2 + 1);
  for (auto _ : state) {
    fft.fwd(modes.data(), x.data(), ring_size);
    fft.inv(x.data(), modes.data(), ring_size);
    benchmark::ClobberMemory();
  }
}

/// A low-rank prior, d = 10⁶, r = 64.
const auto& principal() {
  static const auto gaussian = [] {
    constexpr Index d = 1000000;
    Eigen::MatrixXd u = Eigen::MatrixXd::Zero(d, 64);
    // Columns that do not overlap are orthonormal, and as long to read as any.
    const double entry = 1 / std::sqrt(double(d / 64));
    for (Index i = 0; i < d; ++i) u(i, std::min<Index>(i / (d / 64), 63)) = entry;
    for (Index j = 0; j < 64; ++j) u.col(j).normalize();
    return Gaussian(VectorXd::Zero(d), LowRankCovariance(u, power_law(64, 100), 0.01));
  }();
  return gaussian;
}

void reading_u_twice(benchmark::State& state) {
  const auto& u = principal().covariance().basis();
  for (auto _ : state) {
    benchmark::DoNotOptimize(u.sum());
    benchmark::DoNotOptimize(u.sum());
  }
}

/// A diagonal prior.
const auto& axes() {
  static const Gaussian gaussian(VectorXd::Zero(4 * ring_size),
                                 DiagonalCovariance(power_law(4 * ring_size, 100)));
  return gaussian;
}

/// The marginal, written out: reads the mean and the variances, writes both.
void plain_marginal(benchmark::State& state) {
  const auto& prior = axes();
  const auto kernel = schedule().transition(0, 500);
  for (auto _ : state) {
    const VectorXd mean = kernel.signal_scale() * prior.mean();
    const VectorXd variances =
        kernel.signal_power() * prior.covariance().eigenvalues().array() + kernel.noise_variance();
    benchmark::DoNotOptimize(mean.data());
    benchmark::DoNotOptimize(variances.data());
  }
}

/// What a log-density reads, read once: x, the mean and the variances, without a logarithm.
void plain_distance(benchmark::State& state) {
  const auto& prior = axes();
  const VectorXd x = any_point(prior.dimension());
  for (auto _ : state) {
    const auto& variances = prior.covariance().eigenvalues();
    benchmark::DoNotOptimize(((x - prior.mean()).array().square() / variances.array()).sum());
  }
}

/// What a sample reads and writes, but for its noise: the mean and the variances, one vector.
void plain_sample(benchmark::State& state) {
  const auto& prior = axes();
  for (auto _ : state) {
    const VectorXd x = prior.mean() + prior.covariance().eigenvalues().cwiseSqrt();
    benchmark::DoNotOptimize(x.data());
  }
}

void only_noise(benchmark::State& state) {
  VectorXd x(axes().dimension());
  for (auto _ : state) {
    NoiseStream(1).fill(x);
    benchmark::ClobberMemory();
  }
}

/// The score, written out: reads x, the mean and the variances, writes one vector.
void plain_score(benchmark::State& state) {
  const auto& prior = axes();
  const auto kernel = schedule().transition(0, 500);
  const VectorXd x = any_point(prior.dimension());
  for (auto _ : state) {
    const double a = kernel.signal_power();
    const double b = kernel.noise_variance();
    const double scale = kernel.signal_scale();
    const auto& variances = prior.covariance().eigenvalues();
    const VectorXd score =
        (scale * prior.mean() - x).cwiseQuotient((a * variances.array() + b).matrix());
    benchmark::DoNotOptimize(score.data());
  }
}

void score_at_500(benchmark::State& state, const auto& prior) {
  const auto kernel = schedule().transition(0, 500);
  const VectorXd x = any_point(prior.dimension());
  for (auto _ : state) benchmark::DoNotOptimize(score(prior, kernel, x));
}

void marginal_at_500(benchmark::State& state, const auto& prior) {
  const auto kernel = schedule().transition(0, 500);
  for (auto _ : state) benchmark::DoNotOptimize(propagate(kernel, prior));
}

void log_density_at_500(benchmark::State& state, const auto& prior) {
  const auto marginal = propagate(schedule().transition(0, 500), prior);
  const VectorXd x = any_point(prior.dimension());
  for (auto _ : state) benchmark::DoNotOptimize(marginal.log_density(x));
}

void sample_at_500(benchmark::State& state, const auto& prior) {
  const auto marginal = propagate(schedule().transition(0, 500), prior);
  for (auto _ : state) benchmark::DoNotOptimize(marginal.sample(NoiseStream(1), 1));
}

/// log det, KL and W2 to N(0, I) at all of 1000 times, d = 3072.
void a_whole_process(benchmark::State& state) {
  constexpr Index d = 3072;
  const ForwardDiffusion process(
      Gaussian(VectorXd::Ones(d), DiagonalCovariance(power_law(d, 1000))), schedule());
  const Gaussian normal(VectorXd::Zero(d), IsotropicCovariance(1, d));
  double sum = 0;
  for (auto _ : state) {
    for (Index t = 1; t <= process.steps(); ++t) {
      const auto marginal = process.marginal(t);
      sum += marginal.covariance().log_determinant() + kl_divergence(marginal) +
             wasserstein_distance(marginal, normal);
    }
  }
  benchmark::DoNotOptimize(sum);
}

BENCHMARK(two_ffts)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(marginal_at_500, circulant, ring())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_density_at_500, circulant, ring())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sample_at_500, circulant, ring())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(score_at_500, circulant, ring())->Unit(benchmark::kMillisecond);
BENCHMARK(reading_u_twice)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(score_at_500, low_rank, principal())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_density_at_500, low_rank, principal())->Unit(benchmark::kMillisecond);
BENCHMARK(plain_marginal)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(marginal_at_500, diagonal, axes())->Unit(benchmark::kMillisecond);
BENCHMARK(plain_distance)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_density_at_500, diagonal, axes())->Unit(benchmark::kMillisecond);
BENCHMARK(plain_sample)->Unit(benchmark::kMillisecond);
BENCHMARK(only_noise)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sample_at_500, diagonal, axes())->Unit(benchmark::kMillisecond);
BENCHMARK(plain_score)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(score_at_500, diagonal, axes())->Unit(benchmark::kMillisecond);
BENCHMARK(a_whole_process)->Unit(benchmark::kMillisecond);

}  // namespace
