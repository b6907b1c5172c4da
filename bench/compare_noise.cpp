// SPDX-License-Identifier: MIT
//
// What bench/compare_noise.py calls beside torch and numpy, on their buffers and in their process:
// alphabar, the standard library and Eigen.

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

/// Stationary, ρ = 0.95, and a mean: what the sampled Gaussian is.
Eigen::MatrixXd ar1(Eigen::Index n) {
  return Eigen::MatrixXd::NullaryExpr(n, n, [](Eigen::Index i, Eigen::Index j) {
    return std::pow(0.95, static_cast<double>(std::abs(i - j)));
  });
}

const alphabar::TransitionKernel kernel(0.25, 0.75);
const alphabar::TransitionKernel<float> float_kernel(kernel);

/// By a number on the end, so that no two calls use the same noise.
alphabar::NoiseStream<float> stream_of_float(std::size_t call) {
  return alphabar::NoiseStream<float>(1, call);
}

}  // namespace

extern "C" {

const char* compiler() { return __VERSION__; }

void keep_freed_memory() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void scale(float* x, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) x[k] *= 0.5F;
}

void add_noise(float* x, std::size_t n, std::size_t call) {
  const std::span data(x, n);
  alphabar::add_noise(float_kernel, data, stream_of_float(call), data);
}

void standard_library_add_noise(float* x, std::size_t n) {
  static std::mt19937_64 engine(1);
  std::normal_distribution<float> normal;
  for (std::size_t k = 0; k < n; ++k) x[k] = float_kernel.perturb(x[k], normal(engine));
}

void fill_float(float* x, std::size_t n, std::size_t call) {
  stream_of_float(call).fill(std::span(x, n));
}

void fill_double(double* x, std::size_t n, std::size_t call) {
  alphabar::NoiseStream<double>(1, call).fill(std::span(x, n));
}

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx512() { return __builtin_cpu_supports("avx512dq"); }

/// What runs on a processor without wider vectors.
void fill_float_by_sse2(float* x, std::size_t n, std::size_t call) {
  alphabar::detail::narrow::fill(1, call, 0, n / 64, x);
}
void fill_double_by_sse2(double* x, std::size_t n, std::size_t call) {
  alphabar::detail::narrow::fill(1, call, 0, n / 32, x);
}
void fill_float_by_avx2(float* x, std::size_t n, std::size_t call) {
  alphabar::detail::wide::fill(1, call, 0, n / 64, x);
}
void fill_double_by_avx2(double* x, std::size_t n, std::size_t call) {
  alphabar::detail::wide::fill(1, call, 0, n / 32, x);
}
#endif

void sample(double* out, std::ptrdiff_t dimension, std::ptrdiff_t count) {
  static const alphabar::Gaussian gaussian(Eigen::VectorXd::Ones(dimension), ar1(dimension));
  Eigen::Map<Eigen::MatrixXd>(out, dimension, count) =
      gaussian.sample(alphabar::NoiseStream(2), count);
}

void eigen_sample(double* out, std::ptrdiff_t dimension, std::ptrdiff_t count) {
  static std::mt19937_64 engine(1);
  static const Eigen::LLT<Eigen::MatrixXd> factor(ar1(dimension));
  std::normal_distribution normal;
  const Eigen::MatrixXd z =
      Eigen::MatrixXd::NullaryExpr(dimension, count, [&] { return normal(engine); });
  Eigen::Map<Eigen::MatrixXd> x(out, dimension, count);
  x.noalias() = factor.matrixL() * z;
  x.array() += 1;
}
}
