// SPDX-License-Identifier: MIT
#include "alphabar/noise/torch_noise.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "alphabar/noise/add_noise.hpp"
#include "support/catch.hpp"

namespace torch_noise_test {

using namespace alphabar;

static_assert(NoiseSource<TorchCudaNoise, float>);

/// The numbers of one call of randn.
template <class Scalar>
std::vector<Scalar> randn(TorchCpuNoise& noise, std::size_t count) {
  std::vector<Scalar> x(count);
  noise.fill(x);
  return x;
}

template <class Scalar>
void check(const std::vector<Scalar>& actual, const std::vector<double>& expected) {
  REQUIRE(actual.size() >= expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) {
    INFO("number " << k);
    CHECK_THAT(actual[k], WithinAbs(expected[k], 2e-6));
  }
}

// Would catch another word, counter or branch of Box-Muller than CUDA's. The numbers are what
// torch.randn(12, device="cuda") gives after torch.manual_seed(0).
TEST_CASE("TorchCudaNoise: known numbers") {
  std::vector<float> x(12);
  const TorchCudaNoise noise(0);
  noise.fill(x);
  check(x, {-0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564, -0.62285122,
            -0.32838709, -1.07454231, -0.36314407, -1.67105067, 2.26550497});
  CHECK(noise(7) == x[7]);
  CHECK(noise.substream(1)(7) == TorchCudaNoise(0, 1)(7));
  CHECK(noise.substream(1)(7) != x[7]);
}

// Would catch a generator other than torch 1.13's on the CPU: the way below 16 numbers with its
// number in waiting, the way from 16 on with its last 16, and seeds beyond 32 bits.
TEST_CASE("TorchCpuNoise: known numbers") {
  SECTION("below 16 numbers, two calls") {
    TorchCpuNoise noise(0);
    check(randn<float>(noise, 4),
          {1.5409960746765137, -0.293428897857666, -2.1787893772125244, 0.5684312582015991});
    check(randn<float>(noise, 3), {-1.0845223665237427, -1.3985954523086548, 0.40334683656692505});
  }
  SECTION("16 numbers") {
    TorchCpuNoise noise(42);
    check(randn<float>(noise, 16),
          {1.9269152879714966, 1.4872840642929077, 0.9007171988487244, -2.1055209636688232,
           0.6784184575080872, -1.2345448732376099, -0.04306747764348984, -1.6046669483184814,
           -0.7521352767944336, 1.6487230062484741, -0.3924786448478699, -1.4036071300506592,
           -0.7278813123703003, -0.5594301819801331, -0.7688388824462891, 0.7624453902244568});
  }
  SECTION("21 numbers, of which the last 16 are drawn anew, then 2") {
    TorchCpuNoise noise(7);
    check(randn<float>(noise, 21),
          {-0.8201345205307007, 0.39563116431236267, 0.8989084959030151, -1.3884038925170898,
           -0.16699601709842682, 0.7820726633071899, 1.0391076803207397});
    check(randn<float>(noise, 2), {0.1736421138048172, -1.2732713222503662});
  }
  SECTION("double, 18 numbers, then 3") {
    TorchCpuNoise noise(5);
    const auto x = randn<double>(noise, 18);
    check(std::vector(x.end() - 6, x.end()),
          {-0.4010886991989854, -0.7198743755133706, -0.2686318022053022, -0.3955216105396746,
           1.9172346797519741, 0.2521633133845829});
    check(randn<double>(noise, 3), {0.3246315901487808, -0.06835464950860098, -0.9959337589887544});
  }
  SECTION("a seed of more than 32 bits is cut") {
    TorchCpuNoise noise((std::uint64_t{1} << 40) + 3);
    check(randn<float>(noise, 2), {0.8032760620117188, 0.17483338713645935});
  }
}

// Would catch a stream that cannot take the place of NoiseStream.
TEST_CASE("TorchCudaNoise: noises like any other source") {
  const TransitionKernel kernel(0.25F, 0.75F);
  const TorchCudaNoise noise(3);
  std::array<float, 5> x{1, 2, 3, 4, 5};
  add_noise(kernel, x, noise, x, 40);
  CHECK(x[4] == kernel.perturb(5.0F, noise(44)));
}

}  // namespace torch_noise_test
