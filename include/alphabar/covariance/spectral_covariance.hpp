// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The base of all covariance structures: a basis of orthonormal eigenvectors and a spectrum. A
/// structure derives from this class, declares it a friend, and adds, private or public:
///
///     name                 for messages: "KroneckerCovariance"
///     Structure() = default
///     dimension()
///     multiply(gains, y)   multiplies each mode of each column of y by its gain; y is a plain
///                          matrix or vector, stored by columns
///     visit_modes(visit)   calls visit(part, copies) for each part of the spectrum whose
///                          eigenvalues count `copies` times; optional if all count once
///
/// `Basis` identifies a basis by ==, such as a shared pointer; copies, and the results of `mapped`,
/// `combined` and `transformed`, share it. `Spectrum` is a plain Eigen matrix or vector. Gains have
/// its shape, so `multiply` is compiled once for all f. The shortest example is CosineCovariance.
template <class Structure, class Basis, class Spectrum, int Dim = Eigen::Dynamic>
class SpectralCovariance {
  using Scalar = typename Spectrum::Scalar;

 public:
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;

  /// Σ. Cost: that of `apply` to d columns.
  [[nodiscard]] Matrix matrix() const {
    const Index d = self().dimension();
    return self().apply(detail::Identity{}, Matrix(Matrix::Identity(d, d)));
  }

  /// All d eigenvalues, part by part, each repeated by its multiplicity.
  [[nodiscard]] Vector eigenvalues() const {
    Vector all(self().dimension());
    Index filled = 0;
    self().visit_modes([&](const auto& part, Index copies) {
      for (Index copy = 0; copy < copies; ++copy, filled += part.size()) {
        all.segment(filled, part.size()) = part;
      }
    });
    return all;
  }

  /// The number of eigenvalues that are not 0.
  [[nodiscard]] Index rank() const {
    return trace([](Scalar lambda) { return Index{lambda > 0}; });
  }

  /// log det Σ in nats; −∞ when singular.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(Σ)x for a point or a batch, one per column.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    require_rows(x.rows());
    Eigen::Matrix<Scalar, X::RowsAtCompileTime, X::ColsAtCompileTime> y = x;
    self().multiply(detail::spectral_map(spectrum_, f), y);
    return y;
  }

  /// tr f(Σ), of the type that f returns. Cost: O(the size of the spectrum).
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    using Sum = std::invoke_result_t<F&, Scalar>;
    Sum sum = 0;
    self().visit_modes([&](const auto& part, Index copies) {
      sum += static_cast<Sum>(copies) * detail::spectral_sum(part, f);
    });
    return sum;
  }

  /// Whether the eigenvalues of both belong to the same eigenvectors, in the same order.
  [[nodiscard]] bool shares_basis(const Structure& other) const { return basis_ == other.basis_; }

  /// f(Σ) as a covariance in the same basis. Cost: O(the size of the spectrum).
  /// @throws std::invalid_argument unless each f(λ) is finite and >= 0
  template <class F>
  [[nodiscard]] Structure mapped(F f) const {
    Structure result = Structure::in_basis(basis_, detail::spectral_map(spectrum_, f));
    result.require_spectrum("::mapped", "f(", ")");
    return result;
  }

  /// The covariance with the eigenvalues g(λ, λ'), from two covariances in one basis.
  /// Cost: O(the size of the spectrum).
  /// @throws std::invalid_argument unless the two share a basis and each value is finite and >= 0
  template <class G>
  [[nodiscard]] Structure combined(const Structure& other, G g) const {
    if (!shares_basis(other)) {
      detail::refuse(name_of("::combined"), "the number of eigenbases",
                     "be 1; DenseCovariance(other.matrix()) combines with all", 2);
    }
    Spectrum pairs(spectrum_.rows(), spectrum_.cols());
    for (Index k = 0; k < pairs.size(); ++k) {
      pairs.data()[k] = g(spectrum_.data()[k], other.spectrum_.data()[k]);
    }
    Structure result = Structure::in_basis(basis_, std::move(pairs));
    result.require_spectrum("::combined", "g(", ")");
    return result;
  }

  /// AΣ + BI, each eigenvalue within 1.5 ulp for A, B >= 0. Cost: O(the size of the spectrum).
  /// @throws std::invalid_argument unless each Aλ + B is finite and >= 0
  [[nodiscard]] Structure transformed(Scalar a, Scalar b) const {
    const auto line = [a, b](Scalar lambda) { return a * lambda + b; };
    Structure result = in_basis(basis_, detail::spectral_map(spectrum_, line));
    if (!detail::keeps_spectra(a, b)) result.require_spectrum("::transformed");
    return result;
  }

 protected:
  static constexpr auto values = "eigenvalues";  ///< the name of the spectrum in messages

  /// The structure with this basis and spectrum, which are not checked.
  static Structure in_basis(Basis basis, Spectrum spectrum) {
    Structure result;
    result.basis_ = std::move(basis);
    result.spectrum_ = std::move(spectrum);
    return result;
  }

  /// Visits the whole spectrum, each eigenvalue once.
  template <class Visit>
  void visit_modes(Visit visit) const {
    visit(detail::flat(spectrum_), 1);
  }

  /// @throws std::invalid_argument unless `rows` is the dimension
  void require_rows(Index rows) const {
    if (rows == self().dimension()) return;
    detail::require_size(name_of("::apply"), "x.rows()", self().dimension(), rows);
  }

 private:
  friend Structure;

  [[nodiscard]] const Structure& self() const { return static_cast<const Structure&>(*this); }

  /// "DenseCovariance::apply"
  static std::string name_of(const char* function) {
    std::string text(Structure::name);
    text += function;
    return text;
  }

  /// The name is put together only for a message.
  void require_spectrum(const char* function, const char* before = "",
                        const char* after = "") const {
    if (detail::is_spectrum(spectrum_)) return;
    detail::require_spectrum(name_of(function),
                             std::string(before).append(Structure::values).append(after),
                             detail::flat(spectrum_));
  }

  Basis basis_{};
  Spectrum spectrum_;  // the eigenvalues, in the order of the structure
};

}  // namespace alphabar
