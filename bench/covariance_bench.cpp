// SPDX-License-Identifier: MIT
//
// Σ_t = ᾱ_t Σ_0 + (1 − ᾱ_t) I: the closed form beside the least that any program must do (scaling
// the same memory), beside Eigen's expression read literally, and beside the recursion.

#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <alphabar/alphabar.hpp>

namespace {

using Matrix = Eigen::MatrixXd;

/// Correlations 0.9^|i−j|, times 4.
Matrix prior_covariance(Eigen::Index n) {
  return Matrix::NullaryExpr(n, n, [](Eigen::Index i, Eigen::Index j) {
    return 4 * std::pow(0.9, static_cast<double>(std::abs(i - j)));
  });
}

const alphabar::NoiseSchedule<double>& schedule() {
  static const auto schedule = alphabar::linear_schedule();
  return schedule;
}

/// Reports time per matrix entry, which is what compares across n.
void per_entry(benchmark::State& state, Eigen::Index n) {
  using benchmark::Counter;
  state.counters["per_entry"] =
      Counter(static_cast<double>(n * n), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void closed_form(benchmark::State& state) {
  const Matrix sigma = prior_covariance(state.range(0));
  Matrix out(sigma.rows(), sigma.cols());
  const auto kernel = schedule().transition(0, 500);
  for (auto _ : state) {
    alphabar::propagate(kernel, sigma, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  per_entry(state, state.range(0));
}

void plain_scaling(benchmark::State& state) {
  const Matrix sigma = prior_covariance(state.range(0));
  Matrix out(sigma.rows(), sigma.cols());
  const double a = schedule().alpha_bar(500);
  for (auto _ : state) {
    out.noalias() = a * sigma;
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  per_entry(state, state.range(0));
}

void naive_expression(benchmark::State& state) {
  const Matrix sigma = prior_covariance(state.range(0));
  Matrix out(sigma.rows(), sigma.cols());
  const double a = schedule().alpha_bar(500);
  for (auto _ : state) {
    out = a * sigma + (1 - a) * Matrix::Identity(sigma.rows(), sigma.cols());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  per_entry(state, state.range(0));
}

/// The closed form as one gets it from a process: a new matrix each time.
void closed_form_by_value(benchmark::State& state) {
  const Matrix sigma = prior_covariance(state.range(0));
  const auto kernel = schedule().transition(0, 500);
  for (auto _ : state) benchmark::DoNotOptimize(alphabar::propagate(kernel, sigma));
  per_entry(state, state.range(0));
}

/// The fastest recursion: in place, without the compensation that `covariance_by_recursion` has.
void recursion_in_place(benchmark::State& state) {
  const Matrix sigma = prior_covariance(state.range(0));
  const Eigen::Index steps = state.range(1);
  Matrix out = sigma;
  for (auto _ : state) {
    out = sigma;
    for (Eigen::Index t = 1; t <= steps; ++t) {
      out *= schedule().alpha(t);
      out.diagonal().array() += schedule().beta(t);
    }
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  per_entry(state, state.range(0));
}

void recursion_compensated(benchmark::State& state) {
  const Eigen::Index n = state.range(0);
  const alphabar::ForwardDiffusion process(
      alphabar::Gaussian(Eigen::VectorXd::Zero(n), prior_covariance(n)), schedule());
  for (auto _ : state) {
    benchmark::DoNotOptimize(process.covariance_by_recursion(state.range(1)));
  }
  per_entry(state, n);
}

BENCHMARK(plain_scaling)->RangeMultiplier(2)->Range(64, 1024);
BENCHMARK(closed_form)->RangeMultiplier(2)->Range(64, 1024);
BENCHMARK(naive_expression)->RangeMultiplier(2)->Range(64, 1024);
BENCHMARK(closed_form_by_value)->RangeMultiplier(4)->Range(64, 1024);
BENCHMARK(recursion_in_place)
    ->ArgNames({"n", "T"})
    ->ArgsProduct({{64, 512}, {10, 100, 1000}})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(recursion_compensated)
    ->ArgNames({"n", "T"})
    ->ArgsProduct({{64, 512}, {1000}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
