// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/gaussian/moments.hpp"

namespace alphabar::detail {

/// Writes the state of a Moments or DiagonalMoments as a row of doubles, and reads it back, to send
/// it between processes.
struct MomentsState {
  template <class AnyMoments>
  static std::vector<double> write(const AnyMoments& moments) {
    std::vector<double> row;
    visit(moments.sums_, [&](const auto& member) { append(member, row); });
    return row;
  }

  template <class AnyMoments>
  static AnyMoments read(std::span<const double> row) {
    AnyMoments moments;
    visit(moments.sums_, [&](auto& member) { take(row, member); });
    return moments;
  }

 private:
  template <class BlockSums, class Visit>
  static void visit(BlockSums& sums, const Visit& member) {
    member(sums.first_);
    member(sums.end_);
    member(sums.dimension_);
    member(sums.head_);
    member(sums.trees_);
    member(sums.tail_);
    member(sums.rest_);
  }

  template <Arithmetic T>
  static void append(T value, std::vector<double>& row) {
    row.push_back(static_cast<double>(value));
  }

  template <class T>
  static void append(const std::vector<T>& values, std::vector<double>& row) {
    append(values.size(), row);
    for (const T& value : values) append(value, row);
  }

  template <int Dim, int Cols>
  static void append(const Scatter<Dim, Cols>& scatter, std::vector<double>& row) {
    append(scatter.count, row);
    append(scatter.mean.size(), row);
    row.insert(row.end(), scatter.mean.begin(), scatter.mean.end());
    row.insert(row.end(), scatter.sums.data(), scatter.sums.data() + scatter.sums.size());
  }

  template <class Subtree>
  requires requires(Subtree tree) { tree.scatter; }
  static void append(const Subtree& tree, std::vector<double>& row) {
    append(tree.first, row);
    append(tree.size, row);
    append(tree.scatter, row);
  }

  template <Arithmetic T>
  static void take(std::span<const double>& row, T& value) {
    value = static_cast<T>(row.front());
    row = row.subspan(1);
  }

  template <class T>
  static void take(std::span<const double>& row, std::vector<T>& values) {
    Index size = 0;
    take(row, size);
    values.resize(static_cast<std::size_t>(size));
    for (T& value : values) take(row, value);
  }

  template <int Dim, int Cols>
  static void take(std::span<const double>& row, Scatter<Dim, Cols>& scatter) {
    using Sums = typename Scatter<Dim, Cols>::Sums;
    Index size = 0;
    take(row, scatter.count);
    take(row, size);
    scatter.mean = Eigen::Map<const typename Scatter<Dim, Cols>::Vector>(row.data(), size);
    row = row.subspan(static_cast<std::size_t>(size));
    scatter.sums = Eigen::Map<const Sums>(row.data(), size, Cols == 1 ? 1 : size);
    row = row.subspan(static_cast<std::size_t>(scatter.sums.size()));
  }

  template <class Subtree>
  requires requires(Subtree tree) { tree.scatter; }
  static void take(std::span<const double>& row, Subtree& tree) {
    take(row, tree.first);
    take(row, tree.size);
    take(row, tree.scatter);
  }
};

}  // namespace alphabar::detail
