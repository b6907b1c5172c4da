// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/sampler_response.hpp"

/// Orders of samplers as observed on Gaussian data of variance λ: log2 of the ratio of the errors
/// of n and 2n steps.
namespace test {

constexpr double order_lambdas[]{0.01, 0.25, 4};

/// The variance of x at time k of a path.
inline double variance_at(const alphabar::SamplerPath& path, std::size_t k, double lambda) {
  return path.level(k).signal_power() * lambda + path.level(k).noise_variance();
}

/// Of the logarithm of the variance at the end.
inline double error_of_variance(const alphabar::SamplerPlan& plan,
                                const alphabar::SamplerPath& path, double lambda) {
  const auto response = alphabar::sampler_response(plan, lambda);
  const double variance =
      response.start * response.start * variance_at(path, 0, lambda) + response.variance;
  return std::abs(std::log(variance / variance_at(path, path.steps(), lambda)));
}

template <class S, class PathOf>
double observed_order(const S& sampler, const PathOf& path_of, double lambda, alphabar::Index n) {
  const auto error = [&](alphabar::Index steps) {
    const alphabar::SamplerPath path = path_of(steps);
    return error_of_variance(sampler.plan(path), path, lambda);
  };
  return std::log2(error(n) / error(2 * n));
}

/// n + 1 positions from `first` to 1, which are even where `bend` is 0.
inline std::vector<double> positions(alphabar::Index n, double bend, double first = 0) {
  std::vector<double> list;
  for (alphabar::Index k = 0; k <= n; ++k) {
    const double even = first + (1 - first) * static_cast<double>(k) / static_cast<double>(n);
    list.push_back(even + bend * even * (1 - even));
  }
  list.back() = 1;
  return list;
}

/// The same from 0, after two steps as short as h² and h^(3/2): for methods whose first steps are
/// of lower order.
inline std::vector<double> positions_after_start(alphabar::Index n, double bend) {
  const double h = 1 / static_cast<double>(n);
  std::vector<double> list = positions(n, bend, h * h + h * std::sqrt(h));
  list.insert(list.begin(), {0, h * h});
  return list;
}

/// Along σ, even steps of the logarithm where positions are even.
inline alphabar::SamplerPath sigma_path(const std::vector<double>& at, double first = 4,
                                        double last = 0.1) {
  std::vector<double> sigmas;
  for (const double position : at) sigmas.push_back(first * std::pow(last / first, position));
  return alphabar::SamplerPath::of_sigmas(sigmas);
}

/// Along a process in time.
template <class Process>
alphabar::SamplerPath process_path(const Process& process, const std::vector<double>& at,
                                   double first, double last = 0.1) {
  std::vector<double> times;
  for (const double position : at) times.push_back(first - (first - last) * position);
  return alphabar::SamplerPath(process, times);
}

}  // namespace test
