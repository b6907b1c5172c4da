// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>

// The line under REFUSE must not compile; everything else must.
void test() {
  [[maybe_unused]] const Eigen::Vector2d mean(1, -2);
  [[maybe_unused]] const Eigen::Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  [[maybe_unused]] const alphabar::Gaussian prior(mean, sigma);
  [[maybe_unused]] const alphabar::ForwardDiffusion process(prior, alphabar::linear_schedule());

#if defined(SCHEDULE_OF_INTEGERS) && defined(REFUSE)
  (void)alphabar::NoiseSchedule<int>::from_betas({0, 1});
#elif defined(MIXED_SCALARS) && defined(REFUSE)
  (void)alphabar::ForwardDiffusion(prior, alphabar::linear_schedule<float>());
#elif defined(WRONG_EXTENT) && defined(REFUSE)
  (void)prior.log_density(Eigen::Vector3d(1, 2, 3));
#elif defined(COMPLEX_COVARIANCE) && defined(REFUSE)
  (void)alphabar::DenseCovariance(Eigen::Matrix2cd::Identity().eval());
#elif defined(FLOAT_NOISE_FOR_DOUBLES) && defined(REFUSE)
  (void)process.sample(500, alphabar::NoiseStream<float>(1), 10);
#elif defined(BATCH_FOR_A_POINT) && defined(REFUSE)
  (void)prior.log_density(sigma);
#elif defined(DENSE_MATRIX_OF_A_DIAGONAL) && defined(REFUSE)
  const alphabar::DiagonalCovariance variances(mean.cwiseAbs().eval());
  (void)alphabar::ForwardDiffusion(alphabar::Gaussian(mean, variances), alphabar::linear_schedule())
      .covariance(500);
#elif defined(TABLE_OF_A_TEMPORARY) && defined(REFUSE)
  (void)alphabar::linear_schedule().betas();
#endif
}
