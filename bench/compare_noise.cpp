// SPDX-License-Identifier: MIT
//
// What bench/compare_noise.py calls beside torch and numpy, on their buffers and in their process:
// alphabar, the standard library, Eigen, and EigenRand where its header is found.

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>

#if __has_include(<EigenRand/EigenRand>)
#include <EigenRand/EigenRand>
#endif
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

#if __has_include(<EigenRand/EigenRand>)
Eigen::Rand::Vmt19937_64 eigenrand_engine(1);
#endif

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
bool has_sse2() { return true; }
bool has_avx2() { return __builtin_cpu_supports("avx2"); }
bool has_avx512() { return __builtin_cpu_supports("avx512dq"); }

// What runs on a processor without wider vectors.
#define BY(set, lanes)                                                    \
  void fill_float_by_##set(float* x, std::size_t n, std::size_t call) {   \
    alphabar::detail::lanes::fill(1, call, 0, 0, n, x);                   \
  }                                                                       \
  void fill_double_by_##set(double* x, std::size_t n, std::size_t call) { \
    alphabar::detail::lanes::fill(1, call, 0, 0, n, x);                   \
  }                                                                       \
  void add_noise_by_##set(float* x, std::size_t n, std::size_t call) {    \
    const float a = float_kernel.signal_scale();                          \
    const float b = float_kernel.noise_scale();                           \
    alignas(64) float block[1024];                                        \
    for (std::size_t k = 0; k < n; k += 1024) {                           \
      alphabar::detail::lanes::fill(1, call, k / 64, 0, 1024, block);     \
      alphabar::detail::lanes::affine(a, x + k, b, block, 1024, x + k);   \
    }                                                                     \
  }
BY(sse2, narrow)
BY(avx2, wide)
BY(avx512, widest)
#endif

/// What Eigen, and EigenRand with it, was compiled for.
const char* vectors_of_eigen() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__) && defined(__FMA__)
  return "AVX2 and FMA";
#elif defined(__AVX2__)
  return "AVX2";
#else
  return Eigen::SimdInstructionSetsInUse();
#endif
}

#if __has_include(<EigenRand/EigenRand>)
void eigenrand_add_noise(float* x, std::ptrdiff_t n) {
  Eigen::Map<Eigen::ArrayXf> data(x, n);
  data = float_kernel.signal_scale() * data +
         float_kernel.noise_scale() * Eigen::Rand::normal<Eigen::ArrayXf>(n, 1, eigenrand_engine);
}
void eigenrand_fill_float(float* x, std::ptrdiff_t n) {
  Eigen::Map<Eigen::ArrayXf>(x, n) = Eigen::Rand::normal<Eigen::ArrayXf>(n, 1, eigenrand_engine);
}
void eigenrand_fill_double(double* x, std::ptrdiff_t n) {
  Eigen::Map<Eigen::ArrayXd>(x, n) = Eigen::Rand::normal<Eigen::ArrayXd>(n, 1, eigenrand_engine);
}
#endif

void moments(const double* x, std::ptrdiff_t dimension, std::ptrdiff_t count) {
  static Eigen::MatrixXd covariance;
  alphabar::Moments<double> moments;
  moments.add(Eigen::Map<const Eigen::MatrixXd>(x, dimension, count));
  covariance = moments.covariance();
}

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
