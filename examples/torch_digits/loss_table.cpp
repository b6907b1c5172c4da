// SPDX-License-Identifier: MIT
#include "torch_digits/loss_table.hpp"

#include <algorithm>
#include <alphabar/gaussian/fit_dense.hpp>
#include <alphabar/gaussian/fit_mixture.hpp>
#include <cstdio>

#include "torch_digits/losses.hpp"

namespace torch_digits {

LossTable::LossTable(const Split& split, const Schedule& schedule, std::uint64_t seed)
    : split_(split), schedule_(schedule), noise_(seed, 3), network_noise_(seed, 3) {
  const alphabar::Gaussian<double> gaussian = alphabar::fit_dense(split.training);
  const alphabar::GaussianMixture<double> mixture = alphabar::fit_mixture(split.training, 10, seed);
  columns_ = {
      {"Gaussian: floor", [=, this](Index t) { return floor_at(gaussian, schedule_, t); }},
      {"held out",
       [=, this](Index t) {
         return error_at(gaussian, split_.held_out, schedule_, t, noise_.substream(t));
       }},
      {"mixture: floor",
       [=, this](Index t) { return floor_at(mixture, schedule_, t, 1000, noise_.substream(t)); }},
      {"held out", [=, this](Index t) {
         return error_at(mixture, split_.held_out, schedule_, t, noise_.substream(t));
       }}};
  gaussian_floor_ = weighted_loss(schedule_, columns_[0].error);
  mixture_floor_ = weighted_loss(schedule_, columns_[2].error);
}

double LossTable::error(const Training& network, const Eigen::MatrixXd& samples, Index t) const {
  return error_at(network, samples.cast<float>(), schedule_, t, network_noise_.substream(t));
}

double LossTable::on_held_out(const Training& network) const {
  return weighted_loss(schedule_, [&](Index t) { return error(network, split_.held_out, t); });
}

void LossTable::print(const Training& network) const {
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

}  // namespace torch_digits
