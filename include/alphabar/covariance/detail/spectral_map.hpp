// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

/// Functions of eigenvalues that take all of them at once, as an array: Eigen has vector
/// instructions for roots, which a compiler must not use for std::sqrt, because of errno.
namespace alphabar::detail {

template <class F>
concept ArrayFunction = F::takes_arrays;

/// √λ.
struct Root {
  static constexpr bool takes_arrays = true;
  template <class Lambda>
  auto operator()(const Lambda& lambda) const {
    using std::sqrt;
    return sqrt(lambda);
  }
};

/// 1/√λ.
struct InverseRoot {
  static constexpr bool takes_arrays = true;
  template <class Lambda>
  auto operator()(const Lambda& lambda) const {
    using std::sqrt;
    return 1 / sqrt(lambda);
  }
};

/// f(λ) for each value, as an expression.
template <class Values, class F>
auto spectral_map(const Values& values, const F& f) {
  if constexpr (ArrayFunction<F>) {
    return f(values.array()).matrix();
  } else {
    return values.unaryExpr(f);
  }
}

}  // namespace alphabar::detail
