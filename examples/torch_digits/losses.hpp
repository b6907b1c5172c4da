// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "torch_digits/floors.hpp"
#include "torch_digits/training.hpp"

namespace torch_digits {

/// The error of the network at t: per coordinate, over all images, the same noise at each call.
inline double error_at(const Training& network, const Eigen::MatrixXf& images,
                       const Schedule& schedule, Index t,
                       const alphabar::NoiseStream<float>& noise) {
  Batch batch;
  batch.clean = images;
  batch.times.assign(static_cast<std::size_t>(images.cols()), t);
  noise_batch(schedule, noise, batch);
  return (network.predict(batch) - batch.target).array().square().mean();
}

/// The weighted loss of training from errors at single times: the mean of weight · error over times
/// spread evenly over 1..T.
template <class ErrorAt>
double weighted_loss(const Schedule& schedule, ErrorAt error_at_time, Index times = 40) {
  double sum = 0;
  for (Index k = 0; k < times; ++k) {
    const Index t = 1 + (2 * k + 1) * schedule.steps() / (2 * times);
    const auto snr = static_cast<double>(schedule.snr(t));
    sum += alphabar::min_snr_weight(snr, Prediction::velocity) * error_at_time(t);
  }
  return sum / static_cast<double>(times);
}

}  // namespace torch_digits
