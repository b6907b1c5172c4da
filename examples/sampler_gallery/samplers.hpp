// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/core.hpp>
#include <alphabar/oracle/sampler_probe.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

/// Hand-written samplers, each with at most one mistake.
namespace gallery {

using namespace alphabar;
using Eigen::VectorXd;
using Network = ProbedNetwork;
using Noise = ProbedNoise;

// [straight]
/// The ancestral step on a straight path, x = (1 − u) x_0 + u ε. `exploding`: the step for
/// x = x_0 + σ ε, with u in place of σ.
inline VectorXd ancestral(Index n, const Network& network, const Noise& noise, bool exploding) {
  VectorXd x = noise();
  for (Index k = n; k > 0; --k) {
    const double t = static_cast<double>(k) / static_cast<double>(n);
    const double s = static_cast<double>(k - 1) / static_cast<double>(n);
    const VectorXd data = x - t * network(x, t);
    if (exploding) {
      const double up = s * std::sqrt((t - s) * (t + s)) / t;
      const double down = s * s / t;
      x = data + down / t * (x - data);
      if (s > 0) x += up * noise();
    } else {  // the level q(x_s | x_0), reached from a deterministic step to a lower one
      const double sigma_t = t / (1 - t);
      const double sigma_s = s / (1 - s);
      const double share = t < 1 ? sigma_s / sigma_t : 0;
      const double kept = s * share;  // of the noise in x, whose scale is t
      x = (1 - s) * data + kept / t * (x - (1 - t) * data);
      if (s > 0) x += s * std::sqrt(1 - share * share) * noise();
    }
  }
  return x;
}
// [straight]

/// Euler's method, and Adams–Bashforth methods, for dx/dσ = (x − D)/σ.
struct Multistep {
  bool late = false;         ///< the slopes are those of one call before
  bool equal = false;        ///< the weights of order 4 are those for equal steps
  bool unit_sum = true;      ///< the weights of DPM-Solver++(2M) sum to 1
  bool midpoint = false;     ///< a second call, at the midpoint, whose prediction cancels
  bool at_data = false;      ///< and a call at the data
  bool narrow_grid = false;  ///< the grid divides by n − 1
};

/// ∫ of the polynomial that is 1 at nodes[j] and 0 at the other nodes, from a to b.
inline double lagrange_integral(const std::vector<double>& nodes, std::size_t j, double a,
                                double b) {
  std::vector<double> polynomial{1};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == j) continue;
    polynomial.insert(polynomial.begin(), 0);
    for (std::size_t p = 0; p + 1 < polynomial.size(); ++p) {
      polynomial[p] -= (nodes[i] - a) * polynomial[p + 1];
    }
    for (double& c : polynomial) c /= nodes[j] - nodes[i];
  }
  double integral = 0;
  for (std::size_t p = 0; p < polynomial.size(); ++p) {
    integral +=
        polynomial[p] * std::pow(b - a, static_cast<double>(p + 1)) / static_cast<double>(p + 1);
  }
  return integral;
}

inline std::vector<double> sigmas(Index n, bool divides_by_n_minus_1 = false) {
  if (!divides_by_n_minus_1) return to_data(karras_sigmas(n, 0.02, 80));
  std::vector<double> list;
  for (Index k = 0; k < n; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(n - 1);
    const double root =
        std::pow(80, 1. / 7) + share * (std::pow(0.02, 1. / 7) - std::pow(80, 1. / 7));
    list.push_back(std::pow(root, 7));
  }
  list.push_back(0);
  return list;
}

// [history]
/// Adams–Bashforth of order 4 in σ, the last step Euler's.
inline VectorXd adams_bashforth(Index n, const Network& network, const Noise& noise,
                                const Multistep& mistakes) {
  const std::vector<double> grid = sigmas(n);
  VectorXd x = grid.front() * noise();
  std::vector<VectorXd> slopes;  // the latest first
  for (std::size_t k = 0; k + 1 < grid.size(); ++k) {
    slopes.insert(slopes.begin(), (x - network(x, grid[k])) / grid[k]);
    std::size_t count = std::min<std::size_t>({k + 1, 4});
    if (grid[k + 1] == 0) count = 1;
    std::vector<double> weights;
    const std::vector<double> nodes(grid.rend() - static_cast<std::ptrdiff_t>(k) - 1,
                                    grid.rend() - static_cast<std::ptrdiff_t>(k + 1 - count));
    for (std::size_t j = 0; j < count; ++j) {
      weights.push_back(lagrange_integral(nodes, j, grid[k], grid[k + 1]));
    }
    if (mistakes.equal && count == 4) {
      const double h = (grid[k + 1] - grid[k]) / 24;
      weights = {55 * h, -59 * h, 37 * h, -9 * h};
    }
    const std::size_t late = mistakes.late && k >= count ? 1 : 0;
    for (std::size_t j = 0; j < count; ++j) x += weights[j] * slopes[j + late];
  }
  return x;
}
// [history]

/// DPM-Solver++(2M) in σ.
inline VectorXd dpm_solver_2m(Index n, const Network& network, const Noise& noise, bool unit_sum) {
  const std::vector<double> grid = sigmas(n);
  VectorXd x = grid.front() * noise();
  VectorXd before;
  for (std::size_t k = 0; k + 1 < grid.size(); ++k) {
    const VectorXd data = network(x, grid[k]);
    const double q = grid[k + 1] / grid[k];
    VectorXd ahead = data;
    if (k > 0 && q > 0) {
      const double r = std::log(grid[k] / grid[k - 1]) / std::log(q);
      const double share = 1 / (2 * r);
      ahead = (1 + share) * data - (unit_sum ? share : 0.5) * before;
    }
    x = q * x + (1 - q) * ahead;
    before = data;
  }
  return x;
}

/// Euler's method in σ.
inline VectorXd euler(Index n, const Network& network, const Noise& noise,
                      const Multistep& mistakes) {
  const std::vector<double> grid = sigmas(n, mistakes.narrow_grid);
  VectorXd x = grid.front() * noise();
  for (std::size_t k = 0; k + 1 < grid.size(); ++k) {
    const double step = grid[k + 1] - grid[k];
    const VectorXd slope = (x - network(x, grid[k])) / grid[k];
    if (mistakes.midpoint) {
      const double middle = grid[k] + step / 2;
      const VectorXd there = x + step / 2 * slope;
      const VectorXd data = network(there, middle);
      x = data + (there + step / 2 * slope - data);  // the prediction cancels
    } else {
      x += step * slope;
    }
  }
  if (mistakes.at_data) (void)network(x, 0);
  return x;
}

/// Mistakes of DDIM and DDPM along a table.
struct Table {
  double eta = 0;
  bool stride = false;        ///< the next time is t − T/n
  bool root_of_std = false;   ///< the root of the standard deviation of the noise
  bool short_betas = false;   ///< β does not reach its end
  Index told = 0;             ///< what is added to the network's time argument
  bool whole_switch = false;  ///< any η > 0 counts as 1
  double at_most = 1e300;     ///< x_0 is clipped
  bool own_noise = false;     ///< noise from its own generator
};

inline VectorXd ddim(Index n, const Network& network, const Noise& noise, const Table& mistakes) {
  std::vector<double> alpha_bar{1};
  for (int k = 0; k < 1000; ++k) {
    const double share = k / (mistakes.short_betas ? 1000. : 999.);
    alpha_bar.push_back(alpha_bar.back() * (1 - (1e-4 + share * (0.02 - 1e-4))));
  }
  double own = 0;  // of a generator with a new seed in every run
  const std::vector<Index> times = linspace_timesteps(1000, n);
  const double eta = mistakes.whole_switch && mistakes.eta > 0 ? 1 : mistakes.eta;
  VectorXd x = noise();
  for (std::size_t k = 0; k < times.size(); ++k) {
    const Index t = times[k];
    Index s = k + 1 < times.size() ? times[k + 1] : 0;
    if (mistakes.stride) s = std::max<Index>(0, t - 1000 / n);
    const double a_t = alpha_bar[static_cast<std::size_t>(t)];
    const double a_s = alpha_bar[static_cast<std::size_t>(s)];
    const VectorXd epsilon = network(x, static_cast<double>(t - 1 + mistakes.told));
    const VectorXd data = ((x - std::sqrt(1 - a_t) * epsilon) / std::sqrt(a_t))
                              .cwiseMin(mistakes.at_most)
                              .cwiseMax(-mistakes.at_most);
    const double std = eta * std::sqrt((1 - a_s) / (1 - a_t) * (1 - a_t / a_s));
    x = std::sqrt(a_s) * data + std::sqrt(std::max(0.0, 1 - a_s - std * std)) * epsilon;
    if (std == 0) continue;
    VectorXd z = noise();
    if (mistakes.own_noise)
      z = z.unaryExpr([&](double) { return std::sin(own += 1.7) * std::sqrt(2.0); }).eval();
    x += (mistakes.root_of_std ? std::sqrt(std) : std) * z;
  }
  return x;
}

}  // namespace gallery
