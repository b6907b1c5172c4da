// SPDX-License-Identifier: MIT
#pragma once

#include <torch/torch.h>

#include <alphabar/noise/noise_stream.hpp>
#include <cmath>
#include <cstdint>

namespace torch_digits {

// Names of modules are identifiers of Python in a checkpoint: none may be "in".

/// x + W₂ silu(W₁ norm(x) + W₃ time).
class BlockImpl : public torch::nn::Module {
 public:
  explicit BlockImpl(std::int64_t width)
      : norm_(register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})))),
        in_(register_module("enter", torch::nn::Linear(width, width))),
        time_(register_module("time", torch::nn::Linear(width, width))),
        out_(register_module("leave", torch::nn::Linear(width, width))) {}

  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& time) {
    return x + out_(torch::silu(in_(norm_(x)) + time_(time)));
  }

 private:
  torch::nn::LayerNorm norm_;
  torch::nn::Linear in_, time_, out_;
};
TORCH_MODULE(Block);

/// Dense layers, for samples of any kind: (x_t, t − 1) → v. x_t has a sample per row; the times are
/// one per row, or one for all.
class DenoiserImpl : public torch::nn::Module {
 public:
  DenoiserImpl(std::int64_t dimension, std::int64_t width, std::int64_t blocks)
      : in_(register_module("enter", torch::nn::Linear(dimension, width))),
        time_(register_module("time", torch::nn::Linear(2 * frequencies, width))),
        out_(register_module("leave", torch::nn::Linear(width, dimension))) {
    for (std::int64_t k = 0; k < blocks; ++k) blocks_->push_back(Block(width));
    register_module("blocks", blocks_);
  }

  torch::Tensor forward(const torch::Tensor& x_t, const torch::Tensor& times) {
    const torch::Tensor time = torch::silu(time_(waves(times)));
    torch::Tensor x = in_(x_t);
    for (const auto& block : *blocks_) x = block->as<Block>()->forward(x, time);
    return out_(x);
  }

 private:
  static constexpr std::int64_t frequencies = 32;

  /// Sines and cosines of the time, of frequencies from 1 to 1e-4.
  static torch::Tensor waves(const torch::Tensor& times) {
    const torch::Tensor rates =
        torch::exp(torch::arange(frequencies) * (-std::log(1e4) / double{frequencies - 1}));
    const torch::Tensor angles = times.unsqueeze(1) * rates.unsqueeze(0);
    return torch::cat({torch::sin(angles), torch::cos(angles)}, 1);
  }

  torch::nn::Linear in_, time_;
  torch::nn::ModuleList blocks_;
  torch::nn::Linear out_;
};
TORCH_MODULE(Denoiser);

/// Gives every weight matrix normals of variance 1/columns, and every offset 0: the same numbers on
/// every machine.
inline void initialize(Denoiser& network, const alphabar::NoiseStream<float>& noise) {
  const torch::NoGradGuard no_gradient;
  std::uint64_t number = 0;
  for (torch::Tensor& weights : network->parameters()) {
    const alphabar::NoiseStream<float> own = noise.substream(number++);
    if (weights.dim() != 2) continue;  // norms begin as the identity, and offsets are set below
    const std::span values(weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel()));
    own.fill(values);
    weights.mul_(1 / std::sqrt(static_cast<double>(weights.size(1))));
  }
  for (auto& parameter : network->named_parameters()) {
    if (parameter.key().ends_with("bias")) parameter.value().zero_();
  }
}

}  // namespace torch_digits
