// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "torch_digits/batch.hpp"

namespace torch_digits {

/// A network, its optimizer (Adam), and the running average of its weights, with which samples are
/// made. Everything is computed on one thread, so that the bits depend only on the seed, the
/// batches and the processor.
class Training {
 public:
  Training(Index dimension, std::uint64_t seed, Index width = 256, Index blocks = 4);
  ~Training();

  /// One step of the optimizer on the weighted mean squared error of the batch. Returns the error
  /// before the step.
  double step(const Batch& batch);
  /// The number of steps so far.
  [[nodiscard]] std::uint64_t steps() const;

  /// The velocity that the average network predicts for the samples in x, one after the other, all
  /// at one time of the model, t − 1. Several threads may call it; they wait for each other.
  void predict(std::span<const float> x, double time, std::span<float> velocity) const;
  /// The same with a time per sample.
  [[nodiscard]] Eigen::MatrixXf predict(const Batch& batch) const;

  /// Writes the state on which the next step depends, and the name of the batches. An existing file
  /// is replaced after the new one is complete.
  void save(const std::string& path, const std::string& batches) const;
  /// @throws std::runtime_error for a file that is no checkpoint, or one of other batches
  void load(const std::string& path, const std::string& batches);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace torch_digits
