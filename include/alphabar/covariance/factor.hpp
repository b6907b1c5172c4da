// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/detail/standard_normals.hpp"
#include "alphabar/covariance/detail/unit.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The covariance of factor analysis, Σ = A W Wᵀ + diag(σ²): r common factors with any loadings W,
/// d × r, and a variance of its own for each coordinate.
///
/// AΣ + BI has this form again. Other functions f(Σ) do not, because W Wᵀ and the diagonal have
/// different eigenvectors. So this is no CovarianceStructure, and what needs f(Σ) (a `Gaussian`,
/// the laws of the process, a flow) does not compile with it. Where all variances are equal, use
/// LowRankCovariance.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class FactorCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  using Batch = Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>;

  /// @throws std::invalid_argument unless the sizes agree, W is finite, and the variances are
  ///         finite and >= 0
  template <BatchOf<Scalar, Dim> W, VectorOf<Scalar, Dim> V>
  FactorCovariance(const W& factors, const V& variances) {
    detail::require_size("FactorCovariance", "the number of variances", factors.rows(),
                         variances.rows());
    detail::require_dimension<Dim>("FactorCovariance", "factors.rows()", factors.rows());
    detail::require(factors.cols() >= 1, "FactorCovariance", "the size of factors", "be >= 1",
                    factors.size());
    factors_ = std::make_shared<const Batch>(factors);
    detail::require_finite("FactorCovariance", "factors", *factors_);
    variances_ = variances;
    detail::require_spectrum("FactorCovariance", "variances", variances_);
  }

  [[nodiscard]] Index dimension() const noexcept { return variances_.size(); }
  [[nodiscard]] Matrix matrix() const {
    Matrix sigma = power_ * *factors_ * factors_->transpose();
    sigma.diagonal() += variances_;
    return sigma;
  }

  /// AΣ + BI, which shares W. Cost: O(d).
  /// @throws std::invalid_argument unless A >= 0, the product of this and all earlier A is finite,
  ///         and each Aσ² + B finite and >= 0
  [[nodiscard]] FactorCovariance transformed(Scalar a, Scalar b) const {
    constexpr auto function = "FactorCovariance::transformed";
    detail::require(a >= 0, function, "a", "be >= 0", a);
    FactorCovariance result(*this);
    result.power_ *= a;
    detail::require(std::isfinite(result.power_), function, "the product of all a", "be finite",
                    result.power_);
    result.variances_ = (a * variances_.array() + b).matrix();
    detail::require_spectrum(function, "variances", result.variances_);
    return result;
  }

  /// log det Σ = Σ log σ² + log det(I + A Wᵀ diag(σ⁻²) W), in nats. Cost: d r² flops.
  /// @throws std::invalid_argument when a variance is 0, √A W/σ exceeds the range of Scalar, or
  ///     columns of it far above 1 are linearly dependent to rounding
  [[nodiscard]] Scalar log_determinant() const {
    const Whitened whitened("FactorCovariance::log_determinant", *this);
    const auto sum_of_logs = [](const auto& values) {
      return detail::spectral_sum(values, detail::Logarithm());
    };
    return sum_of_logs(variances_) + 2 * (sum_of_logs(whitened.units) +
                                          sum_of_logs(whitened.root.matrixLLT().diagonal().eval()));
  }

  /// Σ⁻¹x for a point or a batch, one per column, by the Woodbury identity. Row i is a difference
  /// of terms up to |x/σ|/σ_i. Cost: d r² flops, and 4 d r per column.
  /// @throws as `log_determinant`
  template <BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject solve(const X& x) const {
    detail::require_size("FactorCovariance::solve", "x.rows()", dimension(), x.rows());
    const Whitened whitened("FactorCovariance::solve", *this);
    typename X::PlainObject y = whitened.precisions.asDiagonal() * x;
    const auto common = whitened.root.solve(whitened.factors.transpose() * y).eval();
    y -= whitened.factors * common;
    return whitened.precisions.asDiagonal() * y;
  }

  /// `count` samples of N(0, Σ), σ z_1 + √A W z_2, one per column; a variance may be 0. Sample j
  /// takes z_1 and z_2 from the indices j(d + r) .. j(d + r) + d + r − 1.
  /// @throws std::invalid_argument for negative arguments
  template <NoiseSource<Scalar> Noise>
  [[nodiscard]] Batch sample(const Noise& noise, Index count, Index first_sample = 0) const {
    const auto z = detail::standard_normals<Scalar, Eigen::Dynamic>(
        "FactorCovariance::sample", noise, dimension() + factors_->cols(), count, first_sample);
    Batch x = variances_.cwiseSqrt().asDiagonal() * z.topRows(dimension());
    x.noalias() += std::sqrt(power_) * (*factors_ * z.bottomRows(factors_->cols()));
    return x;
  }

 private:
  using Small = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  /// Σ = diag(σ) (I + V diag(c²) Vᵀ) diag(σ), where the columns of V are in units c >= 1 of their
  /// own, because their squares may exceed the range of Scalar.
  struct Whitened {
    Vector precisions;                               ///< 1/σ
    Batch factors;                                   ///< V = √A diag(1/σ) W diag(1/c)
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> units;  ///< c
    Eigen::LLT<Small> root;                          ///< of diag(c⁻²) + VᵀV, r × r

    Whitened(const char* function, const FactorCovariance& covariance)
        : precisions(covariance.dimension()),
          factors(std::sqrt(covariance.power_) * *covariance.factors_),
          units(factors.cols()) {
      const Scalar smallest = covariance.variances_.minCoeff();
      detail::require(smallest > 0, function, "the smallest variance", "be > 0", smallest);
      for (Index i = 0; i < precisions.size(); ++i) {
        precisions(i) = 1 / std::sqrt(covariance.variances_(i));
      }
      factors = precisions.asDiagonal() * factors;
      for (Index k = 0; k < factors.cols(); ++k) {
        const auto unit = static_cast<Scalar>(detail::unit_of(factors.col(k)));
        detail::require(std::isfinite(unit), function,
                        "the largest factor in units of its deviation", "be finite", unit);
        units(k) = (std::max)(Scalar(1), unit);
        factors.col(k) /= units(k);
      }
      Small gram = factors.transpose() * factors;
      gram.diagonal() += units.cwiseInverse().cwiseAbs2();
      root.compute(gram);
      if (gram.size() == 0) return;
      const Scalar least = root.matrixLLT().diagonal().cwiseAbs().minCoeff();
      const Scalar bound = std::sqrt(static_cast<Scalar>(8 * (factors.rows() + gram.rows())) *
                                     std::numeric_limits<Scalar>::epsilon());
      detail::require(root.info() == Eigen::Success && least > bound, function,
                      "the least pivot of the factors in units of their deviations",
                      "exceed its rounding error (independent columns)", least);
    }
  };

  std::shared_ptr<const Batch> factors_;
  Scalar power_ = 1;  // A
  Vector variances_;
};

template <EigenMatrix W, EigenMatrix V>
FactorCovariance(const W&, const V&) -> FactorCovariance<typename W::Scalar, W::RowsAtCompileTime>;

}  // namespace alphabar
