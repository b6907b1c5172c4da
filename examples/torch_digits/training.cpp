// SPDX-License-Identifier: MIT
#include "torch_digits/training.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "torch_digits/network.hpp"

namespace torch_digits {
namespace {

/// The buffer as a tensor with a sample per row, without a copy.
torch::Tensor rows(const float* samples, Index count, Index dimension) {
  return torch::from_blob(const_cast<float*>(samples), {count, dimension});
}
torch::Tensor rows(const Eigen::MatrixXf& samples) {
  return rows(samples.data(), samples.cols(), samples.rows());
}

/// What the network is told: t − 1, as by `SamplerCall::model_time`.
torch::Tensor model_times(const std::vector<Index>& times) {
  torch::Tensor told = torch::empty(static_cast<std::int64_t>(times.size()));
  std::transform(times.begin(), times.end(), told.data_ptr<float>(),
                 [](Index t) { return static_cast<float>(t - 1); });
  return told;
}

/// It rises for 100 steps and falls as 1/√step from the thousandth.
double learning_rate(std::uint64_t step) {
  const double k = static_cast<double>(step) + 1;
  return 1e-3 * std::min({1.0, k / 100, std::sqrt(1000 / k)});
}

}  // namespace

struct Training::State {
  State(Index dimension_of_samples, std::uint64_t seed, Index width, Index blocks)
      : dimension(dimension_of_samples),
        network(dimension, width, blocks),
        average(dimension, width, blocks) {
    initialize(network, alphabar::NoiseStream<float>(seed, 0));
    const torch::NoGradGuard no_gradient;
    const auto to = average->parameters();
    const auto from = network->parameters();
    for (std::size_t i = 0; i < to.size(); ++i) to[i].copy_(from[i]);
  }

  /// The average of about the last 1000 steps, fewer at the beginning.
  void add_to_average() {
    const torch::NoGradGuard no_gradient;
    const auto k = static_cast<double>(steps);
    const double share = std::max(1e-3, 9 / (10 + k));
    const auto to = average->parameters();
    const auto from = network->parameters();
    for (std::size_t i = 0; i < to.size(); ++i) to[i].lerp_(from[i], share);
  }

  Index dimension;
  mutable std::mutex predicting;  // a BLAS made for one thread need not be safe with several
  mutable Denoiser network, average;
  torch::optim::Adam adam{network->parameters(), torch::optim::AdamOptions(1e-3)};
  std::uint64_t steps = 0;
};

Training::Training(Index dimension, std::uint64_t seed, Index width, Index blocks) {
  at::set_num_threads(1);
  state_ = std::make_unique<State>(dimension, seed, width, blocks);
}
Training::~Training() = default;

double Training::step(const Batch& batch) {
  State& s = *state_;
  for (auto& group : s.adam.param_groups()) group.options().set_lr(learning_rate(s.steps));
  const torch::Tensor weights =
      rows(batch.weights.data(), static_cast<Index>(batch.weights.size()), 1);
  const torch::Tensor error =
      s.network(rows(batch.noised), model_times(batch.times)) - rows(batch.target);
  const torch::Tensor loss = (weights * error.square()).mean();
  s.adam.zero_grad();
  loss.backward();
  s.adam.step();
  ++s.steps;
  s.add_to_average();
  return loss.item<double>();
}

std::uint64_t Training::steps() const { return state_->steps; }

void Training::predict(std::span<const float> x, double time, std::span<float> velocity) const {
  const std::scoped_lock lock(state_->predicting);
  const torch::NoGradGuard no_gradient;
  const Index count = std::ssize(x) / state_->dimension;
  const torch::Tensor told = torch::full({1}, time, torch::kFloat);
  rows(velocity.data(), count, state_->dimension)
      .copy_(state_->average->forward(rows(x.data(), count, state_->dimension), told));
}

Eigen::MatrixXf Training::predict(const Batch& batch) const {
  const torch::NoGradGuard no_gradient;
  Eigen::MatrixXf velocity(batch.noised.rows(), batch.noised.cols());
  rows(velocity).copy_(state_->average->forward(rows(batch.noised), model_times(batch.times)));
  return velocity;
}

void Training::save(const std::string& path, const std::string& batches) const {
  torch::serialize::OutputArchive archive;
  const auto write = [&](const char* name, const auto& part) {
    torch::serialize::OutputArchive inner(archive.compilation_unit());
    part.save(inner);
    archive.write(name, inner);
  };
  write("network", *state_->network);
  write("average", *state_->average);
  write("adam", state_->adam);
  archive.write("batches", c10::IValue(batches));
  archive.write("steps", c10::IValue(static_cast<std::int64_t>(state_->steps)));
  archive.save_to(path + ".part");
  std::filesystem::rename(path + ".part", path);
}

void Training::load(const std::string& path, const std::string& batches) {
  std::string found;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(path);
    c10::IValue value;
    archive.read("batches", value);
    found = value.toStringRef();
    if (found == batches) {
      const auto read = [&](const char* name, auto& part) {
        torch::serialize::InputArchive inner;
        archive.read(name, inner);
        part.load(inner);
      };
      read("network", *state_->network);
      read("average", *state_->average);
      read("adam", state_->adam);
      archive.read("steps", value);
      state_->steps = static_cast<std::uint64_t>(value.toInt());
    }
  } catch (const std::exception&) {
    throw std::runtime_error(path + ": is no checkpoint of this network");
  }
  if (found != batches) {
    throw std::runtime_error(path + ": its training is on " + found + ", this one on " + batches);
  }
}

}  // namespace torch_digits
