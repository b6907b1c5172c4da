// SPDX-License-Identifier: MIT
//
// Construction of exact tables, beside the running product that is usually written by hand; and
// what one access costs, and one transition in continuous time.

#include <benchmark/benchmark.h>

#include <alphabar/core.hpp>
#include <vector>

namespace {

/// β up to 20/T, so that ᾱ_T is the same for every T.
void linear(benchmark::State& state) {
  const auto steps = state.range(0);
  const double scale = 1000.0 / static_cast<double>(steps);
  for (auto _ : state) {
    benchmark::DoNotOptimize(alphabar::linear_schedule(steps, 1e-4 * scale, 0.02 * scale));
  }
}

void cosine(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(alphabar::cosine_schedule(state.range(0)));
}

void sigmoid(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(alphabar::sigmoid_schedule(state.range(0)));
}

/// Two columns, ᾱ and 1 − ᾱ, the second off by thousands of ulp.
void naive_product(benchmark::State& state) {
  const auto steps = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<double> alpha_bar(steps);
    std::vector<double> one_minus(steps);
    double product = 1;
    for (std::size_t k = 0; k < steps; ++k) {
      product *= 1 - (1e-4 + (0.02 - 1e-4) * static_cast<double>(k) / 999);
      alpha_bar[k] = product;
      one_minus[k] = 1 - product;
    }
    benchmark::DoNotOptimize(alpha_bar.data());
    benchmark::DoNotOptimize(one_minus.data());
  }
}

template <auto Accessor>
void access(benchmark::State& state) {
  const auto schedule = alphabar::linear_schedule();
  alphabar::Index t = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize((schedule.*Accessor)(t));
    t = t % 1000 + 1;
  }
}

void transition(benchmark::State& state) {
  const auto schedule = alphabar::linear_schedule();
  alphabar::Index t = 20;
  for (auto _ : state) {
    benchmark::DoNotOptimize(schedule.transition(t - 20, t));
    t = t % 980 + 20;
  }
}

template <class Process>
void continuous_transition(benchmark::State& state) {
  const Process process;
  double t = 0.25;
  for (auto _ : state) {
    benchmark::DoNotOptimize(process.transition(t - 0.25, t));
    t = t < 0.99 ? t + 0x1p-10 : 0.25;
  }
}

using Schedule = alphabar::NoiseSchedule<double>;

BENCHMARK(linear)->Arg(1000)->Arg(1000000)->Unit(benchmark::kMicrosecond);
BENCHMARK(cosine)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(sigmoid)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(naive_product)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(access<&Schedule::alpha_bar>)->Name("access/alpha_bar");
BENCHMARK(access<&Schedule::sqrt_one_minus_alpha_bar>)->Name("access/sqrt_one_minus_alpha_bar");
BENCHMARK(access<&Schedule::log_snr>)->Name("access/log_snr");
BENCHMARK(transition);
BENCHMARK(continuous_transition<alphabar::RectifiedFlow>)->Name("transition/RectifiedFlow");
BENCHMARK(continuous_transition<alphabar::VpLinear>)->Name("transition/VpLinear");
BENCHMARK(continuous_transition<alphabar::VpCosine>)->Name("transition/VpCosine");

}  // namespace
