// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "support/catch.hpp"
#include "support/observed_order.hpp"

/// Orders of multistep samplers, as observed on Gaussian data of variance λ: log2 of the ratio of
/// the errors of n and 2n steps, the error being that of the logarithm of the variance at the end.
namespace sampler_orders_multistep_test {

using namespace alphabar;

using test::observed_order;

SamplerPath levels(Index n) { return test::sigma_path(test::positions_after_start(n, 0.3)); }

/// Along a straight path, from u = 1.
SamplerPath straight(Index n) {
  return test::process_path(RectifiedFlow(), test::positions_after_start(n, -0.3), 1);
}

/// Along a straight path, even steps.
SamplerPath even(Index n) {
  return test::process_path(RectifiedFlow(), test::positions(n, 0), 0.8);
}

/// Along σ, from 4 to 0.1, steps whose lengths change smoothly.
SamplerPath smooth(Index n) { return SamplerPath::of_sigmas(karras_sigmas(n + 1, 0.1, 4)); }

constexpr auto& lambdas = test::order_lambdas;

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
  for (const double lambda : lambdas) {
    for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
      for (const int order : {1, 2, 3}) {
        INFO("lambda " << lambda << ", order " << order);
        const DpmSolverInversion sampler{
            .prediction = prediction, .order = order, .type = SolverType::heun};
        const auto error_of = [&](Index n) {
          // From the end of the path to its begin, so that its last steps are the short ones.
          std::vector<double> positions = test::positions_after_start(n, 0.3);
          std::reverse(positions.begin(), positions.end());
          for (double& position : positions) position = 1 - position;
          const SamplerPath path = test::sigma_path(positions);
          const double ratio =
              test::variance_at(path, 0, lambda) / test::variance_at(path, path.steps(), lambda);
          const double found = sampler_response(sampler.plan(path), lambda).start;
          return std::abs(std::log(found * found / ratio));
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
