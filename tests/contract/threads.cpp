// SPDX-License-Identifier: MIT
//
// Would catch hidden state of an object that is const (a cache, a table filled at its first use, a
// shared buffer): four threads use the same objects, and each must get the same bits as one thread
// alone. The thread sanitizer (preset tsan) also reports the lines of a data race.
#include <alphabar/alphabar.hpp>
#include <array>
#include <cstdio>
#include <latch>
#include <thread>
#include <vector>

namespace {

using Process = alphabar::ForwardDiffusion<double, 3>;
using Images = alphabar::StationaryCovariance<double>;

struct Shared {
  Process process{alphabar::Gaussian(Eigen::Vector3d(1, -2, 0.5),
                                     Eigen::Matrix3d{{4, 1.5, 0}, {1.5, 1, 0.1}, {0, 0.1, 9}}),
                  alphabar::linear_schedule()};
  Images images = Images::from_first_columns({2, 3, 1}, first_column());
  alphabar::VpCosine continuous;
  alphabar::NoiseStream<double> noise{2026};

  static Eigen::MatrixXd first_column() {
    return Eigen::MatrixXd{{5}, {1}, {1}, {0.5}, {0.25}, {0.25}};
  }
};

/// Some numbers of everything that is documented as thread-safe.
std::vector<double> numbers_of(const Shared& shared) {
  std::vector<double> numbers;
  const auto add = [&numbers](const auto& matrix) {
    const Eigen::MatrixXd dense = matrix;
    numbers.insert(numbers.end(), dense.data(), dense.data() + dense.size());
  };
  for (const alphabar::Index t : {0, 1, 300, 1000}) {
    const auto marginal = shared.process.marginal(t);
    add(marginal.sample(shared.noise, 200));
    add(marginal.covariance().eigenvalues());
    numbers.push_back(kl_divergence(marginal));
    const double time = static_cast<double>(t) / 1000;
    numbers.push_back(shared.process.schedule().log_snr_at(time * 999 + 1));
    numbers.push_back(shared.continuous.alpha_bar(time));
    const auto kernel = shared.process.schedule().transition(0, t);
    const Images noised = propagate(kernel, shared.images);
    add(noised.apply([](double lambda) { return std::sqrt(lambda); }, Images::Matrix::Ones(6, 2)));
    Eigen::MatrixXd batch = Eigen::MatrixXd::Ones(3, 500);
    alphabar::add_noise(kernel, batch, shared.noise.substream(3), batch, 7);
    add(batch);
  }
  add(shared.process.sample_path(shared.noise, 2));
  return numbers;
}

}  // namespace

int main() {
  const Shared shared;
  std::array<std::vector<double>, 4> found;
  {
    std::latch together(found.size());
    std::array<std::jthread, 4> threads;
    for (std::size_t k = 0; k < threads.size(); ++k) {
      threads[k] = std::jthread([&, k] {
        together.arrive_and_wait();
        for (int round = 0; round < 30; ++round) found[k] = numbers_of(shared);
      });
    }
  }
  const std::vector<double> alone = numbers_of(Shared());
  int differ = 0;
  for (const auto& numbers : found) differ += numbers != alone ? 1 : 0;
  std::printf("%zu numbers, %d threads got others\n", alone.size(), differ);
  return differ;
}
