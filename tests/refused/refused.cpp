// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <alphabar/oracle/sampler_probe.hpp>
#include <random>
#include <span>
#include <vector>

// One case is defined at a time; its line must not compile, everything else must. What the cases
// start from is given, since to make it takes most of the time to compile.
void test([[maybe_unused]] const Eigen::Vector2d& mean,
          [[maybe_unused]] const Eigen::Matrix2d& sigma,
          [[maybe_unused]] const alphabar::Gaussian<double, 2>& prior,
          [[maybe_unused]] const alphabar::ForwardDiffusion<double, 2>& process) {
#if defined(SCHEDULE_OF_INTEGERS)
  (void)alphabar::NoiseSchedule<int>::from_betas({0, 1});
#elif defined(MIXED_SCALARS)
  (void)alphabar::ForwardDiffusion(prior, alphabar::linear_schedule<float>());
#elif defined(WRONG_EXTENT)
  (void)prior.log_density(Eigen::Vector3d(1, 2, 3));
#elif defined(COMPLEX_COVARIANCE)
  (void)alphabar::DenseCovariance(Eigen::Matrix2cd::Identity().eval());
#elif defined(FLOAT_NOISE_FOR_DOUBLES)
  (void)process.sample(500, alphabar::NoiseStream<float>(1), 10);
#elif defined(BATCH_FOR_A_POINT)
  (void)prior.log_density(sigma);
#elif defined(DENSE_MATRIX_OF_A_DIAGONAL)
  const alphabar::DiagonalCovariance variances(mean.cwiseAbs().eval());
  (void)alphabar::ForwardDiffusion(alphabar::Gaussian(mean, variances), alphabar::linear_schedule())
      .covariance(500);
#elif defined(GAUSSIAN_OF_FACTORS)
  (void)alphabar::Gaussian(mean, alphabar::FactorCovariance(sigma, mean.cwiseAbs().eval()));
#elif defined(DISCRETIZE_WITHOUT_ALPHA_BAR)
  (void)alphabar::discretize(alphabar::SubVpLinear(), {0.5, 1.0});
#elif defined(NOISE_CUT_TO_INTEGERS)
  alphabar::NoiseStream(1).fill(std::vector<int>(3));
#elif defined(FRACTIONAL_TIMESTEPS)
  std::vector<double> x(2);
  alphabar::add_noise(alphabar::linear_schedule(), x, std::vector<double>{1.5, 2.5},
                      alphabar::NoiseStream(1), x);
#elif defined(EXPRESSION_OF_LOCALS)
  const auto sampler = [](const alphabar::ProbedNetwork&, const alphabar::ProbedNoise& noise) {
    const Eigen::VectorXd x = noise();
    return 2 * x;
  };
  const alphabar::ProbedSampler probed(sampler);
#elif defined(FRACTIONAL_COUNT_OF_TIMES)
  (void)alphabar::linspace_timesteps(1000, 10.7);
#elif defined(FRACTIONAL_COUNT_OF_LEVELS)
  (void)alphabar::karras_sigmas(10.7, 0.002, 80);
#elif defined(TABLE_OF_A_TEMPORARY)
  (void)alphabar::linear_schedule().betas();
#elif defined(NETWORK_OF_VECTORS)
  const auto network = [](const std::vector<double>&, double, std::vector<double>&) {};
  std::vector<double> x(2);
  alphabar::run_sampler({}, network, x);
#elif defined(NETWORK_THAT_RETURNS_A_STATUS)
  const auto network = [](std::span<const double>, const alphabar::SamplerCall&,
                          std::span<double>) { return 0; };
  std::vector<double> x(2);
  alphabar::run_sampler({}, network, x);
#elif defined(RUN_WITH_AN_ENGINE_FOR_NOISE)
  const auto network = [](std::span<const double>, const alphabar::SamplerCall&,
                          std::span<double>) {};
  std::vector<double> x(2);
  alphabar::run_sampler({}, network, x, std::mt19937(1));
#elif defined(FRACTIONAL_COUNT_OF_STEPS)
  (void)alphabar::linear_schedule(1e-4, 0.02);
#elif defined(FRACTIONAL_COUNT_OF_STEPS_BY_ALPHA_BAR)
  (void)alphabar::laplace_schedule(999.9);
#elif defined(FRACTIONAL_COUNT_OF_CALLS)
  (void)alphabar::dpm_fast_orders(10.7);
#endif
}
