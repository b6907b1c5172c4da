// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/grid/training_times.hpp>
#include <alphabar/noise/add_noise.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <alphabar/prediction/convert_predictions.hpp>
#include <alphabar/prediction/loss_weights.hpp>
#include <alphabar/schedule/schedules.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace torch_digits {

using alphabar::Index;
using alphabar::Prediction;
using Schedule = alphabar::NoiseSchedule<float>;

/// The data of a training step, one sample per column: the network gets `noised` and the times, and
/// predicts `target`, the velocity.
struct Batch {
  Eigen::MatrixXf clean, noised, target;
  std::vector<Index> times;
  std::vector<float> weights;  ///< of the squared errors
};

/// Noises batch.clean at batch.times, and fills in the targets and the weights.
inline void noise_batch(const Schedule& schedule, const alphabar::NoiseStream<float>& noise,
                        Batch& batch, std::uint64_t first_index = 0) {
  using namespace alphabar;
  batch.noised.resizeLike(batch.clean);
  batch.target.resizeLike(batch.clean);
  add_noise(schedule, batch.clean, batch.times, noise, batch.noised, first_index);
  convert_predictions(schedule, Prediction::x0, Prediction::velocity, batch.noised, batch.clean,
                      batch.times, batch.target);
  batch.weights.clear();
  for (const Index t : batch.times) {
    batch.weights.push_back(min_snr_weight(schedule.snr(t), Prediction::velocity));
  }
}

/// The batches of a training: batch k is a pure function of the seed and k.
class Batches {
 public:
  Batches(const std::string& data, Eigen::MatrixXf images, Schedule schedule, Index size,
          std::uint64_t seed)
      : name_(data + ", " + std::to_string(images.cols()) + " samples, " + std::to_string(size) +
              " in a step, seed " + std::to_string(seed)),
        images_(std::move(images)),
        schedule_(std::move(schedule)),
        size_(size),
        noise_(seed, 1),
        choices_(seed, 2) {}

  /// Identifies these batches in a checkpoint.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Images and times 1..T, drawn with replacement.
  [[nodiscard]] Batch operator[](std::uint64_t number) const {
    const auto choices = choices_.substream(number);
    const auto choose = [&](Index index, Index count) {
      const double u = alphabar::uniform_of_normal(choices(static_cast<std::uint64_t>(index)));
      return std::min(static_cast<Index>(u * static_cast<double>(count)), count - 1);
    };
    Batch batch;
    batch.clean.resize(images_.rows(), size_);
    for (Index j = 0; j < size_; ++j) {
      batch.clean.col(j) = images_.col(choose(2 * j, images_.cols()));
      batch.times.push_back(1 + choose(2 * j + 1, schedule_.steps()));
    }
    noise_batch(schedule_, noise_.substream(number), batch);
    return batch;
  }

 private:
  std::string name_;
  Eigen::MatrixXf images_;
  Schedule schedule_;
  Index size_;
  alphabar::NoiseStream<float> noise_;
  alphabar::NoiseStream<double> choices_;
};

}  // namespace torch_digits
