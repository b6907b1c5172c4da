// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
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

/// The eigenvalues of a covariance, and where they come from.
struct Spectrum {
  std::string source;
  Eigen::VectorXd eigenvalues;
};

/// The numbers of an NPY file as eigenvalues. Those below 0 are the rounding noise of some
/// eigensolver and become 0, which is said on standard error.
inline Spectrum read_spectrum(const std::string& path) {
  using namespace diffuse_dataset;
  const std::string bytes = read_bytes(path);
  ArrayLayout layout = alphabar::io::npy_layout(path, bytes);
  layout.shape.insert(layout.shape.begin(), 1);  // one sample of many numbers
  const Dataset data = read_array(path, bytes, layout);
  const auto size = static_cast<Eigen::Index>(data.values.size());
  Spectrum spectrum{path, Eigen::Map<const Eigen::VectorXd>(data.values.data(), size)};
  if (!spectrum.eigenvalues.allFinite()) throw BadFile(path, "", "holds a value that is no number");
  const Eigen::Index negative = (spectrum.eigenvalues.array() < 0).count();
  if (negative > 0) {
    std::fprintf(stderr, "%s: %td eigenvalues below 0, down to %.3g, count as 0\n", path.c_str(),
                 negative, spectrum.eigenvalues.minCoeff());
  }
  spectrum.eigenvalues = (spectrum.eigenvalues.array() > 0).select(spectrum.eigenvalues, 0.0);
  return spectrum;
}

/// The spectrum of the covariance of a data set, values of a known range mapped to [−1, 1].
inline Spectrum fitted_spectrum(const diffuse_dataset::Input& input) {
  const auto dimension = static_cast<Eigen::Index>(input.data.dimension);
  const auto count = static_cast<Eigen::Index>(input.data.count);
  alphabar::Moments<double> moments;
  moments.add(Eigen::Map<const Eigen::MatrixXd>(input.data.values.data(), dimension, count));
  return {input.name + ", " + input.scaling, moments.gaussian().covariance().eigenvalues()};
}

}  // namespace sampler_oracle
