// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/detail/descend.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/variance_slope.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sigma_grids.hpp"

namespace alphabar {

/// What a grid of noise levels is good for.
enum class GridGoal {
  wasserstein,  ///< W2 between what is sampled and the data: large variances matter most
  kl            ///< KL(data ‖ sampled): all directions matter alike
};

namespace detail {

/// The exact loss of a grid σ_0 > ... > σ_{n−1} > 0, σ_n = 0 on data with these eigenvalues, when
/// the sampler starts from N(0, σ_0² I); squared for W2.
template <Sampler S, class Spectrum = Eigen::VectorXd>
class GridLoss {
 public:
  using Vector = Eigen::Vector<typename Spectrum::Scalar, Eigen::Dynamic>;

  GridLoss(Spectrum eigenvalues, double sigma_max, GridGoal goal, const S& sampler)
      : eigenvalues_(std::move(eigenvalues)),
        sigma_max_(sigma_max),
        goal_(goal),
        sampler_(sampler) {}

  /// σ_1..σ_{n−1} from their logarithms; σ_0 in front, σ_n behind.
  [[nodiscard]] std::vector<double> levels(const Vector& logarithms) const {
    std::vector<double> sigmas{sigma_max_};
    for (const double logarithm : logarithms) sigmas.push_back(std::exp(logarithm));
    sigmas.push_back(0);
    return sigmas;
  }

  /// The logarithm of the loss, so that its scale does not matter; NaN for levels that do not
  /// decrease.
  [[nodiscard]] double operator()(const Vector& logarithms) const {
    const std::vector<double> sigmas = levels(logarithms);
    for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
      if (!(sigmas[k + 1] < sigmas[k] * (1 - 8 * difference_))) {
        return std::numeric_limits<double>::quiet_NaN();
      }
    }
    const auto response = sampler_responses(plan(sigmas), eigenvalues_);
    const auto variance = sigma_max_ * sigma_max_ * response.start.square() + response.variance;
    return std::log(variance.binaryExpr(eigenvalues_.array(), loss()).sum());
  }

  /// Its gradient, the plan's own slopes by the plans on neighbouring grids.
  [[nodiscard]] Vector gradient(const Vector& logarithms) const {
    std::vector<double> sigmas = levels(logarithms);
    const SamplerPlan here = plan(sigmas);
    std::vector<std::vector<CallMotion>> motions;
    for (std::size_t k = 1; k + 1 < sigmas.size(); ++k) {
      const auto moved = [&, sigma = sigmas[k]](double factor) {
        sigmas[k] = sigma * factor;
        SamplerPlan neighbour = plan(sigmas);
        sigmas[k] = sigma;
        return neighbour;
      };
      motions.push_back(plan_motion(here, moved(1 - difference_), moved(1 + difference_)));
    }
    double total = 0;
    Vector slope = Vector::Zero(logarithms.size());
    for_each_part(eigenvalues_, [&](Index, Index count, const auto& lambda) {
      const VarianceSlope variance(here, lambda, sigma_max_ * sigma_max_);
      const auto of = [&](auto f) {
        return variance.variance().head(count).binaryExpr(lambda.head(count), f).eval();
      };
      total += of(loss()).sum();
      const auto influence = of(loss_slope());
      for (Index k = 0; k < slope.size(); ++k) {
        const auto change = variance(motions[static_cast<std::size_t>(k)]);
        slope(k) += (influence * change.head(count)).sum();
      }
    });
    return slope / (2 * difference_ * total);
  }

 private:
  [[nodiscard]] SamplerPlan plan(const std::vector<double>& sigmas) const {
    return sampler_.plan(SamplerPath::of_sigmas(sigmas));
  }

  [[nodiscard]] auto loss() const {
    return [goal = goal_](double variance, double lambda) {
      if (goal == GridGoal::wasserstein) {
        const double difference = difference_of_roots<double>(variance, lambda);
        return difference * difference;
      }
      return lambda > 0 ? phi_of_ratio(lambda, variance) / 2 : 0.0;
    };
  }

  [[nodiscard]] auto loss_slope() const {
    return [goal = goal_](double variance, double lambda) {
      if (!(variance > 0)) return 0.0;
      if (goal == GridGoal::wasserstein) return 1 - std::sqrt(lambda / variance);
      return lambda > 0 ? (1 - lambda / variance) / (2 * variance) : 0.0;
    };
  }

  static constexpr double difference_ = 0x1p-17;  ///< of two levels for a slope, relative

  Spectrum eigenvalues_;
  double sigma_max_;
  GridGoal goal_;
  S sampler_;
};

/// Three families of grids, each over a range of its scales: tangent, Karras et al., exponential.
inline std::array<std::vector<std::vector<double>>, 3> usual_grids(Index n, double sigma_max,
                                                                   double deviation) {
  std::vector<std::vector<double>> tangent;
  std::vector<std::vector<double>> karras;
  std::vector<std::vector<double>> exponential;
  const auto add_equal_angles = [&](double scale) {
    const double last =
        scale * std::tan(std::atan(sigma_max / scale) / static_cast<double>(n));  // then to 0
    tangent.push_back(tangent_sigmas(n, last, sigma_max, scale));
  };
  const auto add_down_to = [&](double sigma_min) {
    tangent.push_back(tangent_sigmas(n, sigma_min, sigma_max));
    karras.push_back(karras_sigmas(n, sigma_min, sigma_max));
    exponential.push_back(exponential_sigmas(n, sigma_min, sigma_max));
  };
  add_equal_angles(deviation);
  if (sigma_max > 0.002) add_down_to(0.002);
  for (double scale = sigma_max / 2; scale > sigma_max * 1e-7; scale /= 2) {
    add_equal_angles(scale);
    add_down_to(scale);
  }
  return {tangent, karras, exponential};
}

}  // namespace detail

/// The n levels σ_0 = sigma_max > σ_1 > ... > σ_{n−1} at which n steps, the last one onto σ = 0,
/// make the least exact error on Gaussian data with these eigenvalues, started from N(0, sigma_max²
/// I). Like the grids of sampler/sigma_grids.hpp, it ends before the 0 (`to_data` appends it).
///
/// For one eigenvalue c² and `Euler` it is tangent_sigmas with c, in closed form; for many it is
/// the best of three descents, from the best tangent, Karras (ρ = 7) and exponential grid over a
/// range of their scales, so it is never worse than these. The same arguments give the same grid.
/// In KL, directions without variance do not count: no grid is right there or wrong.
///
/// For Gaussian data with this spectrum and a sampler of first order it is the optimum, as far as
/// is known; for solvers of higher order, whose errors change their sign, there are many minima,
/// and it is one. For other data it is a proposal made from their covariance, as that of Sun, Poor,
/// Zhang 2026 (arXiv:2601.13602).
/// Cost: O(d n + n²) per step of a descent, in all some 0.5 s for d = 1024, n = 50.
/// @throws std::invalid_argument unless n is in 1..1000, sigma_max is finite and > 0, the
/// eigenvalues are
///     finite, >= 0 and not all 0, and the sampler calls as often on every grid of n levels
template <ArithmeticRange Eigenvalues, Sampler S = Euler>
[[nodiscard]] std::vector<double> optimal_sigmas(const Eigenvalues& eigenvalues, Index n,
                                                 double sigma_max,
                                                 GridGoal goal = GridGoal::wasserstein,
                                                 const S& sampler = {}) {
  constexpr auto name = "optimal_sigmas";
  detail::require(n >= 1 && n <= 1000, name, "n", "be in 1..1000", n);
  detail::require(std::isfinite(sigma_max) && sigma_max > 0, name, "sigma_max", "be finite and > 0",
                  sigma_max);
  Eigen::VectorXd spectrum(static_cast<Index>(std::ranges::distance(eigenvalues)));
  std::ranges::copy(eigenvalues, spectrum.begin());
  detail::require_spectrum(name, "eigenvalues", spectrum);
  detail::require(spectrum.sum() > 0, name, "the sum of the eigenvalues", "be > 0", spectrum.sum());
  if (n == 1) return {sigma_max};

  const detail::GridLoss<S> loss(spectrum, sigma_max, goal, sampler);
  using Vector = typename detail::GridLoss<S>::Vector;
  const auto families = detail::usual_grids(n, sigma_max, std::sqrt(spectrum.mean()));
  std::vector<double> best = families.front().front();
  double least = std::numeric_limits<double>::infinity();
  for (const auto& family : families) {
    Vector start;
    double height = std::numeric_limits<double>::infinity();
    for (const std::vector<double>& sigmas : family) {
      const Vector logarithms = Eigen::Map<const Vector>(sigmas.data() + 1, n - 1).array().log();
      const double here = loss(logarithms);
      if (here < height) {
        start = logarithms;
        height = here;
      }
    }
    if (start.size() == 0) continue;
    const Vector end = detail::descend(
        start, loss, [&](const Vector& logarithms) { return loss.gradient(logarithms); });
    height = loss(end);
    if (height < least) {
      best = loss.levels(end);
      best.pop_back();
      least = height;
    }
  }
  return best;
}

}  // namespace alphabar
