// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/detail/slope_form.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {
namespace detail {

/// The time of a linear variance-preserving process at the level σ, log(1 + σ²) = ½ β_d t² + β_0 t,
/// where σ is 0.002 at t = 0.001 and 80 at t = 1.
class LinearVpTime {
 public:
  /// t(σ) − t(σ − d), without a difference, for 0 <= d <= σ.
  [[nodiscard]] double gap(double sigma, double d) const {
    const double below = sigma - d;
    const double log_gap = std::log1p(d * (sigma + below) / (1 + below * below));
    return 2 * log_gap / (root(sigma) + root(below));
  }

  /// The scale below which t(σ) is not smooth.
  [[nodiscard]] double scale() const { return std::abs(beta_0_) / std::sqrt(2 * beta_d_); }

 private:
  /// β_d t + β_0
  [[nodiscard]] double root(double sigma) const {
    return std::sqrt(beta_0_ * beta_0_ + 2 * beta_d_ * std::log1p(sigma * sigma));
  }

  static constexpr double first_ = 0.001;
  double log_first_ = std::log1p(0.002 * 0.002);
  double log_last_ = std::log1p(80. * 80);
  double beta_d_ = 2 * (log_last_ - log_first_ / first_) / (1 - first_);
  double beta_0_ = (log_first_ / first_ - first_ * log_last_) / (1 - first_);
};

/// ∫ f(w) dw by the Gauss–Legendre rule with 16 points, for an f that is analytic in a
/// neighbourhood of the interval.
template <class Function>
double gauss_legendre(double from, double to, const Function& f) {
  constexpr std::array<std::array<double, 2>, 8> rule{
      {{0.0950125098376374402, 0.189450610455068496},
       {0.281603550779258913, 0.182603415044923589},
       {0.458016777657227386, 0.169156519395002538},
       {0.617876244402643748, 0.149595988816576732},
       {0.755404408355003034, 0.124628971255533872},
       {0.865631202387831744, 0.0951585116824927848},
       {0.944575023073232576, 0.0622535239386478929},
       {0.989400934991649933, 0.0271524594117540949}}};
  const double middle = (from + to) / 2;
  const double half = (to - from) / 2;
  double sum = 0;
  for (const auto& [x, weight] : rule)
    sum += weight * (f(middle - half * x) + f(middle + half * x));
  return half * sum;
}

/// ∫ ((t − t(σ'))/h)^i dσ' over the step of this length from σ. With σ' = sinh v the integrand is
/// analytic except at v = ±iπ/2 and for v of the scale of the time. So the intervals start at that
/// scale and double up to a length of 1/2.
inline double time_moment(const LinearVpTime& time, double sigma, double length, double h,
                          std::size_t i) {
  const double v = std::asinh(sigma);
  const double end = sigma - length;
  const double whole = std::asinh(length * (sigma + end) /
                                  (sigma * std::hypot(1, end) + end * std::hypot(1, sigma)));
  const auto integrand = [&](double w) {
    const double d = 2 * std::cosh(v - w / 2) * std::sinh(w / 2);
    return std::pow(time.gap(sigma, (std::min)(d, sigma)) / h, static_cast<double>(i)) *
           std::cosh(v - w);
  };
  double sum = 0;
  for (double from = 0; from < whole;) {
    const double width = std::clamp((v - from) / 2, time.scale() / 2, 0.5);
    const double to = (std::min)(whole, from + width);
    sum += gauss_legendre(from, to, integrand);
    from = to;
  }
  return sum;
}

}  // namespace detail

/// tAB-DEIS: Adams–Bashforth with polynomials in time, integrated over the level,
///
///     x_s/√a_s = x_t/√a_t − Σ_j ε_j ∫ ℓ_j(t(σ)) dσ
///
/// where t(σ) is the time of the linear variance-preserving process with σ(0.001) = 0.002 and
/// σ(1) = 80, for any levels. Along a straight path u replaces σ and ε − x_0 replaces ε, as in
/// sampler/linear_multistep.hpp. One call per step, order 1 to 4 in time.
///
/// Zhang, Chen 2023, arXiv:2204.13902. ComfyUI's deis (mode "tab", order 3) is this with
/// euler_onto_data; it sums 10000 values for an integral, with an error of 1e-4.
/// Accuracy: 1e-13 of the largest coefficient. Cost: about 300 evaluations of t(σ) per step.
struct DeisTab {
  int order = 3;                 ///< of the polynomial in time, 1 at the first step
  bool euler_onto_data = false;  ///< the step onto clean data is of order 1: it ends in x_0

  /// @throws std::invalid_argument for another order, and where σ at the first time is infinite
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("DeisTab", order, 4);
    const detail::SlopeForm form("DeisTab", path);
    const detail::LinearVpTime time;
    std::vector<double> times;
    for (std::size_t k = 0; k < path.steps(); ++k) {
      times.push_back(time.gap(form.level(path.level(k)), form.lengths()[k]));
    }
    return detail::one_call_per_step(path, form.prediction(), [&](std::size_t k) {
      const std::size_t count = detail::order_towards_data(order, euler_onto_data, path, k);
      const detail::PastCalls calls = detail::past_calls(times, k, count);
      std::vector<double> moments{form.lengths()[k]};
      for (std::size_t i = 1; i < calls.ages.size(); ++i) {
        moments.push_back(
            detail::time_moment(time, form.level(path.level(k)), form.lengths()[k], times[k], i));
      }
      return form.step(k, calls.by_age(detail::weights_of_moments(moments, times[k], calls.gaps)));
    });
  }
};

}  // namespace alphabar
