// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "torch_digits/split.hpp"
#include "torch_digits/training.hpp"

namespace torch_digits {

/// Losses of the network beside those of the ideal predictions for two fits to the training
/// samples: a Gaussian and a mixture of ten.
class LossTable {
 public:
  LossTable(const Split& split, const Schedule& schedule, std::uint64_t seed);

  LossTable(const LossTable&) = delete;  // the columns hold its address
  LossTable& operator=(const LossTable&) = delete;

  /// The weighted losses that are the least if the data have the law of the fit.
  [[nodiscard]] double gaussian_floor() const { return gaussian_floor_; }
  [[nodiscard]] double mixture_floor() const { return mixture_floor_; }
  /// The weighted loss of the network on the held-out samples.
  [[nodiscard]] double on_held_out(const Training& network) const;

  /// The errors at some times, and their weighted means over all times.
  void print(const Training& network) const;

 private:
  struct Column {
    std::string name;
    std::function<double(Index)> error;
  };
  [[nodiscard]] double error(const Training& network, const Eigen::MatrixXd& samples,
                             Index t) const;

  const Split& split_;
  const Schedule& schedule_;
  alphabar::NoiseStream<double> noise_;
  alphabar::NoiseStream<float> network_noise_;
  std::vector<Column> columns_;
  double gaussian_floor_;
  double mixture_floor_;
};

}  // namespace torch_digits
