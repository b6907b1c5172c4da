// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// The covariance after a step: Cov(√A x + √B ε) = AΣ + BI.
namespace alphabar {

/// AΣ + BI, in the structure of Σ and in its basis: each eigenvalue λ becomes Aλ + B.
/// @throws std::invalid_argument when an eigenvalue overflows
template <Real Scalar, CovarianceStructure<Scalar> Covariance>
[[nodiscard]] Covariance propagate(const TransitionKernel<Scalar>& kernel,
                                   const Covariance& covariance) {
  return covariance.transformed(kernel.signal_power(), kernel.noise_variance());
}

/// AΣ + BN, the covariance after a step with coloured noise, ε ~ N(0, N). In the structure and the
/// basis of Σ for N = νI (for ν = 1 the same bits as without N), in those of N for an isotropic Σ,
/// and in the basis that two covariances of one structure share; a dense matrix is then computed
/// from its spectrum. Otherwise dense and factored anew. Cost of a dense result: O(d³).
/// @throws std::invalid_argument when the dimensions differ, an eigenvalue overflows, or two
///         covariances of one structure, which is not dense, have two bases
template <Real Scalar, CovarianceStructure<Scalar> Covariance, CovarianceStructure<Scalar> Noise>
[[nodiscard]] auto propagate(const TransitionKernel<Scalar>& kernel, const Covariance& covariance,
                             const Noise& noise) {
  const Scalar a = kernel.signal_power();
  const Scalar b = kernel.noise_variance();
  detail::require_size("propagate", "the dimension of the noise", covariance.dimension(),
                       noise.dimension());
  using Common = detail::CommonStructure<Covariance, Noise>;
  if constexpr (Isotropic<Noise>) {
    return covariance.transformed(a, b * noise.variance());
  } else if constexpr (Isotropic<Covariance>) {
    return noise.transformed(b, a * covariance.variance());
  } else {
    const auto of_pair = [=](Scalar lambda, Scalar nu) { return a * lambda + b * nu; };
    if constexpr (!DenseMatrix<Common>) {
      return detail::combined(covariance, noise, of_pair);
    } else {
      if constexpr (std::same_as<Covariance, Noise>) {
        if (detail::share_basis(covariance, noise)) {
          return detail::combined(covariance, noise, of_pair);
        }
      }
      return Common((a * covariance.matrix() + b * noise.matrix()).eval());
    }
  }
}

/// AΣ + BI for a plain matrix, written into `out`, which may be `sigma` itself, but must not
/// overlap it otherwise. `out` is resized if it can be; a Map, Ref or block must have the right
/// size.
///
/// Accuracy: 2 ulp for each entry. Cost: that of scaling the matrix (bench/covariance_bench.cpp);
/// allocates for the resize only.
/// @throws std::invalid_argument when sigma is not square or out has another size
template <Real Scalar, EigenMatrix Sigma, class Out>
requires SameScalar<typename Sigma::Scalar, Scalar> && EigenMatrix<std::remove_cvref_t<Out>>
void propagate(const TransitionKernel<Scalar>& kernel, const Sigma& sigma, Out&& out) {
  detail::require_size("propagate", "sigma.cols()", sigma.rows(), sigma.cols());
  using Plain = std::remove_cvref_t<Out>;
  if constexpr (std::is_base_of_v<Eigen::PlainObjectBase<Plain>, Plain>) {
    const auto fits = [n = sigma.rows()](int extent, int most) {
      return n == extent || (extent == Eigen::Dynamic && (most == Eigen::Dynamic || n <= most));
    };
    if (fits(Plain::RowsAtCompileTime, Plain::MaxRowsAtCompileTime) &&
        fits(Plain::ColsAtCompileTime, Plain::MaxColsAtCompileTime)) {
      out.resize(sigma.rows(), sigma.cols());
    }
  }
  detail::require_size("propagate", "out.rows()", sigma.rows(), out.rows());
  detail::require_size("propagate", "out.cols()", sigma.cols(), out.cols());
  out.noalias() = kernel.signal_power() * sigma;
  out.diagonal().array() += kernel.noise_variance();
}

/// AΣ + BI for a plain matrix.
template <Real Scalar, EigenMatrix Sigma>
requires SameScalar<typename Sigma::Scalar, Scalar>
[[nodiscard]] typename Sigma::PlainObject propagate(const TransitionKernel<Scalar>& kernel,
                                                    const Sigma& sigma) {
  detail::require_size("propagate", "sigma.cols()", sigma.rows(), sigma.cols());
  typename Sigma::PlainObject out(sigma.rows(), sigma.cols());
  propagate(kernel, sigma, out);
  return out;
}

}  // namespace alphabar
