// SPDX-License-Identifier: MIT
//
// A data set that lies on several machines: its moments and its noised samples, with the same bits
// for any number of ranks.
//
//   mpirun -n 3 distributed_moments                     the handwritten digits inside
//   mpirun -n 3 distributed_moments a.csv b.npy c.gz    files, shared out in their order
//
// Exit code: 2 when a file cannot be used, on every rank and with one message.

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <alphabar/mpi.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "diffuse_dataset/embedded_digits.hpp"
#include "diffuse_dataset/read_dataset.hpp"

namespace {

using alphabar::Index;
using Samples = Eigen::MatrixXd;

/// The `rank`-th of `ranks` shares of 0..total-1.
struct Share {
  std::size_t first, last;
  Share(std::size_t total, int rank, int ranks)
      : first(total * static_cast<std::size_t>(rank) / static_cast<std::size_t>(ranks)),
        last(total * static_cast<std::size_t>(rank + 1) / static_cast<std::size_t>(ranks)) {}
};

Eigen::Map<const Samples> columns(const diffuse_dataset::Dataset& data) {
  return {data.values.data(), static_cast<Index>(data.dimension), static_cast<Index>(data.count)};
}

/// The samples of this rank: a range of the digits, or all of a range of the files.
Samples read_share(const std::vector<std::string>& files, int rank, int ranks) {
  if (files.empty()) {
    const auto digits = diffuse_dataset::decode_dataset(
        "the digits inside", std::string(diffuse_dataset::embedded_digits()), {-1});
    const Share share(digits.count, rank, ranks);
    return columns(digits).middleCols(static_cast<Index>(share.first),
                                      static_cast<Index>(share.last - share.first));
  }
  Samples samples;
  const Share share(files.size(), rank, ranks);
  for (std::size_t k = share.first; k < share.last; ++k) {
    const auto data = diffuse_dataset::read_dataset(files[k]);
    const Index known = samples.cols();
    const auto dimension = static_cast<Index>(data.dimension);
    if (known > 0 && dimension != samples.rows()) {
      throw diffuse_dataset::BadFile(files[k], "",
                                     "holds " + std::to_string(dimension) +
                                         " values per sample, not " +
                                         std::to_string(samples.rows()) + " as the file before it");
    }
    samples.conservativeResize(dimension, known + static_cast<Index>(data.count));
    samples.rightCols(static_cast<Index>(data.count)) = columns(data);
  }
  return samples;
}

/// FNV-1a of some numbers, byte by byte.
std::uint64_t hash(const Samples& numbers, std::uint64_t start = 0xcbf29ce484222325) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(numbers.data());
  const auto size = static_cast<std::size_t>(numbers.size()) * sizeof(double);
  for (std::size_t k = 0; k < size; ++k) start = (start ^ bytes[k]) * 0x100000001b3;
  return start;
}

void run(const std::vector<std::string>& files, int rank, int ranks) {
  namespace mpi = alphabar::mpi;
  Samples x0;
  mpi::all_or_none([&] { x0 = read_share(files, rank, ranks); });

  // [the same bits]
  const Index first = mpi::first_sample(x0.cols());
  alphabar::Moments part(first);
  part.add(x0);
  const alphabar::Moments<> moments = mpi::merged(part);

  const auto kernel = alphabar::linear_schedule().transition(0, 500);
  const alphabar::NoiseStream noise(7);
  Samples xt(x0.rows(), x0.cols());
  alphabar::add_noise(kernel, x0, noise, static_cast<std::uint64_t>(first * x0.rows()), xt);
  // [the same bits]

  // The sum of one hash per sample does not depend on who has which.
  std::uint64_t noised = 0;
  for (Index j = 0; j < xt.cols(); ++j) {
    noised += hash(xt.col(j), static_cast<std::uint64_t>(first + j));
  }
  MPI_Allreduce(MPI_IN_PLACE, &noised, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);

  if (rank != 0) return;
  const Samples covariance = moments.covariance();
  std::printf("%td samples of %td values\n", moments.count(), moments.dimension());
  std::printf("trace of the covariance %.17g\n", covariance.trace());
  std::printf("hash of mean and covariance %016llx\n",
              static_cast<unsigned long long>(hash(covariance, hash(moments.mean()))));
  std::printf("hash of all samples at t = 500 %016llx\n", static_cast<unsigned long long>(noised));
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int code = 0;
  try {
    run({argv + 1, argv + argc}, rank, ranks);
  } catch (const std::exception& error) {  // the same on every rank
    if (rank == 0) std::cerr << "distributed_moments: " << error.what() << std::endl;
    code = 2;
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  return code;
}
