// SPDX-License-Identifier: MIT
//
// The moments of data, beside Eigen's rank update of the same data in one block, already centred;
// and what is held in memory while samples stream past. Items are numbers.

#include <benchmark/benchmark.h>

#include <Eigen/Core>
#include <alphabar/alphabar.hpp>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

template <class Scalar>
Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> samples(Eigen::Index d, Eigen::Index n) {
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> batch(d, n);
  alphabar::NoiseStream<Scalar>(1).fill(batch);
  return batch;
}

template <class Scalar>
void moments(benchmark::State& state) {
  const auto batch = samples<Scalar>(state.range(0), state.range(1));
  for (auto _ : state) {
    alphabar::Moments<Scalar> moments;
    moments.add(batch);
    benchmark::DoNotOptimize(moments.covariance().data());
  }
  state.SetItemsProcessed(state.iterations() * batch.size());
}

void rank_update(benchmark::State& state) {
  const auto batch = samples<double>(state.range(0), state.range(1));
  Eigen::MatrixXd scatter(batch.rows(), batch.rows());
  for (auto _ : state) {
    scatter.setZero();
    scatter.selfadjointView<Eigen::Lower>().rankUpdate(batch);
    benchmark::DoNotOptimize(scatter.data());
  }
  state.SetItemsProcessed(state.iterations() * batch.size());
}

double bytes_in_use() {
#if defined(__GLIBC__)
  return static_cast<double>(mallinfo2().uordblks);
#else
  return 0;
#endif
}

/// n samples that never are in memory together; `matrices` is what is held at the end, in units of
/// one d × d matrix of doubles.
void stream(benchmark::State& state) {
  const auto batch = samples<float>(256, 1000);
  for (auto _ : state) {
    const double before = bytes_in_use();
    alphabar::Moments<float> moments;
    for (Eigen::Index n = 0; n < state.range(0); n += batch.cols()) moments.add(batch);
    benchmark::DoNotOptimize(moments);
    state.counters["matrices"] = (bytes_in_use() - before) / (256 * 256 * sizeof(double));
  }
  state.SetItemsProcessed(state.iterations() * 256 * state.range(0));
}

constexpr auto unit = benchmark::kMillisecond;
BENCHMARK(rank_update)->Args({64, 2000})->Args({512, 2000})->Args({784, 60000})->Unit(unit);
BENCHMARK(moments<double>)->Args({64, 2000})->Args({512, 2000})->Args({784, 60000})->Unit(unit);
BENCHMARK(moments<float>)->Args({784, 60000})->Unit(unit);
BENCHMARK(stream)->Arg(10000)->Arg(100000)->Arg(800000)->Unit(unit);

}  // namespace
