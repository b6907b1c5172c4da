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

/// Orders of multistage samplers and of samplers of SDEs, as observed on Gaussian data of variance
/// λ: log2 of the ratio of the errors of n and 2n steps, the error being that of the logarithm of
/// the variance at the end. Would catch a weight, a stage or a normal that lowers the order, which
/// still converges.
namespace sampler_orders_stages_test {

using namespace alphabar;

using test::observed_order;
using test::variance_at;

SamplerPath levels(Index n) { return test::sigma_path(test::positions(n, 0.3)); }

/// Along a straight path.
SamplerPath straight(Index n) {
  return test::process_path(RectifiedFlow(), test::positions(n, -0.3), 0.8);
}

/// Along a straight path, from u = 1.
SamplerPath from_noise(Index n) {
  return test::process_path(RectifiedFlow(), test::positions(n, -0.3), 1);
}

/// Along a path that preserves variance.
SamplerPath cosine(Index n) { return test::process_path(VpCosine(), test::positions(n, 0.2), 0.8); }

/// For methods with a start of lower order.
SamplerPath with_start(Index n) { return test::sigma_path(test::positions_after_start(n, 0.3)); }

constexpr auto& lambdas = test::order_lambdas;

/// Along σ to the tolerance; on other paths, where errors may pass 0 on the way, not an order less.
template <class S>
void check(const S& sampler, int order, double tolerance = 0.1) {
  for (const double lambda : lambdas) {
    INFO("lambda " << lambda << ", order " << order);
    CHECK_THAT(observed_order(sampler, levels, lambda, 160), WithinAbs(order, tolerance));
    CHECK(observed_order(sampler, straight, lambda, 160) > order - 0.5);
    CHECK(observed_order(sampler, cosine, lambda, 160) > order - 0.5);
  }
}

TEST_CASE("multistage samplers of the flow: observed orders") {
  constexpr auto heun = SolverType::heun;
  constexpr auto midpoint = SolverType::midpoint;
  check(Euler{}, 1);
  check(HeunPp2{}, 1);
  check(Heun{}, 2);
  check(Dpm2{}, 2);
  check(Dpm2Ancestral{0}, 2);
  check(DpmSolverPp2SAncestral{0}, 2);
  check(DpmSolverPp2SAncestral{0, 0.3}, 2);
  check(DpmSolverPpSde{0}, 2);
  check(Seeds2{0}, 2);
  check(Seeds2{0, 1, heun}, 2);
  check(Seeds3{0}, 3, 0.15);
  check(Seeds3{0, 0.4, 0.9}, 2);  // exact for a linear D, and the quadratic term needs r_2 = 2/3
  check(Res2S{}, 2);
  for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
    for (const SolverType type : {midpoint, heun}) {
      for (const int order : {1, 2, 3}) {
        check(DpmSolver{{order}, prediction, type}, order, 0.15);
      }
    }
  }
}

TEST_CASE("DpmSolverSinglestep: observed orders") {
  for (const double lambda : lambdas) {
    for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
      for (const int order : {1, 2, 3}) {
        INFO("lambda " << lambda << ", order " << order);
        const auto blocks = [&](Index n) { return levels(order * n); };
        DpmSolverSinglestep sampler{order, prediction, SolverType::heun};
        sampler.lower_order_final = false;
        CHECK_THAT(observed_order(sampler, blocks, lambda, 80), WithinAbs(order, 0.15));
      }
    }
  }
}

// From u = 1: in u as elsewhere; in log σ the first step is Euler's, with an error of order 2.
TEST_CASE("multistage samplers from pure noise: observed orders") {
  for (const double lambda : lambdas) {
    INFO("lambda " << lambda);
    CHECK_THAT(observed_order(Heun{}, from_noise, lambda, 320), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(Dpm2{}, from_noise, lambda, 320), WithinAbs(2, 0.1));
    CHECK(observed_order(Seeds2{0}, from_noise, lambda, 640) > 1.7);
    CHECK(observed_order(DpmSolverPp2SAncestral{}, from_noise, lambda, 640) > 1.7);
    CHECK_THAT(observed_order(EulerAncestral{}, from_noise, lambda, 320), WithinAbs(1, 0.1));
  }
}

TEST_CASE("samplers that add noise: observed orders of the variance") {
  using Normals = DpmSolverPpSde::Normals;
  for (const double eta : {0.5, 1.0}) {
    INFO("eta = " << eta);
    check(EulerAncestral{eta}, 1);
    check(Dpm2Ancestral{eta}, 2, 0.15);
    check(DpmSolver{.orders = {2}, .eta = eta}, 2, 0.15);
    check(DpmSolverPp2SAncestral{eta}, 2, 0.15);
    check(Seeds2{eta}, 2, 0.2);
    check(Seeds2{eta, 0.5, SolverType::heun}, 2, 0.2);
    check(DpmSolverMultistep{.order = 1, .eta = eta}, 1);
  }
  check(DpmSolverPpSde{1}, 2, 0.25);
  // Normals that are drawn independently cost an order.
  check(DpmSolverPpSde{1, 0.5, Normals::independent}, 1);
}

// Noise does not move the mean: it converges as that of the equation without noise.
TEST_CASE("SDE multistep samplers: observed orders of the mean") {
  const auto order_of_mean = [](const auto& sampler, double lambda, double exponent) {
    const auto error_of_mean = [&](Index n) {
      const SamplerPath path = with_start(n);
      const double ratio = variance_at(path, path.steps(), lambda) / variance_at(path, 0, lambda);
      const double exact = std::pow(ratio, exponent);
      return std::abs(std::log(sampler_response(sampler.plan(path), lambda).start / exact));
    };
    return std::log2(error_of_mean(320) / error_of_mean(640));
  };
  for (const double lambda : lambdas) {
    for (const double eta : {0.0, 0.4, 1.0}) {
      for (const int order : {1, 2, 3}) {
        INFO("lambda " << lambda << ", eta = " << eta << ", order " << order);
        const DpmSolverMultistep dpm{.order = order, .type = SolverType::heun, .eta = eta};
        // At η = 1 D is a martingale: its mean is constant, and there is nothing to integrate.
        if (eta < 1) {
          CHECK_THAT(order_of_mean(dpm, lambda, (1 + eta) / 2), WithinAbs(order, 0.3));
          const SaSolver sa{.predictor_order = order,
                            .corrector_order = 0,
                            .tau = {std::sqrt(eta)},
                            .simple_order_2 = order == 2,
                            .lower_order_final = false};
          CHECK_THAT(order_of_mean(sa, lambda, (1 + eta) / 2), WithinAbs(order, 0.3));
          if (order == 1) continue;
          SaSolver corrected = sa;
          corrected.corrector_order = order;
          corrected.simple_order_2 = false;
          CHECK(order_of_mean(corrected, lambda, (1 + eta) / 2) > order - 0.25);
        } else {
          const SamplerPath path = with_start(40);
          const double ratio =
              variance_at(path, path.steps(), lambda) / variance_at(path, 0, lambda);
          CHECK_THAT(sampler_response(dpm.plan(path), lambda).start, WithinRel(ratio, 1e-10));
        }
      }
    }
  }
}

// Against ten times as many steps: the mean has no closed form.
TEST_CASE("ER-SDE: observed orders of the mean") {
  for (const double lambda : lambdas) {
    for (const int order : {1, 2, 3}) {
      INFO("lambda " << lambda << ", order " << order);
      const auto mean = [&](Index n) {
        return sampler_response(ErSde{order}.plan(with_start(n)), lambda).start;
      };
      const double limit = sampler_response(ErSde{3}.plan(with_start(5120)), lambda).start;
      const double coarse = std::abs(std::log(mean(80) / limit));
      const double fine = std::abs(std::log(mean(160) / limit));
      CHECK_THAT(std::log2(coarse / fine), WithinAbs(order, 0.15));
    }
  }
}

}  // namespace sampler_orders_stages_test
