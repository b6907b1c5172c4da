// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "support/catch.hpp"

/// Orders of multistep samplers, as observed on Gaussian data of variance λ: log2 of the ratio of
/// the errors of n and 2n steps, the error being that of log std at the end.
namespace sampler_orders_multistep_test {

using namespace alphabar;

double error(const SamplerPlan& plan, const SamplerPath& path, double lambda) {
  const auto variance_at = [&](std::size_t k) {
    return path.level(k).signal_power() * lambda + path.level(k).noise_variance();
  };
  const double exact = std::sqrt(variance_at(path.steps()) / variance_at(0));
  return std::abs(std::log(sampler_response(plan, lambda).start / exact));
}

template <class S, class PathOf>
double observed_order(const S& sampler, const PathOf& path_of, double lambda, Index n) {
  const SamplerPath coarse = path_of(n);
  const SamplerPath fine = path_of(2 * n);
  return std::log2(error(sampler.plan(coarse), coarse, lambda) /
                   error(sampler.plan(fine), fine, lambda));
}

/// Positions in [0, 1] of n + 2 steps, of which the first two are as short as h² and h^(3/2) for
/// the lower order that they have. Later steps are even where `bend` is 0.
std::vector<double> positions(Index n, double bend) {
  const double h = 1 / static_cast<double>(n);
  std::vector<double> list{0, h * h};
  const double start = h * h + h * std::sqrt(h);
  for (Index k = 0; k <= n; ++k) {
    const double even = start + (1 - start) * static_cast<double>(k) / static_cast<double>(n);
    list.push_back(even + bend * even * (1 - even));
  }
  list.back() = 1;
  return list;
}

/// Along σ, from 4 to 0.1, even steps of the logarithm but for a bend.
SamplerPath levels(Index n) {
  std::vector<double> sigmas;
  for (const double position : positions(n, 0.3)) sigmas.push_back(4 * std::pow(0.025, position));
  return SamplerPath::of_sigmas(sigmas);
}

/// Along a straight path, from u = 1 to 0.1.
SamplerPath straight(Index n) {
  std::vector<double> times;
  for (const double position : positions(n, -0.3)) times.push_back(1 - 0.9 * position);
  return SamplerPath(RectifiedFlow(), times);
}

/// Along a straight path, even steps from u = 0.8 to 0.1.
SamplerPath even(Index n) {
  std::vector<double> times;
  for (Index k = 0; k <= n; ++k) {
    times.push_back(0.8 - 0.7 * static_cast<double>(k) / static_cast<double>(n));
  }
  return SamplerPath(RectifiedFlow(), times);
}

/// Along σ, from 4 to 0.1, steps whose lengths change smoothly.
SamplerPath smooth(Index n) { return SamplerPath::of_sigmas(karras_sigmas(n + 1, 0.1, 4)); }

constexpr double lambdas[]{0.01, 0.25, 4};

// Would catch an order that a wrong weight, start or history lowers.
TEST_CASE("DPM-Solver multistep, RES and DEIS: observed orders") {
  using Dpm = DpmSolverMultistep;
  for (const double lambda : lambdas) {
    for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
      for (const int order : {1, 2, 3}) {
        for (const SolverType type : {SolverType::midpoint, SolverType::heun}) {
          INFO("lambda " << lambda << ", order " << order);
          const Dpm sampler{.prediction = prediction, .order = order, .type = type};
          CHECK_THAT(observed_order(sampler, levels, lambda, 320), WithinAbs(order, 0.1));
        }
      }
      const Dpm halved{.prediction = prediction, .order = 3, .halved_quadratic_term = true};
      CHECK_THAT(observed_order(halved, levels, lambda, 320), WithinAbs(2, 0.1));
    }
    for (const int order : {1, 2, 3}) {
      CHECK_THAT(observed_order(Deis{order}, levels, lambda, 320), WithinAbs(order, 0.1));
      CHECK_THAT(observed_order(ResMultistep{order}, levels, lambda, 320), WithinAbs(order, 0.1));
    }
    CHECK_THAT(observed_order(DpmSolverPp2M{}, levels, lambda, 320), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(DpmSolverPp2M{}, straight, lambda, 640), WithinAbs(2, 0.25));
  }
}

// Would catch a history in the order of the path, not of the steps.
TEST_CASE("DPM-Solver inversion: observed orders") {
  const auto upwards = [](Index n) {  // the short steps are the first ones
    std::vector<double> sigmas;
    for (const double position : positions(n, 0.3)) {
      sigmas.insert(sigmas.begin(), 0.1 * std::pow(40, position));
    }
    return SamplerPath::of_sigmas(sigmas);
  };
  for (const double lambda : lambdas) {
    for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
      for (const int order : {1, 2, 3}) {
        INFO("lambda " << lambda << ", order " << order);
        const DpmSolverInversion sampler{
            .prediction = prediction, .order = order, .type = SolverType::heun};
        const auto error_of = [&](Index n) {
          const SamplerPath path = upwards(n);
          const double low = lambda + path.level(path.steps()).noise_variance();
          const double high = lambda + path.level(0).noise_variance();
          const double found = sampler_response(sampler.plan(path), lambda).start;
          return std::abs(std::log(found / std::sqrt(high / low)));
        };
        CHECK_THAT(std::log2(error_of(320) / error_of(640)), WithinAbs(order, 0.1));
      }
    }
  }
}

// Would catch a corrector that does not raise the order.
TEST_CASE("UniPC: the observed order is p + 1") {
  for (const double lambda : lambdas) {
    for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
      for (const UniPc::B b : {UniPc::B::bh1, UniPc::B::bh2}) {
        for (const int order : {1, 2, 3}) {
          INFO("lambda " << lambda << ", order " << order << ", bh" << static_cast<int>(b) + 1);
          const UniPc sampler{.prediction = prediction, .order = order, .b = b};
          CHECK_THAT(observed_order(sampler, levels, lambda, 320), WithinAbs(order + 1, 0.25));
        }
      }
    }
  }
}

// Would catch weights for even steps on uneven ones.
TEST_CASE("LMS and tAB-DEIS: observed orders") {
  for (const double lambda : lambdas) {
    for (const int order : {1, 2, 3}) {
      CHECK_THAT(observed_order(DeisTab{order}, levels, lambda, 160), WithinAbs(order, 0.25));
    }
    for (const int order : {1, 2, 3, 4}) {
      INFO("lambda " << lambda << ", order " << order);
      CHECK_THAT(observed_order(Lms{order}, levels, lambda, 160), WithinAbs(order, 0.15));
      CHECK(observed_order(Lms{order}, straight, lambda, 160) > order - 0.15);
    }
  }
}

// Would catch a start that lowers the order more than it must: iPNDM's is Euler's.
TEST_CASE("iPNDM, PLMS, PNDM, gradient estimation: observed orders") {
  for (const double lambda : lambdas) {
    INFO("lambda " << lambda);
    CHECK_THAT(observed_order(Ipndm{1}, even, lambda, 160), WithinAbs(1, 0.05));
    CHECK_THAT(observed_order(Ipndm{2}, even, lambda, 160), WithinAbs(2, 0.05));
    CHECK(observed_order(Ipndm{4}, even, lambda, 160) > 1.95);
    CHECK(observed_order(Plms{}, even, lambda, 160) > 2.8);
    CHECK_THAT(observed_order(Pndm{}, even, lambda, 160), WithinAbs(4, 0.1));
    CHECK_THAT(observed_order(Pndm{}, smooth, lambda, 160), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(Ipndm{4}, smooth, lambda, 160), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(GradientEstimation{}, even, lambda, 320), WithinAbs(1, 0.05));
    CHECK_THAT(observed_order(GradientEstimation{1.5}, even, lambda, 160), WithinAbs(2, 0.05));
  }
}

}  // namespace sampler_orders_multistep_test
