// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "alphabar/sampler/solver_type.hpp"

/// The weights of multistep methods: the polynomial through the last predictions, integrated
/// exactly over the step. A step has length h > 0; its time τ runs from 0 to h, and u = τ/h.
///
/// Earlier predictions are at τ <= 0. They are given by gaps: gaps[0] is the distance from the
/// start of the step to the previous prediction, gaps[1] from there to the one before that, and so
/// on. Nothing cancels: every distance is a sum of gaps, and every coefficient of Π (u + a_i), a_i
/// the distance from the start, and every moment is a sum of positive numbers.
namespace alphabar::detail {

/// The weight of the polynomial in the integral, with the rate c > 0.
enum class StepWeight {
  constant,  ///< 1: methods in the level itself (LMS, Adams–Bashforth); c is not used
  decaying,  ///< c e^(−cτ): ε in half log SNR, c = 1 (DPM-Solver, DEIS in log ρ)
  growing  ///< c e^(−c(h − τ)): x_0 in half log SNR; c = 1 for the ODE (DPM-Solver++, RES, UniPC)
};

/// ∫ y e^(−y(1 − u)) u^i (1 − u)^j du from 0 to 1, for y in [0, ∞].
///
/// y < 10: e^(−y) Σ_n y^(n+1)/n! B(n + i + 1, j + 1), positive terms. Otherwise the moments with
/// i = 0 by parts, J_j = (j/y) J_(j−1) − e^(−y), and their differences. Each subtrahend is less
/// than half of the minuend for i + j <= 4.
/// Accuracy: 32 ulp for i + j <= 4 (tests/sampler/multistep_weights.test.cpp).
inline double growing_moment(double y, std::size_t i, std::size_t j) {
  if (y < 10) {
    double term = y * std::exp(-y) / static_cast<double>(i + 1);  // B(i + 1, 1)
    for (std::size_t b = 1; b <= j; ++b) {
      term *= static_cast<double>(b) / static_cast<double>(i + 1 + b);
    }
    double sum = term;
    for (std::size_t n = 0; n < 80 && term > 1e-18 * sum; ++n) {
      const auto a = static_cast<double>(n + i + 1);
      term *= y / static_cast<double>(n + 1) * a / (a + static_cast<double>(j + 1));
      sum += term;
    }
    return sum;
  }
  std::vector<double> moments{1 - std::exp(-y)};
  for (std::size_t k = 1; k <= i + j; ++k) {
    moments.push_back(static_cast<double>(k) / y * moments.back() - std::exp(-y));
  }
  for (std::size_t k = 0; k < i; ++k) {
    for (std::size_t l = 0; l + 1 + k <= i + j; ++l) moments[l] -= moments[l + 1];
  }
  return moments[j];
}

/// ∫ w(τ) u^i (1 − u)^j dτ over a step of length h, w the weight with the rate c.
inline double step_moment(StepWeight weight, double h, double rate, std::size_t i, std::size_t j) {
  if (weight == StepWeight::growing) return growing_moment(rate * h, i, j);
  if (weight == StepWeight::decaying) return growing_moment(rate * h, j, i);
  double beta = h / static_cast<double>(i + 1);
  for (std::size_t b = 1; b <= j; ++b) {
    beta *= static_cast<double>(b) / static_cast<double>(i + 1 + b);
  }
  return beta;
}

/// The first moments of a step: element k is ∫ w(τ) u^k (1 − u)^ends dτ.
inline std::vector<double> step_moments(StepWeight weight, double h, std::size_t count,
                                        double rate = 1, std::size_t ends = 0) {
  std::vector<double> moments;
  for (std::size_t k = 0; k < count; ++k) {
    moments.push_back(step_moment(weight, h, rate, k, ends));
  }
  return moments;
}

/// p(u) ← p(u) (slope u + constant), coefficients of 1, u, u², ...
inline void multiply_by_linear(std::vector<double>& p, double slope, double constant) {
  p.push_back(0);
  for (std::size_t k = p.size() - 1; k > 0; --k) p[k] = p[k - 1] * slope + p[k] * constant;
  p[0] *= constant;
}

/// ∫ w p, from the moments of w.
inline double polynomial_integral(const std::vector<double>& p, std::span<const double> moments) {
  return std::inner_product(p.begin(), p.end(), moments.begin(), 0.0);
}

/// Sets the moments of DPM-Solver's rules: the first is the mass of the weight, from the kernels;
/// `midpoint` takes P at the middle of a step of order 2; the quadratic term is halved on request.
inline void apply_dpm_rules(std::vector<double>& moments, double mass, SolverType type,
                            bool halved_quadratic_term) {
  moments[0] = mass;
  if (moments.size() == 2 && type == SolverType::midpoint) moments[1] = mass / 2;
  if (moments.size() == 3 && halved_quadratic_term) moments[2] /= 2;
}

/// Weights of the predictions, the latest first, from gaps.size() + 1 moments of the step. With the
/// moments ∫ w u^k they are those of the interpolating polynomial, with others those of another
/// rule.
inline std::vector<double> weights_of_moments(std::span<const double> moments, double h,
                                              std::span<const double> gaps) {
  const auto distance = [&](std::size_t from, std::size_t to) {
    return std::accumulate(gaps.begin() + static_cast<std::ptrdiff_t>(from),
                           gaps.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
  };
  std::vector<double> weights;
  for (std::size_t j = 0; j <= gaps.size(); ++j) {
    std::vector<double> basis{1};  // Π_(i≠j) (u h + a_i)/(a_i − a_j)
    for (std::size_t i = 0; i <= gaps.size(); ++i) {
      if (i == j) continue;
      const double apart = i > j ? distance(j, i) : -distance(i, j);
      multiply_by_linear(basis, h / apart, distance(0, i) / apart);
    }
    weights.push_back(polynomial_integral(basis, moments));
  }
  return weights;
}

/// Weights of the predictions, the latest first, in ∫ w(τ) P(τ) dτ, P the polynomial through them.
/// Their sum is h for the constant weight and 1 − e^(−ch) for the others. h = ∞ needs no gaps.
/// Accuracy: 64 ulp of the largest, for up to four predictions.
inline std::vector<double> multistep_weights(StepWeight weight, double h,
                                             std::span<const double> gaps, double rate = 1) {
  return weights_of_moments(step_moments(weight, h, gaps.size() + 1, rate), h, gaps);
}

/// The same with one more prediction, at the end of the step: its weight is the first.
inline std::vector<double> corrector_weights(StepWeight weight, double h,
                                             std::span<const double> gaps, double rate = 1) {
  // The polynomial of each earlier one gets the factor (h − τ)/(h + a_j), which is 0 at the end.
  std::vector<double> weights =
      weights_of_moments(step_moments(weight, h, gaps.size() + 1, rate, 1), h, gaps);
  std::vector<double> basis{1};  // of the end: Π (u h + a_i)/(h + a_i)
  double distance = 0;
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (j > 0) distance += gaps[j - 1];
    weights[j] *= h / (h + distance);
    multiply_by_linear(basis, h / (h + distance), distance / (h + distance));
  }
  const double end = polynomial_integral(basis, step_moments(weight, h, basis.size(), rate));
  weights.insert(weights.begin(), end);
  return weights;
}

/// The Adams–Bashforth weights: the constant weight on equal steps, h = 1. Order 1 to 4.
inline std::vector<double> adams_bashforth_weights(std::size_t order) {
  switch (order) {
    case 1:
      return {1};
    case 2:
      return {3. / 2, -1. / 2};
    case 3:
      return {23. / 12, -16. / 12, 5. / 12};
    default:
      return {55. / 24, -59. / 24, 37. / 24, -9. / 24};
  }
}

}  // namespace alphabar::detail
