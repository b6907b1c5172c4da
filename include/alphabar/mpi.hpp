// SPDX-License-Identifier: MIT
#pragma once

#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/moments_state.hpp"
#include "alphabar/gaussian/moments.hpp"

/// A data set distributed over MPI ranks: the samples of rank 0, then those of rank 1, and so on.
/// Not part of alphabar.hpp. Link `MPI::MPI_CXX` (CMake's `find_package(MPI)`) beside alphabar.
///
/// Noise is addressed by the number of the sample, and moments merge by its block: with
///
///     const Index first = mpi::first_sample(x0.cols());
///     Moments<float> part(first);
///     part.add(x0);
///     const auto moments = mpi::merged(part);
///     add_noise(kernel, x0, noise, xt, first * x0.rows());
///
/// moments and noised data have the same bits for any number of ranks on one kind of machine
/// (Eigen's products depend on its vector instructions). Every function here is collective.
namespace alphabar::mpi {
namespace detail {

inline int rank(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

inline int size(MPI_Comm comm) {
  int size = 0;
  MPI_Comm_size(comm, &size);
  return size;
}

/// Calls pass(pointer, count) for consecutive pieces of the row whose sizes fit MPI's int count.
template <class Pass>
void in_pieces(std::vector<double>& row, const Pass& pass) {
  constexpr std::size_t most = std::size_t{1} << 27;
  for (std::size_t first = 0; first < row.size(); first += most) {
    pass(&row[first], static_cast<int>((std::min)(most, row.size() - first)));
  }
}

inline void send(std::vector<double> row, int to, MPI_Comm comm) {
  std::uint64_t length = row.size();
  MPI_Send(&length, 1, MPI_UINT64_T, to, 0, comm);
  in_pieces(row, [&](double* data, int n) { MPI_Send(data, n, MPI_DOUBLE, to, 0, comm); });
}

inline std::vector<double> receive(int from, MPI_Comm comm) {
  std::uint64_t length = 0;
  MPI_Recv(&length, 1, MPI_UINT64_T, from, 0, comm, MPI_STATUS_IGNORE);
  std::vector<double> row(length);
  in_pieces(row, [&](double* data, int n) {
    MPI_Recv(data, n, MPI_DOUBLE, from, 0, comm, MPI_STATUS_IGNORE);
  });
  return row;
}

/// Copies the row of rank 0 to every rank.
inline void broadcast(std::vector<double>& row, MPI_Comm comm) {
  std::uint64_t length = row.size();
  MPI_Bcast(&length, 1, MPI_UINT64_T, 0, comm);
  row.resize(length);
  in_pieces(row, [&](double* data, int n) { MPI_Bcast(data, n, MPI_DOUBLE, 0, comm); });
}

}  // namespace detail

/// Calls work() on every rank. If it throws on any rank, every rank throws std::runtime_error with
/// the message of the first rank that failed. So no rank waits for a failed one or continues with
/// part of the data. `work` itself must not communicate.
template <class Work>
void all_or_none(const Work& work, MPI_Comm comm = MPI_COMM_WORLD) {
  const int ranks = detail::size(comm);
  std::string message;
  int first = ranks;
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
  try {
    work();
  } catch (const std::exception& error) {
    message = error.what();
    first = detail::rank(comm);
  } catch (...) {
    message = "an exception of another type than std::exception";
    first = detail::rank(comm);
  }
#else
  work();
#endif
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == ranks) return;
  auto length = static_cast<std::uint64_t>(message.size());
  MPI_Bcast(&length, 1, MPI_UINT64_T, first, comm);
  message.resize(length);
  MPI_Bcast(message.data(), static_cast<int>(length), MPI_CHAR, first, comm);
  ALPHABAR_THROW(std::runtime_error(message));
}

/// Returns the number of this rank's first sample in the data set: the number of samples on the
/// ranks before it.
[[nodiscard]] inline Index first_sample(Index samples_here, MPI_Comm comm = MPI_COMM_WORLD) {
  std::int64_t before = 0;
  const std::int64_t here = samples_here;
  MPI_Exscan(&here, &before, 1, MPI_INT64_T, MPI_SUM, comm);
  return detail::rank(comm) == 0 ? 0 : static_cast<Index>(before);
}

/// Returns the Moments or DiagonalMoments of the whole data set, on every rank. Each part begins at
/// its rank's first_sample. Parts are merged along a binary tree: log₂(ranks) merges, each of a few
/// d × d matrices, or of a few vectors of variances.
/// @throws std::invalid_argument on every rank when the dimensions differ. The dimension of a rank
///     without samples is ignored
template <class AnyMoments>
[[nodiscard]] AnyMoments merged(const AnyMoments& part, MPI_Comm comm = MPI_COMM_WORLD) {
  const int rank = detail::rank(comm);
  const int ranks = detail::size(comm);
  std::int64_t dimension[2] = {part.dimension(), -part.dimension()};
  if (part.count() == 0) dimension[0] = dimension[1] = std::int64_t{-1} << 62;
  MPI_Allreduce(MPI_IN_PLACE, dimension, 2, MPI_INT64_T, MPI_MAX, comm);
  if (dimension[0] >= 0) {
    alphabar::detail::require_size("mpi::merged", "the dimension of a sample",
                                   static_cast<Index>(-dimension[1]),
                                   static_cast<Index>(dimension[0]));
  }

  AnyMoments merged = part;
  for (int step = 1; step < ranks; step *= 2) {
    if (rank % (2 * step) != 0) {
      detail::send(alphabar::detail::MomentsState::write(merged), rank - step, comm);
      break;
    }
    if (rank + step >= ranks) continue;
    const std::vector<double> row = detail::receive(rank + step, comm);
    merged.merge(alphabar::detail::MomentsState::read<AnyMoments>(row));
  }
  std::vector<double> row;
  if (rank == 0) row = alphabar::detail::MomentsState::write(merged);
  detail::broadcast(row, comm);
  return alphabar::detail::MomentsState::read<AnyMoments>(row);
}

}  // namespace alphabar::mpi
