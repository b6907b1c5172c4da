// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/gaussian/gaussian.hpp>
#include <alphabar/gaussian/gaussian_mixture.hpp>
#include <alphabar/gaussian/mixture_laws.hpp>
#include <alphabar/oracle/information.hpp>

#include "torch_digits/batch.hpp"

namespace torch_digits {

/// The least mean squared error, per coordinate, of anything that predicts v at t, if the data have
/// the law of the prior.
inline double floor_at(const alphabar::Gaussian<double>& prior, const Schedule& schedule, Index t) {
  const alphabar::TransitionKernel<double> kernel(schedule.transition(0, t));
  return minimum_mean_squared_error(prior, kernel, Prediction::velocity) /
         static_cast<double>(prior.dimension());
}

/// The error of the ideal prediction for a prior on samples that may be of another law.
template <class Prior>
double error_at(const Prior& prior, const Eigen::MatrixXd& samples, const Schedule& schedule,
                Index t, const alphabar::NoiseStream<double>& noise) {
  const alphabar::TransitionKernel<double> kernel(schedule.transition(0, t));
  const alphabar::PredictionConversion<double> velocity(kernel, Prediction::x0,
                                                        Prediction::velocity);
  Eigen::MatrixXd noised(samples.rows(), samples.cols());
  add_noise(kernel, samples, noise, noised);
  const Eigen::MatrixXd error =
      predict(prior, kernel, Prediction::velocity, noised) - velocity(noised, samples);
  return error.array().square().mean();
}

/// The floor of a mixture, on draws of its own: no sum over eigenvalues gives it.
inline double floor_at(const alphabar::GaussianMixture<double>& prior, const Schedule& schedule,
                       Index t, Index draws, const alphabar::NoiseStream<double>& noise) {
  return error_at(prior, prior.sample(noise.substream(0), draws), schedule, t, noise.substream(1));
}

}  // namespace torch_digits
