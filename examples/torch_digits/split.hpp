// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "diffuse_dataset/dataset.hpp"

namespace torch_digits {

/// Samples to train on and samples to be measured by, one per column: every third is held out.
struct Split {
  Eigen::MatrixXd training, held_out;

  explicit Split(const diffuse_dataset::Dataset& data) {
    const Eigen::Map<const Eigen::MatrixXd> all(data.values.data(),
                                                static_cast<Eigen::Index>(data.dimension),
                                                static_cast<Eigen::Index>(data.count));
    std::vector<Eigen::Index> seen, unseen;
    for (Eigen::Index j = 0; j < all.cols(); ++j) (j % 3 == 2 ? unseen : seen).push_back(j);
    training = all(Eigen::all, seen);
    held_out = all(Eigen::all, unseen);
  }
};

}  // namespace torch_digits
