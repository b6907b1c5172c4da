// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "torch_digits/batch.hpp"

namespace torch_digits {

/// A network, its optimizer (Adam), and the running average of its weights, which is what samples
/// are made with. Everything is computed on one thread, so that the bits depend on nothing but the
/// seed, the batches and the processor.
class Training {
 public:
  Training(Index dimension, std::uint64_t seed, Index width = 256, Index blocks = 4);
  ~Training();

  /// One step down the weighted mean squared error of the batch. Returns this error before it.
  double step(const Batch& batch);
  /// The number of steps so far.
  [[nodiscard]] std::uint64_t steps() const;

  /// The velocity that the average network predicts for the samples in x, one after the other, all
  /// at one time of the model, t − 1. Several threads may call it; they wait for each other.
  void predict(std::span<const float> x, double time, std::span<float> velocity) const;
  /// The same with a time per sample.
  [[nodiscard]] Eigen::MatrixXf predict(const Batch& batch) const;

  /// All that the next step depends on, and what the batches are. The file is replaced when it is
  /// complete.
  void save(const std::string& path, const std::string& batches) const;
  /// @throws std::runtime_error for a file that is no checkpoint, or one of other batches
  void load(const std::string& path, const std::string& batches);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace torch_digits
