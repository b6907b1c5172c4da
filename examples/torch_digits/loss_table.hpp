// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/gaussian/fit_dense.hpp>
#include <alphabar/gaussian/fit_mixture.hpp>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "torch_digits/losses.hpp"
#include "torch_digits/split.hpp"

namespace torch_digits {

/// Losses of the network beside those of the ideal predictions for two fits to the training
/// samples.
class LossTable {
 public:
  LossTable(const Split& split, const Schedule& schedule, std::uint64_t seed)
      : split_(split), schedule_(schedule), noise_(seed, 3), network_noise_(seed, 3) {
    const alphabar::Gaussian<double> gaussian = alphabar::fit_dense(split.training);
    const alphabar::GaussianMixture<double> mixture =
        alphabar::fit_mixture(split.training, 10, seed);
    add("Gaussian: floor", [=, this](Index t) { return floor_at(gaussian, schedule_, t); });
    add("held out", [=, this](Index t) {
      return error_at(gaussian, split_.held_out, schedule_, t, noise_.substream(t));
    });
    add("mixture: floor",
        [=, this](Index t) { return floor_at(mixture, schedule_, t, 2000, noise_.substream(t)); });
    add("held out", [=, this](Index t) {
      return error_at(mixture, split_.held_out, schedule_, t, noise_.substream(t));
    });
  }

  /// The weighted loss of the network on samples of each kind.
  [[nodiscard]] double on_training(const Training& network) const {
    return weighted_loss(schedule_, [&](Index t) { return error(network, split_.training, t); });
  }
  [[nodiscard]] double on_held_out(const Training& network) const {
    return weighted_loss(schedule_, [&](Index t) { return error(network, split_.held_out, t); });
  }

  /// The errors at some times, and their weighted means over all times.
  void print(const Training& network) const {
    std::vector<Column> columns = columns_;
    columns.push_back(
        {"network: training", [&](Index t) { return error(network, split_.training, t); }});
    columns.push_back({"held out", [&](Index t) { return error(network, split_.held_out, t); }});
    std::printf("%14s", "t");
    for (const Column& column : columns) std::printf("  %17s", column.name.c_str());
    for (const Index part : {1, 5, 10, 20, 30, 50, 70, 90}) {
      const Index t = std::max<Index>(1, part * schedule_.steps() / 100);
      std::printf("\n%14td", t);
      for (const Column& column : columns) std::printf("  %17.4f", column.error(t));
    }
    std::printf("\n%14s", "weighted mean");
    for (const Column& column : columns) {
      std::printf("  %17.4f", weighted_loss(schedule_, column.error));
    }
    std::puts("");
  }

 private:
  struct Column {
    std::string name;
    std::function<double(Index)> error;
  };
  void add(const char* name, std::function<double(Index)> error) {
    columns_.push_back({name, std::move(error)});
  }
  [[nodiscard]] double error(const Training& network, const Eigen::MatrixXd& samples,
                             Index t) const {
    return error_at(network, samples.cast<float>(), schedule_, t, network_noise_.substream(t));
  }

  const Split& split_;
  const Schedule& schedule_;
  alphabar::NoiseStream<double> noise_;
  alphabar::NoiseStream<float> network_noise_;
  std::vector<Column> columns_;
};

}  // namespace torch_digits
