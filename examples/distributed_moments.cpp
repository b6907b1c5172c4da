// SPDX-License-Identifier: MIT
//
// Moments and noised samples of a data set that is distributed over machines or larger than the
// memory, with the same bits for any number of ranks and any size of a block.
//
//   mpirun -n 3 distributed_moments                     the built-in handwritten digits
//   mpirun -n 3 distributed_moments a.npy b.idx         divided by samples, read in blocks
//   mpirun -n 3 distributed_moments a.csv b.npy c.gz    divided by files, in their order
//   ... --block N                                       N samples at a time; 1000 by default
//   ... --header yes|no, --index yes|no                 how to read a CSV
//
// CSV and compressed files must be read completely before their samples can be counted. Exit
// code: 2 when a file cannot be used, on every rank and with one message.

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <alphabar/io/sample_file.hpp>
#include <alphabar/mpi.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "diffuse_dataset/embedded_digits.hpp"
#include "diffuse_dataset/read_dataset.hpp"

namespace {

using alphabar::Index;
using alphabar::io::SampleFile;
using Samples = Eigen::MatrixXd;

struct Arguments {
  std::vector<std::string> files;
  Index block_size = 1000;
  diffuse_dataset::CsvOptions csv;

  Arguments(int argc, char** argv) {
    for (int k = 1; k < argc; ++k) {
      const std::string argument = argv[k];
      const auto value = [&]() -> std::string { return ++k < argc ? argv[k] : ""; };
      if (argument == "--block") {
        block_size = positive(value());
      } else if (argument == "--header") {
        csv.header = answer(argument, value());
      } else if (argument == "--index") {
        csv.index = answer(argument, value());
      } else {
        files.push_back(argument);
      }
    }
  }

 private:
  static Index positive(const std::string& value) {
    Index number = 0;
    const auto end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error == std::errc() && rest == end && number >= 1) return number;
    throw std::invalid_argument("--block must be a number >= 1, got \"" + value + '"');
  }

  static diffuse_dataset::Answer answer(const std::string& option, const std::string& value) {
    if (value == "yes") return diffuse_dataset::Answer::yes;
    if (value == "no") return diffuse_dataset::Answer::no;
    throw std::invalid_argument(option + " must be yes or no, got \"" + value + '"');
  }
};

/// Part number `rank` of 0..total-1, divided into `ranks` parts.
struct Share {
  Index first, last;
  Share(Index total, int rank, int ranks)
      : first(total * rank / ranks), last(total * (rank + 1) / ranks) {}
};

/// Some samples of one source, and a function that reads any range of them.
struct Part {
  std::string name;
  Index dimension, first, last;
  std::function<Samples(Index first, Index count)> read;
};

Part part_of(const std::string& path, const std::shared_ptr<SampleFile>& file, Index first,
             Index last) {
  return {path, file->dimension(), first, last, [file](Index from, Index count) {
            Samples block(file->dimension(), count);
            file->read(from, block);
            return block;
          }};
}

Part part_of(const std::string& name, diffuse_dataset::Dataset dataset) {
  const auto data = std::make_shared<diffuse_dataset::Dataset>(std::move(dataset));
  const auto dimension = static_cast<Index>(data->dimension);
  const auto count = static_cast<Index>(data->count);
  return {name, dimension, 0, count, [=](Index from, Index size) -> Samples {
            return Eigen::Map<const Samples>(data->values.data(), dimension, count)
                .middleCols(from, size);
          }};
}

bool can_be_streamed(const std::string& path) {
  const char first = static_cast<char>(alphabar::io::open_file(path).peek());
  return SampleFile::recognizes({&first, 1});
}

/// This rank's range of the samples of all files. Every rank counts the samples of every file.
std::vector<Part> share_of_samples(const std::vector<std::string>& paths, int rank, int ranks) {
  std::vector<std::shared_ptr<SampleFile>> files;
  Index total = 0;
  for (const std::string& path : paths) {
    files.push_back(std::make_shared<SampleFile>(path));
    total += files.back()->count();
  }
  const Share share(total, rank, ranks);
  std::vector<Part> parts;
  Index begin = 0;  // of a file, among all samples
  for (std::size_t k = 0; k < files.size(); begin += files[k++]->count()) {
    const Index first = std::max<Index>(share.first - begin, 0);
    const Index last = std::min(share.last - begin, files[k]->count());
    if (first < last) parts.push_back(part_of(paths[k], files[k], first, last));
  }
  return parts;
}

/// All samples of a range of the files.
std::vector<Part> share_of_files(const std::vector<std::string>& paths,
                                 const diffuse_dataset::CsvOptions& csv, int rank, int ranks) {
  const Share share(static_cast<Index>(paths.size()), rank, ranks);
  std::vector<Part> parts;
  for (Index k = share.first; k < share.last; ++k) {
    const std::string& path = paths[static_cast<std::size_t>(k)];
    if (can_be_streamed(path)) {
      const auto file = std::make_shared<SampleFile>(path);
      parts.push_back(part_of(path, file, 0, file->count()));
    } else {
      diffuse_dataset::Dataset data = diffuse_dataset::read_dataset(path, csv);
      for (const std::string& note : data.notes) std::cerr << note << '\n';
      parts.push_back(part_of(path, std::move(data)));
    }
  }
  return parts;
}

std::vector<Part> share_of(const Arguments& arguments, int rank, int ranks) {
  const std::vector<std::string>& paths = arguments.files;
  std::vector<Part> parts;
  if (paths.empty()) {
    parts.push_back(part_of("the digits inside",
                            diffuse_dataset::decode_dataset(
                                "the digits inside",
                                std::string(diffuse_dataset::embedded_digits()), {.label = {-1}})));
    const Share share(parts[0].last, rank, ranks);
    parts[0].first = share.first;
    parts[0].last = share.last;
  } else if (std::all_of(paths.begin(), paths.end(), can_be_streamed)) {
    parts = share_of_samples(paths, rank, ranks);
  } else {
    parts = share_of_files(paths, arguments.csv, rank, ranks);
  }
  for (const Part& part : parts) {
    if (part.dimension == parts[0].dimension) continue;
    throw diffuse_dataset::BadFile(
        part.name, "",
        "holds " + std::to_string(part.dimension) + " values per sample, not " +
            std::to_string(parts[0].dimension) + " as the file before it");
  }
  return parts;
}

/// Calls visit(block) for all samples of the parts, `block_size` at a time.
template <class Visit>
void for_each_block(const std::vector<Part>& parts, Index block_size, const Visit& visit) {
  for (const Part& part : parts) {
    for (Index first = part.first; first < part.last; first += block_size) {
      visit(part.read(first, std::min(block_size, part.last - first)));
    }
  }
}

/// FNV-1a of some numbers, byte by byte.
std::uint64_t hash(const Samples& numbers, std::uint64_t start = 0xcbf29ce484222325) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(numbers.data());
  const auto size = static_cast<std::size_t>(numbers.size()) * sizeof(double);
  for (std::size_t k = 0; k < size; ++k) start = (start ^ bytes[k]) * 0x100000001b3;
  return start;
}

void run(const Arguments& arguments, int rank, int ranks) {
  namespace mpi = alphabar::mpi;
  std::vector<Part> parts;
  mpi::all_or_none([&] { parts = share_of(arguments, rank, ranks); });

  Index count = 0;
  for (const Part& part : parts) count += part.last - part.first;
  // [the same bits]
  const Index first = mpi::first_sample(count);
  alphabar::Moments part(first);
  const auto kernel = alphabar::linear_schedule().transition(0, 500);
  const alphabar::NoiseStream noise(7);

  // The sum of one hash per sample does not depend on the distribution of samples over ranks.
  std::uint64_t noised = 0;
  Index sample = first;
  mpi::all_or_none([&] {
    for_each_block(parts, arguments.block_size, [&](const Samples& x0) {
      part.add(x0);
      Samples xt(x0.rows(), x0.cols());
      alphabar::add_noise(kernel, x0, noise, xt, static_cast<std::uint64_t>(sample * x0.rows()));
      for (Index j = 0; j < xt.cols(); ++j) {
        noised += hash(xt.col(j), static_cast<std::uint64_t>(sample++));
      }
    });
  });
  const alphabar::Moments<> moments = mpi::merged(part);
  // [the same bits]
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
    run(Arguments(argc, argv), rank, ranks);
  } catch (const std::exception& error) {  // the same on every rank
    if (rank == 0)
      std::cerr << "distributed_moments: " << alphabar::io::printable(error.what()) << std::endl;
    code = 2;
  }
  MPI_Barrier(MPI_COMM_WORLD);
  MPI_Finalize();
  return code;
}
