// SPDX-License-Identifier: MIT
#include "alphabar/oracle/optimal_grid.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/sampler/ddpm.hpp"
#include "alphabar/sampler/dpm_solver_multistep.hpp"
#include "alphabar/sampler/euler.hpp"
#include "alphabar/sampler/heun.hpp"
#include "support/bound.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace optimal_grid_test {

using namespace alphabar;
using Eigen::VectorXd;
using test::check_bound;
using test::complaint;
using Sigmas = std::vector<double>;

/// λ_k = 30/k²: a spectrum like that of images.
VectorXd power_law(Index d) {
  return VectorXd::LinSpaced(d, 1, static_cast<double>(d)).array().square().inverse() * 30;
}

/// W2 and KL(data ‖ sampled).
struct Error {
  double wasserstein = 0;
  double kl = 0;

  [[nodiscard]] double of(GridGoal goal) const {
    return goal == GridGoal::wasserstein ? wasserstein : kl;
  }
};

/// Where the data have variance; elsewhere the step onto σ = 0 leaves nothing.
Error error(const VectorXd& spectrum, const VectorXd& sampled) {
  Error error;
  for (Index i = 0; i < spectrum.size(); ++i) {
    if (spectrum(i) == 0) continue;
    const double ratio = spectrum(i) / sampled(i);
    error.wasserstein += std::pow(std::sqrt(sampled(i)) - std::sqrt(spectrum(i)), 2);
    error.kl += (ratio - 1 - std::log(ratio)) / 2;
  }
  error.wasserstein = std::sqrt(error.wasserstein);
  return error;
}

/// Of a sampler on the grid and 0, from N(0, σ_0² I).
template <class S>
Error sampler_error(const Sigmas& grid, const VectorXd& spectrum, const S& sampler) {
  const auto plan = sampler.plan(SamplerPath::of_sigmas(to_data(grid)));
  const auto response = sampler_responses(plan, spectrum);
  return error(spectrum,
               (grid.front() * response.start).square().matrix() + response.variance.matrix());
}

/// Of Euler's method, by its product of cosines.
Error euler_error(const Sigmas& grid, const VectorXd& spectrum) {
  const auto sampled = [&](double lambda) {
    const double c = std::sqrt(lambda);
    double deviation = c * grid.front() / std::hypot(c, grid.front());
    for (std::size_t k = 0; k < grid.size(); ++k) {
      const double next = k + 1 < grid.size() ? grid[k + 1] : 0;
      deviation *= std::cos(std::atan(grid[k] / c) - std::atan(next / c));
    }
    return deviation * deviation;
  };
  return error(spectrum, spectrum.unaryExpr(sampled));
}

void is_a_grid(const Sigmas& grid, Index n, double sigma_max) {
  CHECK(std::ssize(grid) == n);
  CHECK(grid.front() == sigma_max);
  CHECK(std::ranges::is_sorted(grid, std::ranges::greater_equal()));
  CHECK(grid.back() > 0);
  for (std::size_t k = 1; k < grid.size(); ++k) {
    CHECK(std::log(grid[k - 1] / grid[k]) > 0.4999 / static_cast<double>(n));
  }
}

// Would catch a loss of something else than the last sample, a gradient that stops the descent too
// early, and a grid that is best for the other goal. The best known are 1.994, 1.109, 0.5896,
// 0.2492 and 245.8, 45.63, 10.10, 1.521.
TEST_CASE("optimal_sigmas: the error of Euler's method on a power law") {
  const VectorXd spectrum = power_law(1024);
  const std::pair<Index, Error> bounds[] = {
      {5, {2.00, 250}}, {10, {1.12, 46}}, {20, {0.60, 10.3}}, {50, {0.255, 1.56}}};
  for (const auto& [n, bound] : bounds) {
    INFO(n << " steps");
    for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
      const Sigmas grid = optimal_sigmas(spectrum, n, 80, goal);
      is_a_grid(grid, n, 80);
      CHECK(euler_error(grid, spectrum).of(goal) <= bound.of(goal));
    }
  }
}

// Would catch a descent that goes up or stays, a start that leaves one of the usual grids out, and
// spectra of which one part dominates the other.
TEST_CASE("optimal_sigmas: better than the usual grids, and a minimum") {
  const std::pair<VectorXd, double> data[] = {{power_law(30), 80},
                                              {VectorXd{{1e4, 1}}, 1e3},
                                              {VectorXd{{25, 1e-6, 0, 4}}, 80},
                                              {VectorXd{{1e-8, 3e-7}}, 1e-2}};
  for (const auto& [spectrum, sigma_max] : data) {
    for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
      const auto loss = [&, &lambda = spectrum](const Sigmas& grid) {
        return euler_error(grid, lambda).of(goal);
      };
      constexpr Index n = 8;
      const Sigmas grid = optimal_sigmas(spectrum, n, sigma_max, goal);
      CAPTURE(sigma_max, grid);
      is_a_grid(grid, n, sigma_max);
      CHECK(grid == optimal_sigmas(spectrum, n, sigma_max, goal));
      const double least = loss(grid);
      for (const double sigma_min : {2e-3, 2.5e-5 * sigma_max}) {
        CHECK(least <= loss(karras_sigmas(n, sigma_min, sigma_max)));
        CHECK(least <= loss(exponential_sigmas(n, sigma_min, sigma_max)));
        CHECK(least <= loss(tangent_sigmas(n, sigma_min, sigma_max)));
        CHECK(least <= loss(tangent_sigmas(n, sigma_min, sigma_max, std::sqrt(spectrum(0)))));
      }
      for (std::size_t k = 1; k < grid.size(); ++k) {
        for (const double factor : {0.99, 1.01}) {
          Sigmas moved = grid;
          moved[k] *= factor;
          CHECK(least < loss(moved));
        }
      }
    }
  }
}

// Would catch a slope of another loss, or with a factor, which only makes the descent longer.
TEST_CASE("optimal_sigmas: the gradient of the loss") {
  const VectorXd y = VectorXd::LinSpaced(6, -1, 1);
  for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
    VectorXd spectrum = power_law(40);
    spectrum(7) = 0;
    const detail::GridLoss<DpmSolverPp2M> loss(spectrum, 80, 1e-20, goal, {});
    const VectorXd slope = loss.gradient(y);
    for (Index k = 0; k < y.size(); ++k) {
      const auto difference = [&](double step) {
        const VectorXd move = step * VectorXd::Unit(y.size(), k);
        return (loss(y + move) - loss(y - move)) / (2 * step);
      };
      const double expected = (4 * difference(0x1p-10) - difference(0x1p-9)) / 3;
      CHECK_THAT(slope(k), WithinAbs(expected, 1e-7 * slope.cwiseAbs().maxCoeff()));
    }
  }
}

// Would catch gaps that are too small or too large, levels that are not those of the numbers, a
// loss of something else, and a bound on the last level that is another.
TEST_CASE("optimal_sigmas: the free numbers of a grid, and its loss") {
  const VectorXd spectrum{{25, 0, 0.5}};
  const VectorXd y{{-1, 0.5, -60, 0.25}};
  for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
    const detail::GridLoss<Euler> loss(spectrum, 80, 1e-20, goal, {});
    const Sigmas sigmas = loss.levels(y);
    REQUIRE(sigmas.size() == 5);
    CHECK(sigmas[0] == 80);
    for (Index k = 0; k < 4; ++k) {
      const auto i = static_cast<std::size_t>(k);
      CHECK_THAT(std::log(sigmas[i] / sigmas[i + 1]), WithinRel(0.1 + std::exp(y(k)), 1e-13));
    }
    const VectorXd back = detail::GridLoss<Euler>::free_numbers(sigmas);
    for (const Index k : {0, 1, 3}) CHECK_THAT(back(k), WithinAbs(y(k), 1e-13));
    const double exact = euler_error(sigmas, spectrum).of(goal);
    CHECK_THAT(loss(y), WithinAbs(std::log(goal == GridGoal::kl ? exact : exact * exact), 1e-10));
    CHECK_THAT(loss.negligible(),
               WithinRel(std::log(1e-16 * (goal == GridGoal::kl ? 1 : 25.5)), 1e-14));
    const auto above = [&](double lowest) {
      return std::isfinite(detail::GridLoss<Euler>(spectrum, 80, lowest, goal, {})(y));
    };
    CHECK(above(sigmas.back()));
    CHECK_FALSE(above(std::nextafter(sigmas.back(), 80)));
  }
}

// Would catch a start that is left out, which the result may not show.
TEST_CASE("optimal_sigmas: starts from every usual grid") {
  const auto grids = detail::starting_grids(8, 80, 3, {1e-4, 100});
  const auto among = [&](const Sigmas& grid) { return std::ranges::count(grids, grid) == 1; };
  CHECK(among(tangent_sigmas(8, 3 * std::tan(std::atan(80 / 3.0) / 8), 80, 3)));
  for (const double last : {0.002, 40.0, 1.25}) {
    CHECK(among(karras_sigmas(8, last, 80)));
    CHECK(among(exponential_sigmas(8, last, 80)));
    CHECK(among(tangent_sigmas(8, last, 80)));
  }
  for (const Index count : {1, 4, 7}) CHECK(among(detail::two_part_grid(8, count, 80, 10, 0.01)));
  double least = 80;
  for (const Sigmas& grid : grids) {
    is_a_grid(grid, 8, 80);
    least = std::min(least, grid.back());
  }
  CHECK(least < 1e-5);
}

// Would catch a result that is worse than a start within the bounds of the levels, for data at
// which the best grid of all has smaller levels.
TEST_CASE("optimal_sigmas: never worse than a start that keeps the bounds") {
  const VectorXd spectrum{{1e4, 2e4}};
  const auto variances = detail::VarianceRange::of(spectrum);
  const auto grids = detail::starting_grids(10, 1, std::sqrt(spectrum.mean()), variances);
  for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
    const Sigmas found = optimal_sigmas(spectrum, 10, 1, goal, DpmSolverPp2M{});
    is_a_grid(found, 10, 1);
    CHECK(found.back() >= 1e-4);
    const double least = sampler_error(found, spectrum, DpmSolverPp2M{}).of(goal);
    Index within = 0;
    for (const Sigmas& grid : grids) {
      if (grid.back() < 1e-4) continue;
      ++within;
      CHECK(least <= (1 + 1e-9) * sampler_error(grid, spectrum, DpmSolverPp2M{}).of(goal));
    }
    CHECK(within > 10);
  }
}

// Would catch a local minimum where two deviations are far apart: four levels of this spectrum
// serve the larger one first. The best known are 1.01239 and 1.03944 for another minimum.
TEST_CASE("optimal_sigmas: deviations that are far apart") {
  const VectorXd spectrum{{5.74e-4, 165}};
  const Sigmas grid = optimal_sigmas(spectrum, 4, 1000, GridGoal::kl);
  CHECK(euler_error(grid, spectrum).kl < 1.0125);
}

// Would catch starts that end above the smallest deviation, and levels that decrease without a
// limit.
TEST_CASE("optimal_sigmas: spectra over 24 decades and more") {
  const auto check = [](const VectorXd& spectrum, double sigma_max, const auto& sampler) {
    const double smallest = std::sqrt(spectrum.minCoeff());
    const Sigmas grid = optimal_sigmas(spectrum, 8, sigma_max, GridGoal::kl, sampler);
    is_a_grid(grid, 8, sigma_max);
    CHECK(grid.back() >= 1e-4 * smallest);
    const double least = sampler_error(grid, spectrum, sampler).kl;
    for (const double last : {smallest, smallest / 10, 10 * smallest}) {
      CHECK(least <
            0.2 * sampler_error(exponential_sigmas(8, last, sigma_max), spectrum, sampler).kl);
    }
  };
  check(VectorXd{{1e-20, 1e4, 1e-8}}, 1000, Euler{});
  check(VectorXd{{1e-20, 1e4, 1e-8}}, 1000, Heun{});
  check(VectorXd{{1e-20, 1e4, 1e-8}}, 1000, DpmSolverPp2M{});
  check(VectorXd{{1e-40, 1, 1e-10}}, 80, Heun{});
  check(VectorXd{{1e-40, 1, 1e-10}}, 80, DpmSolverPp2M{});
}

// Would catch a search that misses a known optimum: one eigenvalue c², equal angles of σ/c.
TEST_CASE("optimal_sigmas: one eigenvalue is the tangent grid") {
  const VectorXd spectrum = VectorXd::Constant(3, 0.25);
  const Sigmas grid = optimal_sigmas(spectrum, 6, 80);
  const double angle = std::atan(80 / 0.5) / 6;
  for (std::size_t k = 0; k < grid.size(); ++k) {
    CHECK_THAT(grid[k], WithinRel(0.5 * std::tan(static_cast<double>(6 - k) * angle), 1e-13));
  }
  const double deviation = 0.5 * 80 / std::hypot(80, 0.5) * std::pow(std::cos(angle), 6);
  CHECK_THAT(euler_error(grid, spectrum).wasserstein,
             WithinRel(std::sqrt(3) * (0.5 - deviation), 1e-9));
  CHECK(optimal_sigmas(spectrum, 1, 80) == Sigmas{80});
  CHECK(optimal_sigmas({0.25, 0.0, 0.25}, 6, 80) == grid);  // the step onto 0 is right for the 0
}

// Would catch a sampler that is ignored, and noise on the way that is not counted.
TEST_CASE("optimal_sigmas: other samplers, by their exact laws") {
  const VectorXd spectrum = power_law(16);
  const auto improves = [&](const auto& sampler, double share) {
    for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
      const Sigmas grid = optimal_sigmas(spectrum, 10, 80, goal, sampler);
      const double best = sampler_error(grid, spectrum, sampler).of(goal);
      for (const Sigmas& other :
           {optimal_sigmas(spectrum, 10, 80, goal), karras_sigmas(10, 0.002, 80)}) {
        CHECK(best < share * sampler_error(other, spectrum, sampler).of(goal));
      }
    }
  };
  improves(Heun{}, 0.9);
  improves(DpmSolverPp2M{}, 0.5);
  improves(Ddpm{}, 0.99);
  improves(Ddim{0.5}, 0.999);
}

/// No usual grid of DPM-Solver++(2M) does better than the optimal one, which is always the same.
void check_2m(const VectorXd& spectrum, double sigma_max, GridGoal goal, Index n) {
  const auto loss = [&](const Sigmas& grid) {
    return sampler_error(grid, spectrum, DpmSolverPp2M{}).of(goal);
  };
  const Sigmas grid = optimal_sigmas(spectrum, n, sigma_max, goal, DpmSolverPp2M{});
  CAPTURE(sigma_max, grid);
  is_a_grid(grid, n, sigma_max);
  CHECK(grid == optimal_sigmas(spectrum, n, sigma_max, goal, DpmSolverPp2M{}));
  const double least = loss(grid);
  for (const double sigma_min : {2e-3, 2.5e-5 * sigma_max}) {
    CHECK(least <= loss(karras_sigmas(n, sigma_min, sigma_max)));
    CHECK(least <= loss(exponential_sigmas(n, sigma_min, sigma_max)));
    CHECK(least <= loss(tangent_sigmas(n, sigma_min, sigma_max)));
  }
}

// Would catch earlier predictions that are lost between steps, and a descent that ends above its
// start where the errors of two directions have opposite signs.
TEST_CASE("optimal_sigmas: DPM-Solver++(2M), a multistep sampler") {
  for (const Index n : {2, 3, 7}) {
    for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
      check_2m(power_law(30), 80, goal, n);
      check_2m(VectorXd{{1e4, 1}}, 1e3, goal, n);
      check_2m(VectorXd{{25, 1e-6, 0, 4}}, 80, goal, n);
    }
  }
}

// Would catch a descent that stops where two levels are almost one: there the errors of
// many steps are above those of fewer.
TEST_CASE("optimal_sigmas: more steps, less error, of solvers of second order") {
  const VectorXd spectrum = power_law(32);
  const auto falls = [&](const auto& sampler, double share) {
    for (const GridGoal goal : {GridGoal::wasserstein, GridGoal::kl}) {
      double before = test::infinity;
      for (const Index n : {4, 8, 12}) {
        CAPTURE(n);
        const Sigmas grid = optimal_sigmas(spectrum, n, 80, goal, sampler);
        const double least = sampler_error(grid, spectrum, sampler).of(goal);
        CHECK(least < share * before);
        before = least;
      }
    }
  };
  falls(Heun{}, 0.6);
  falls(DpmSolverPp2M{}, 0.1);
}

/// Calls once more on every second band of its second level, 2^-16 wide.
struct Fickle {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan = Euler{}.plan(path);
    if (std::fmod(std::floor(0x1p16 * std::log(path.time(1))), 2) == 0) {
      plan.calls.push_back(plan.calls.back());
    }
    return plan;
  }
};

// Would catch numbers that are no spectrum, and calls read beyond the end of a shorter plan.
TEST_CASE("optimal_sigmas: what is refused") {
  const auto of = [](const VectorXd& spectrum, Index n, double sigma_max) {
    return complaint([&] { (void)optimal_sigmas(spectrum, n, sigma_max); });
  };
  CHECK(of(VectorXd::Ones(2), 0, 80) ==
        "invalid_argument: alphabar::optimal_sigmas: n must be in 1..1000, got 0");
  CHECK(of(VectorXd::Ones(2), 1001, 80) ==
        "invalid_argument: alphabar::optimal_sigmas: n must be in 1..1000, got 1001");
  CHECK(
      of(VectorXd::Ones(2), 5, test::infinity) ==
      "invalid_argument: alphabar::optimal_sigmas: sigma_max must be in [1e-100, 1e+100], got inf");
  CHECK(of(VectorXd{{1, -1}}, 5, 80) ==
        "invalid_argument: alphabar::optimal_sigmas: eigenvalues[1] must be finite and >= 0, got "
        "-1");
  CHECK(of(VectorXd::Zero(2), 5, 80) ==
        "invalid_argument: alphabar::optimal_sigmas: the sum of the eigenvalues must be > 0 and at "
        "most 1e+200, got 0");
  CHECK(of(VectorXd::Constant(2, 1e308), 5, 80) ==
        "invalid_argument: alphabar::optimal_sigmas: the sum of the eigenvalues must be > 0 and at "
        "most 1e+200, got inf");
  const auto from = [](double sigma_max) {
    return optimal_sigmas(VectorXd::Ones(2), 2, sigma_max);
  };
  check_bound(from, 1e-100, 0);
  check_bound(from, 1e100, test::infinity);
  check_bound([](double sum) { return optimal_sigmas(std::vector{sum}, 2, 80); }, 1e200,
              test::infinity);
  CHECK(complaint([] {
          (void)optimal_sigmas(std::vector{1.0}, 2, 80, GridGoal::kl, Fickle{});
        }).starts_with("invalid_argument: alphabar::plan_motion: the sampler's number of calls"));
}

}  // namespace optimal_grid_test
