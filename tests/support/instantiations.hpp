// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <type_traits>

#include "alphabar/alphabar.hpp"
#include "support/catch.hpp"

/// What takes most of the time to compile is compiled once for all tests, in instantiations.cpp.
/// The build includes this before each test (tests/CMakeLists.txt); no test needs it.
#define ALPHABAR_TEST_FACTOR(prefix, Scalar, Dim) \
  prefix void alphabar::DenseCovariance<Scalar, Dim>::factor()
#define ALPHABAR_TEST_ROOT(prefix, Scalar, Dim)                                          \
  prefix alphabar::detail::DenseRoot<alphabar::DenseCovariance<Scalar, Dim>>::DenseRoot( \
      const alphabar::DenseCovariance<Scalar, Dim>&)

#define ALPHABAR_TEST_INSTANTIATIONS(prefix)                                               \
  ALPHABAR_TEST_FACTOR(prefix, double, Eigen::Dynamic);                                    \
  ALPHABAR_TEST_FACTOR(prefix, double, 1);                                                 \
  ALPHABAR_TEST_FACTOR(prefix, double, 2);                                                 \
  ALPHABAR_TEST_FACTOR(prefix, double, 3);                                                 \
  ALPHABAR_TEST_FACTOR(prefix, float, Eigen::Dynamic);                                     \
  ALPHABAR_TEST_FACTOR(prefix, float, 2);                                                  \
  ALPHABAR_TEST_FACTOR(prefix, float, 3);                                                  \
  ALPHABAR_TEST_ROOT(prefix, double, Eigen::Dynamic);                                      \
  ALPHABAR_TEST_ROOT(prefix, double, 2);                                                   \
  ALPHABAR_TEST_ROOT(prefix, float, Eigen::Dynamic);                                       \
  prefix void alphabar::StationaryCovariance<double>::decompose(const Eigen::MatrixXcd&,   \
                                                                const char*);              \
  prefix void alphabar::StationaryCovariance<float>::decompose(const Eigen::MatrixXcd&,    \
                                                               const char*);               \
  prefix struct alphabar::detail::OneSidedSvd<Eigen::MatrixXd>;                            \
  prefix double alphabar::detail::MixtureFitter<Eigen::MatrixXd>::expect();                \
  prefix void alphabar::detail::MixtureFitter<Eigen::MatrixXd>::maximise();                \
  prefix Eigen::MatrixXd alphabar::detail::triangular_factor(const Eigen::MatrixXd&);      \
  prefix Eigen::MatrixXd alphabar::detail::orthonormal(const Eigen::MatrixXd&);            \
  prefix alphabar::detail::Eigensystem<Eigen::MatrixXd> alphabar::detail::eigensystem(     \
      std::string_view, const Eigen::MatrixXd&, int);                                      \
  prefix double alphabar::detail::half_sum_of_phi(const Eigen::MatrixXd&, double, double); \
  prefix double alphabar::detail::procrustes_distance(                                     \
      const Eigen::MatrixXd&, const Eigen::MatrixXd&, const Eigen::MatrixXd&, double)

ALPHABAR_TEST_INSTANTIATIONS(extern template);

/// How Catch2 prints a matrix of any type: one function instead of one for each type.
namespace test {

std::string shown(const Eigen::MatrixXd& matrix);

}  // namespace test

template <class M>
requires alphabar::EigenMatrix<M> && std::is_arithmetic_v<typename M::Scalar>
struct Catch::StringMaker<M> {
  static std::string convert(const M& matrix) {
    return test::shown(matrix.template cast<double>());
  }
};
