// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <alphabar/io/csv.hpp>
#include <alphabar/io/npy.hpp>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace {

std::string folder_for(int argc, char** argv) {
  const std::filesystem::path folder =
      argc > 1 ? argv[1] : std::filesystem::temp_directory_path() / "alphabar_numpy";
  std::filesystem::create_directories(folder);
  return (folder / "").string();
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace alphabar;
  const std::string folder = folder_for(argc, argv);
  Eigen::MatrixXd sigma(4, 4);
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 4; ++j) sigma(i, j) = std::pow(0.5, std::abs(i - j));
  }
  const Gaussian law(Eigen::VectorXd::Constant(4, 1.0), DenseCovariance(sigma));

  // [to numpy]
  io::write_npy(folder + "covariance.npy", sigma);           // (4, 4)
  const Eigen::MatrixXd x = law.sample(NoiseStream(1), 50);  // 4 × 50, a sample per column
  io::write_npy(folder + "samples.npy", x.transpose());      // (50, 4), a sample per row
  io::write_npy(folder + "images.npy", x, {50, 2, 2});       // in memory order
  // [to numpy]

  // [from numpy]
  const auto covariance = io::read_npy<Eigen::MatrixXd>(folder + "covariance.npy");
  const auto rows = io::read_npy<Eigen::MatrixXd>(folder + "samples.npy");
  Moments moments;
  moments.add(rows.transpose());  // a sample per column again
  const Gaussian data = moments.gaussian();
  std::printf("W2 of 50 samples to their law: %.3f\n",
              wasserstein_distance(data, Gaussian(law.mean(), DenseCovariance(covariance))));
  // [from numpy]

  // [table]
  const std::vector<Index> budgets{5, 10, 20, 40};
  Eigen::MatrixXd table(4, 3);
  for (Index row = 0; row < 4; ++row) {
    const Index n = budgets[static_cast<std::size_t>(row)];
    const SamplerPath path = SamplerPath::of_sigmas(to_data(karras_sigmas(n, 0.02, 80)));
    const auto error = [&](const auto& sampler) {
      return wasserstein_distance(sampler_law(sampler.plan(path), law), law);
    };
    table.row(row) << static_cast<double>(n), error(Euler{}), error(DpmSolverPp2M{});
  }
  io::write_csv(folder + "table.csv", table, {"calls", "Euler", "DPM-Solver++(2M)"});
  io::write_npy(folder + "table.npy", table);
  // [table]

  std::vector<std::string> names;
  const auto read = io::read_csv<Eigen::MatrixXd>(folder + "table.csv", &names);
  const auto same = [](bool holds) { return holds ? "yes" : "no"; };
  std::printf("the table is read back bit for bit: %s, with the names %s, %s, %s\n",
              same(read == table && io::read_npy<Eigen::MatrixXd>(folder + "table.npy") == table),
              names[0].c_str(), names[1].c_str(), names[2].c_str());
  std::printf("so does the covariance: %s\n", same(covariance == sigma));
  for (Index row = 0; row < 4; ++row) {
    std::printf("%5.0f %10.5f %10.5f\n", table(row, 0), table(row, 1), table(row, 2));
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "numpy: %s\n", error.what());
  return 2;
}
