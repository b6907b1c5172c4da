// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/grid/to_data.hpp"
#include "alphabar/oracle/detail/descend.hpp"
#include "alphabar/oracle/detail/starting_grids.hpp"
#include "alphabar/oracle/sampler_law.hpp"
#include "alphabar/oracle/variance_slope.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/euler.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// The loss that a grid of noise levels minimises.
enum class GridGoal {
  wasserstein,  ///< W2 between the samples and the data: weights large variances most
  kl            ///< KL(data ‖ samples): weights all directions equally
};

namespace detail {

/// The exact loss of a grid σ_0 > ... > σ_{n−1} > 0, σ_n = 0 on data with these eigenvalues, when
/// the sampler starts from N(0, σ_0² I); squared for W2. It is a function of n − 1 free numbers,
///
///     y_k = log(log(σ_{k−1}/σ_k) − 1/(2n)),
///
/// so every y is a grid with separated levels. Without the term 1/(2n), the error of an
/// extrapolating solver could be least where two levels nearly coincide. Equal steps in σ have gaps
/// of at least 1/n.
template <Sampler S>
class GridLoss {
 public:
  using Vector = Eigen::VectorXd;

  /// Levels are at least `lowest`.
  GridLoss(Vector eigenvalues, double sigma_max, double lowest, GridGoal goal, const S& sampler)
      : eigenvalues_(std::move(eigenvalues)),
        sigma_max_(sigma_max),
        lowest_(lowest),
        goal_(goal),
        sampler_(sampler) {}

  /// y of σ_0..σ_{n−1}; NaN where two levels are too close.
  [[nodiscard]] static Vector free_numbers(const std::vector<double>& sigmas) {
    const auto n = static_cast<Index>(sigmas.size());
    const auto levels = Eigen::Map<const Vector>(sigmas.data(), n).array();
    return ((levels.head(n - 1) / levels.tail(n - 1)).log() - least_gap(n)).log();
  }

  /// σ_0..σ_{n−1} of y.
  [[nodiscard]] std::vector<double> levels(const Vector& y) const {
    std::vector<double> sigmas{sigma_max_};
    double below = 0;
    for (const double number : y) {
      below += least_gap(y.size() + 1) + std::exp(number);
      sigmas.push_back(sigma_max_ * std::exp(-below));
    }
    return sigmas;
  }

  /// The logarithm of the loss, which makes its scale irrelevant; NaN where the last level is below
  /// `lowest`.
  [[nodiscard]] double operator()(const Vector& y) const {
    const std::vector<double> sigmas = levels(y);
    if (!(sigmas.back() >= lowest_)) return std::numeric_limits<double>::quiet_NaN();
    const auto response = sampler_responses(plan(sigmas), eigenvalues_);
    const auto variance = sigma_max_ * sigma_max_ * response.start.square() + response.variance;
    return std::log(variance.binaryExpr(eigenvalues_.array(), loss()).sum());
  }

  /// The search ends below this logarithm of the loss: 1e-8 of the deviations.
  [[nodiscard]] double negligible() const {
    const double scale = goal_ == GridGoal::wasserstein ? eigenvalues_.sum() : 1;
    return std::log(1e-16 * scale);
  }

  /// Its gradient. The derivatives of the plan are differences of the plans on neighbouring grids.
  [[nodiscard]] Vector gradient(const Vector& y) const {
    std::vector<double> sigmas = levels(y);
    const SamplerPlan here = plan(sigmas);
    std::vector<std::vector<CallMotion>> motions;
    for (std::size_t k = 1; k < sigmas.size(); ++k) {
      const auto moved = [&, sigma = sigmas[k]](double factor) {
        sigmas[k] = sigma * factor;
        SamplerPlan neighbour = plan(sigmas);
        sigmas[k] = sigma;
        return neighbour;
      };
      motions.push_back(plan_motion(here, moved(1 - difference_), moved(1 + difference_)));
    }
    double total = 0;
    Vector slope = Vector::Zero(y.size());  // with respect to log σ_1..log σ_{n−1}
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
    for (Index k = slope.size() - 1; k-- > 0;)
      slope(k) += slope(k + 1);  // a gap moves all later levels
    return -slope.array() * y.array().exp() / (2 * difference_ * total);
  }

 private:
  [[nodiscard]] SamplerPlan plan(const std::vector<double>& sigmas) const {
    return sampler_.plan(SamplerPath::of_sigmas(to_data(sigmas)));
  }

  /// In log σ.
  static double least_gap(Index n) { return 0.5 / static_cast<double>(n); }

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

  static constexpr double difference_ = 0x1p-17;  ///< relative change of a level for a difference

  Vector eigenvalues_;
  double sigma_max_;
  double lowest_;
  GridGoal goal_;
  S sampler_;
};

/// The best of the local minima found from the best starts; the number of descents depends on their
/// cost.
template <class Loss>
std::vector<double> best_levels(const Loss& loss, const std::vector<std::vector<double>>& starts,
                                Index dimension) {
  using Vector = typename Loss::Vector;
  std::vector<std::pair<double, Vector>> ranked;
  for (const std::vector<double>& sigmas : starts) {
    Vector y = loss.free_numbers(sigmas);
    const double height = loss(y);
    if (std::isfinite(height)) ranked.emplace_back(height, std::move(y));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto n = static_cast<Index>(starts.front().size());
  if (ranked.empty()) return starts.front();
  const auto descents = std::clamp<Index>(2000 / (n * (dimension + n)), 1, 12);
  Vector best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < (std::min)(ranked.size(), static_cast<std::size_t>(descents)); ++i) {
    const Vector y =
        descend(ranked[i].second, loss, [&](const Vector& at) { return loss.gradient(at); });
    const double height = loss(y);
    if (height >= least) continue;
    least = height;
    best = y;
    if (least < loss.negligible()) break;
  }
  return loss.levels(best);
}

}  // namespace detail

/// The n levels σ_0 = sigma_max > σ_1 > ... > σ_{n−1} at which n steps, the last one onto σ = 0,
/// have the least exact error on Gaussian data with these eigenvalues, started from N(0, sigma_max²
/// I). Like the grids of grid/sigma_grids.hpp, the list ends before the 0 (`to_data` appends it).
///
/// For one eigenvalue c² and `Euler` it is tangent_sigmas with c, in closed form. Otherwise it is
/// found by descent from the best of several grids: those of Karras et al. with ρ = 7, exponential
/// and tangent grids, over scales down to 1e-7 sigma_max or a hundredth of the smallest deviation
/// if that is less, and grids of two parts for the largest and the smallest deviation. So it is
/// never worse than those of them that keep the bounds below. For small problems the descent starts
/// from up to 12 of them. The same arguments give the same grid. In KL, directions without variance
/// do not count.
///
/// Levels are more than 1/(2n) apart in log σ, and at least 1e-4 times the smallest nonzero
/// deviation, or 1e-4 sigma_max if that is less: below this the error of extrapolating methods
/// decreases without a minimum.
///
/// For Gaussian data with this spectrum it is the least of the minima found; there are many where
/// errors change their sign, as those of DPM-Solver++(2M) do. For other data it is a heuristic
/// based on their covariance, like that of Sun, Poor, Zhang 2026 (arXiv:2601.13602).
///
/// Cost: O(d n + n²) per step of a descent, and at most 2000 steps in each descent.
/// @throws std::invalid_argument unless n is in 1..1000, sigma_max in [1e-100, 1e100], the
///     eigenvalues are >= 0 with a sum in (0, 1e200], and the sampler makes the same number of
///     calls on every grid
template <Sampler S = Euler>
[[nodiscard]] std::vector<double> optimal_sigmas(const RealList& eigenvalues, Count n,
                                                 double sigma_max,
                                                 GridGoal goal = GridGoal::wasserstein,
                                                 const S& sampler = {}) {
  constexpr auto name = "optimal_sigmas";
  detail::require(n >= 1 && n <= 1000, name, "n", "be in 1..1000", Index{n});
  detail::require(sigma_max >= 1e-100 && sigma_max <= 1e100, name, "sigma_max",
                  "be in [1e-100, 1e+100]", sigma_max);
  const Eigen::VectorXd spectrum = Eigen::Map<const Eigen::VectorXd>(
      eigenvalues.values().data(), static_cast<Index>(eigenvalues.values().size()));
  detail::require_spectrum(name, "eigenvalues", spectrum);
  detail::require(spectrum.sum() > 0 && spectrum.sum() <= 1e200, name, "the sum of the eigenvalues",
                  "be > 0 and at most 1e+200", spectrum.sum());
  if (n == 1) return {sigma_max};

  const auto variances = detail::VarianceRange::of(spectrum);
  if constexpr (std::same_as<S, Euler>) {
    if (variances.least == variances.most && sampler.churn == Churn{}) {
      return detail::equal_angles(n, sigma_max, std::sqrt(variances.most));
    }
  }
  const double lowest = 1e-4 * (std::min)(std::sqrt(variances.least), sigma_max);
  const detail::GridLoss<S> loss(spectrum, sigma_max, lowest, goal, sampler);
  return detail::best_levels(
      loss, detail::starting_grids(n, sigma_max, std::sqrt(spectrum.mean()), variances),
      spectrum.size());
}

}  // namespace alphabar
