// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/noise/draw_start.hpp>
#include <alphabar/noise/noise_stream.hpp>
#include <alphabar/sampler/run_sampler.hpp>
#include <alphabar/sampler/sampler_plan.hpp>

#include "torch_digits/training.hpp"

namespace torch_digits {

/// Samples of the network, one per column. Sample j has the same noise in every plan with the same
/// start, whatever the number of samples.
inline Eigen::MatrixXf sample(const Training& network, const alphabar::SamplerPlan& plan,
                              Index dimension, Index count,
                              const alphabar::NoiseStream<float>& noise) {
  Eigen::MatrixXf x(dimension, count);
  draw_start(plan, noise, x);
  run_sampler(
      plan,
      [&](auto input, const alphabar::SamplerCall& call, auto velocity) {
        network.predict(input, call.model_time, velocity);
      },
      x, noise);
  return x;
}

}  // namespace torch_digits
