// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/gaussian/moments.hpp>
#include <alphabar/io/npy_header.hpp>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/file_bytes.hpp"
#include "diffuse_dataset/input.hpp"
#include "diffuse_dataset/read_array.hpp"

namespace sampler_oracle {

/// The eigenvalues of a covariance, the mean in its eigendirections, and the name of their source.
struct Spectrum {
  std::string source;
  Eigen::VectorXd eigenvalues;
  Eigen::VectorXd mean;
};

/// Checks that the squares of eigenvalues neither overflow nor underflow. Some may be 0, but not
/// all.
inline void require_range(const std::string& source, const Eigen::VectorXd& eigenvalues) {
  constexpr double smallest = 1e-120;
  constexpr double largest = 1e120;
  const auto refuse = [&](const std::string& reason) {
    throw diffuse_dataset::BadFile(source, "", reason);
  };
  if ((eigenvalues.array() == 0).all()) refuse("holds no eigenvalue above 0");
  for (const double lambda : eigenvalues) {
    if (lambda == 0 || (lambda >= smallest && lambda <= largest)) continue;
    refuse("holds the eigenvalue " + diffuse_dataset::short_text(lambda) +
           "; eigenvalues must be 0 or in [1e-120, 1e120]");
  }
}

/// The numbers of an NPY file as eigenvalues, with the mean 0. Those below 0 are rounding
/// errors of an eigensolver and become 0, with a message on standard error.
inline Spectrum read_spectrum(const std::string& path) {
  using namespace diffuse_dataset;
  const std::string bytes = read_bytes(path);
  ArrayLayout layout = alphabar::io::npy_layout(path, bytes);
  if (std::ranges::count_if(layout.shape, [](std::size_t n) { return n != 1; }) > 1) {
    throw BadFile(
        path, byte_place(0),
        "holds an array of several axes; --spectrum takes the eigenvalues of a covariance, "
        "an array of one axis");
  }
  layout.shape.insert(layout.shape.begin(), 1);  // one sample of many numbers
  const Dataset data = read_array(path, bytes, layout);
  const auto size = static_cast<Eigen::Index>(data.values.size());
  Spectrum spectrum{path + ", mean 0", Eigen::Map<const Eigen::VectorXd>(data.values.data(), size),
                    Eigen::VectorXd::Zero(size)};
  const Eigen::Index negative = (spectrum.eigenvalues.array() < 0).count();
  if (negative > 0) {
    std::fprintf(stderr, "%s: %td eigenvalues below 0, down to %.3g, count as 0\n", path.c_str(),
                 negative, spectrum.eigenvalues.minCoeff());
  }
  spectrum.eigenvalues = (spectrum.eigenvalues.array() > 0).select(spectrum.eigenvalues, 0.0);
  require_range(path, spectrum.eigenvalues);
  return spectrum;
}

/// The spectrum of the covariance of a data set, and its mean, values of a known range mapped to
/// [−1, 1].
inline Spectrum fitted_spectrum(const diffuse_dataset::Input& input) {
  const auto dimension = static_cast<Eigen::Index>(input.data.dimension);
  const auto count = static_cast<Eigen::Index>(input.data.count);
  alphabar::Moments<double> moments;
  moments.add(Eigen::Map<const Eigen::MatrixXd>(input.data.values.data(), dimension, count));
  const auto fit = moments.gaussian();
  Spectrum spectrum{input.name + ", " + input.scaling, fit.covariance().eigenvalues(),
                    fit.covariance().eigenvectors().transpose() * fit.mean()};
  constexpr double smallest = 1e-120;  // smaller ones are rounding errors of larger ones
  spectrum.eigenvalues =
      (spectrum.eigenvalues.array() >= smallest).select(spectrum.eigenvalues, 0.0);
  require_range(input.source, spectrum.eigenvalues);
  return spectrum;
}

}  // namespace sampler_oracle
