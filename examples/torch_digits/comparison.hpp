// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string>
#include <utility>
#include <vector>

#include "torch_digits/split.hpp"
#include "torch_digits/training.hpp"

namespace torch_digits {

/// What is compared: each sampler with each grid of `Plans` and each budget of calls.
struct Compared {
  std::vector<std::string> samplers{"euler", "heun", "dpm2", "dpm++2s", "dpm++2m", "dpm++3m",
                                    "unipc", "deis", "lms",  "ddpm",    "er_sde",  "dpm++2m_sde"};
  std::vector<Index> budgets{5, 8, 12, 25};
  Index samples = 2000;  ///< made by each
};

/// One sampler with one grid: what the Gaussian fit says of it, and what the network makes.
struct Row {
  std::string sampler, grid;
  Index budget = 0;         ///< the most calls
  Index calls = 0;          ///< those that it makes
  double predicted = 0;     ///< Fréchet distance to the held-out samples, from the spectrum alone
  double measured = 0;      ///< the same of the samples of the network
  double energy = 0;        ///< their energy distance to the held-out samples
  Eigen::MatrixXf first{};  ///< the first of them
};

/// The Fréchet distance and the energy distance of samples to the held-out ones.
std::pair<double, double> distances(const Eigen::MatrixXd& samples, const Split& split);

std::vector<Row> compare(const Training& network, const Schedule& schedule, const Split& split,
                         const Compared& compared, const alphabar::NoiseStream<float>& noise);

}  // namespace torch_digits
