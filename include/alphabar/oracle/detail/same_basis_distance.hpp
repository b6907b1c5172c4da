// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

#include "alphabar/oracle/audit_report.hpp"

namespace alphabar::detail {

/// W2 between Gaussians in the same eigenbasis.
inline double distance_in_basis(const AuditReport::Law& p, const AuditReport::Law& q) {
  const Eigen::ArrayXd roots =
      p.covariance().eigenvalues().array().sqrt() - q.covariance().eigenvalues().array().sqrt();
  return std::hypot((p.mean() - q.mean()).norm(), roots.matrix().norm());
}

}  // namespace alphabar::detail
