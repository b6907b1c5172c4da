// SPDX-License-Identifier: MIT
//
// Would catch a temporary on the heap where the dimension is known at compile time: Eigen's own
// allocations end the program, others are counted.
#define EIGEN_RUNTIME_NO_MALLOC
#undef NDEBUG
#include <alphabar/alphabar.hpp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

// Not inlined, or g++ takes `free` for the wrong partner of `new`.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
  const Eigen::Matrix3d sigma{{4, 1.5, 0}, {1.5, 1, 0.1}, {0, 0.1, 2}};
  const alphabar::ForwardDiffusion process(alphabar::Gaussian(Eigen::Vector3d(1, -2, 3), sigma),
                                           alphabar::linear_schedule());
  Eigen::Matrix3d out;
  const alphabar::SamplerPlan plan =
      alphabar::plan(alphabar::DpmSolverPp2M{}, process.schedule(),
                     alphabar::trailing_timesteps(1000, 10), alphabar::Prediction::noise);
  Eigen::Vector3d x(1, 2, 3);
  Eigen::Vector3d latest = Eigen::Vector3d::Zero();
  const std::size_t before = allocations;
  Eigen::internal::set_is_malloc_allowed(false);
  out = process.covariance(500) + process.cross_covariance(3, 500);
  const auto marginal = process.marginal(500);
  const double density = marginal.log_density(process.mean(500));
  propagate(process.schedule().step(3), sigma, out);
  out += process.covariance_by_recursion(5);
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const auto& step = plan.calls[k].step;
    const auto conversion = plan.conversion(k);
    for (Eigen::Index i = 0; i < 3; ++i) {
      const double earlier = latest(i);
      latest(i) = conversion(x(i), 0.5 * x(i));
      x(i) = step.x * x(i) + step.predictions[0] * latest(i);
      if (step.predictions.size() > 1) x(i) += step.predictions[1] * earlier;
    }
  }
  Eigen::internal::set_is_malloc_allowed(true);
  std::printf("allocations: %zu, a density: %g, an entry: %g, a sample: %g\n", allocations - before,
              density, out(0, 0), x(0));
  return allocations == before ? 0 : 1;
}
