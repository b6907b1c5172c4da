// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <type_traits>

#include "alphabar/concepts.hpp"

#if defined(EIGEN_DEFAULT_TO_ROW_MAJOR)
#error \
    "alphabar keeps each sample in a column, one after the other in memory: compile without \
EIGEN_DEFAULT_TO_ROW_MAJOR, and give single matrices Eigen::RowMajor where you want it"
#endif

/// The Eigen types that functions accept.
namespace alphabar {
namespace detail {

template <class Derived>
std::true_type derives_from_matrix_base(const Eigen::MatrixBase<Derived>*);

}  // namespace detail

/// Any Eigen matrix expression: `a + b`, `m.col(0)`, `x.head<3>()`, `Map`, `Ref`, plain objects.
/// Tested by a conversion, because the base of `VectorBlock` is not its own `MatrixBase`.
template <class E>
concept EigenMatrix = requires(const E* e) {
  detail::derives_from_matrix_base(e);
};

/// The extent is Dim, or known at run time only.
template <int Extent, int Dim>
concept SameExtent = Extent == Dim || Extent == Eigen::Dynamic || Dim == Eigen::Dynamic;

/// Columns of dimension Dim: a point is one column, a batch is Dim × N, one sample per column.
template <class E, class Scalar, int Dim>
concept BatchOf = EigenMatrix<E> && SameScalar<typename E::Scalar, Scalar> &&
    SameExtent<E::RowsAtCompileTime, Dim>;

template <class E>
concept SingleColumn = E::ColsAtCompileTime == 1;

/// A point of dimension Dim.
template <class E, class Scalar, int Dim>
concept VectorOf = BatchOf<E, Scalar, Dim> && SingleColumn<E>;

}  // namespace alphabar
