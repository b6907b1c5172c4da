// SPDX-License-Identifier: MIT
//
// Noise, noising and sampling. Items are numbers (coordinates of samples),
// so items_per_second compares across all of them.

#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <alphabar/alphabar.hpp>
#include <alphabar/noise/torch_noise.hpp>
#include <random>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

constexpr std::size_t count = std::size_t{1} << 16;

void numbers(benchmark::State& state, std::size_t per_iteration) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(per_iteration));
}

template <class Scalar>
void fill(benchmark::State& state) {
  const alphabar::NoiseStream<Scalar> noise(1);
  std::vector<Scalar> buffer(count);
  for (auto _ : state) {
    noise.fill(buffer);
    benchmark::DoNotOptimize(buffer.data());
  }
  numbers(state, count);
}

void standard_library_normals(benchmark::State& state) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::vector<double> buffer(count);
  for (auto _ : state) {
    for (double& x : buffer) x = normal(engine);
    benchmark::DoNotOptimize(buffer.data());
  }
  numbers(state, count);
}

template <class Scalar>
void add_noise(benchmark::State& state) {
  const alphabar::NoiseStream<Scalar> noise(1);
  const auto kernel = alphabar::linear_schedule<Scalar>().transition(0, 500);
  std::vector<Scalar> x(count, Scalar(0.5));
  std::vector<Scalar> out(count);
  for (auto _ : state) {
    alphabar::add_noise(kernel, x, noise, out);
    benchmark::DoNotOptimize(out.data());
  }
  numbers(state, count);
}

#ifdef _OPENMP
void add_noise_by_threads(benchmark::State& state) {
  const alphabar::NoiseStream<float> noise(1);
  const auto kernel = alphabar::linear_schedule<float>().transition(0, 500);
  std::vector<float> x(std::size_t{1} << 20, 0.5F);
  omp_set_num_threads(static_cast<int>(state.range(0)));
  for (auto _ : state) alphabar::add_noise(kernel, x, noise, x);
  omp_set_num_threads(1);
  numbers(state, x.size());
}
BENCHMARK(add_noise_by_threads)->Arg(1)->Arg(2)->UseRealTime();
#endif

/// The numbers of torch on a GPU, for those who need them.
void torch_cuda_noise(benchmark::State& state) {
  const alphabar::TorchCudaNoise noise(1);
  std::vector<float> buffer(count);
  for (auto _ : state) {
    noise.fill(buffer);
    benchmark::DoNotOptimize(buffer.data());
  }
  numbers(state, count);
}

alphabar::ForwardDiffusion<double> process(Eigen::Index n) {
  const Eigen::MatrixXd sigma =
      Eigen::MatrixXd::NullaryExpr(n, n, [](Eigen::Index i, Eigen::Index j) {
        return 4 * std::pow(0.9, static_cast<double>(std::abs(i - j)));
      });
  return {alphabar::Gaussian(Eigen::VectorXd::Ones(n), sigma), alphabar::linear_schedule()};
}

void sample(benchmark::State& state) {
  const auto diffusion = process(state.range(0));
  const alphabar::NoiseStream noise(1);
  for (auto _ : state) benchmark::DoNotOptimize(diffusion.sample(500, noise, 1000));
  numbers(state, static_cast<std::size_t>(1000 * state.range(0)));
}

void sample_by_steps(benchmark::State& state) {
  const auto diffusion = process(state.range(0));
  const alphabar::NoiseStream noise(1);
  for (auto _ : state) benchmark::DoNotOptimize(diffusion.sample_by_steps(100, noise, 100));
  numbers(state, static_cast<std::size_t>(100 * state.range(0)));
}

BENCHMARK(fill<double>);
BENCHMARK(fill<float>);
BENCHMARK(standard_library_normals);
BENCHMARK(add_noise<double>);
BENCHMARK(add_noise<float>);
BENCHMARK(torch_cuda_noise);
BENCHMARK(sample)->Arg(64)->Arg(512)->Unit(benchmark::kMicrosecond);
BENCHMARK(sample_by_steps)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace
