// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "support/quad.hpp"

#ifdef ALPHABAR_TEST_QUAD
/// ᾱ at x = t/T by the formulas of the papers, in 113 bits, which are enough for the cancellation.
namespace test {

inline Quad logistic(Quad x) { return 1 / (1 + exp(-x)); }

inline Quad exponential_alpha_bar(Quad x, Quad rate) { return exp(-rate * x); }

/// σ(b) − σ(a) = (e^−a − e^−b) σ(a) σ(b).
inline Quad sigmoid_alpha_bar(Quad x, Quad start, Quad end, Quad tau) {
  const auto gap = [](Quad a, Quad b) { return (exp(-a) - exp(-b)) * logistic(a) * logistic(b); };
  if (x == 1) return 0;
  return gap((start + (end - start) * x) / tau, end / tau) / gap(start / tau, end / tau);
}

inline Quad laplace_alpha_bar(Quad x, Quad mu, Quad b) {
  if (x == 0 || x == 1) return 1 - x;
  const Quad spread = b * log(std::min(2 * x, 2 - 2 * x));
  return logistic(mu + (2 * x <= 1 ? -spread : spread));
}

inline Quad cosine_alpha_bar(Quad x, Quad offset) {
  const auto root = [=](Quad y) { return sin((1 - y) / (1 + offset) * pi() / 2); };
  return root(x) * root(x) / (root(0) * root(0));
}

/// ᾱ_0..ᾱ_T and 1 − ᾱ_0..1 − ᾱ_T for steps that take at most max_beta each.
struct ExactTable {
  std::vector<Quad> alpha_bar{1};
  std::vector<Quad> noise{0};
  std::vector<Quad> beta{0};  ///< beta[t] belongs to step t
};

template <class AlphaBar>
ExactTable tabulate_exactly(std::ptrdiff_t steps, double max_beta, AlphaBar alpha_bar) {
  ExactTable table;
  Quad before = alpha_bar(Quad{0});
  for (std::ptrdiff_t t = 1; t <= steps; ++t) {
    const Quad here = alpha_bar(static_cast<Quad>(t) / static_cast<Quad>(steps));
    const bool clipped = (before - here) / before > max_beta;
    const Quad beta = clipped ? Quad{max_beta} : (before - here) / before;
    table.beta.push_back(beta);
    table.noise.push_back(table.noise.back() + table.alpha_bar.back() * beta);
    table.alpha_bar.push_back(table.alpha_bar.back() * (clipped ? 1 - beta : here / before));
    before = here;
  }
  return table;
}

}  // namespace test
#endif
