// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

namespace alphabar::detail {

/// What is worked out in double and in dynamic size for an argument of any scalar and size, so that
/// all arguments share the code. It depends on the argument's type all the same: a header that is
/// only included instantiates none of Eigen's templates for it, which is most of what it could
/// cost.
template <class Argument>
struct InDouble {
  using Scalar = double;
  using Matrix = Eigen::MatrixXd;
  using Vector = Eigen::VectorXd;
  using ComplexMatrix = Eigen::MatrixXcd;
  using ComplexVector = Eigen::VectorXcd;
};

}  // namespace alphabar::detail
