// SPDX-License-Identifier: MIT
//
// Would catch a rank that waits for ever: for one whose work has thrown something else than a
// std::exception, or whose part of the data is a batch without samples.
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/mpi.hpp>

#include <Eigen/Core>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

std::string message_on_all_ranks(int rank) {
  try {
    alphabar::mpi::all_or_none([&] {
      if (rank == 1) throw 42;
    });
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::string message = message_on_all_ranks(rank);
  alphabar::Moments<> part;
  part.add(rank == 0 ? Eigen::MatrixXd(5, 0) : Eigen::MatrixXd(Eigen::MatrixXd::Ones(3, 2)));
  const Eigen::VectorXd mean = alphabar::mpi::merged(part).mean();
  alphabar::DiagonalMoments<> diagonal(rank * 20);
  diagonal.add(Eigen::MatrixXd::Constant(3, 20, rank));
  const Eigen::VectorXd variances = alphabar::mpi::merged(diagonal).variances();
  MPI_Finalize();
  const bool sound = message == "an exception of another type than std::exception" &&
                     mean == Eigen::Vector3d::Ones() &&
                     (variances.array() - 10.0 / 39).abs().maxCoeff() < 1e-15;
  if (!sound) std::printf("rank %d: %s, %td numbers\n", rank, message.c_str(), mean.size());
  return sound ? 0 : 1;
}
