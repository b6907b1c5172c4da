// SPDX-License-Identifier: MIT
#include "alphabar/buffer.hpp"

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace buffer_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// An object as a function receives it through a forwarding reference.
template <class B>
constexpr bool readable = std::conjunction_v<std::bool_constant<ReadableBuffer<B&>>,
                                             std::bool_constant<ReadableBuffer<const B&>>>;
template <class B>
constexpr bool writable = WritableBuffer<B&>;

// Would catch a kind of buffer that is refused, and one whose elements are not contiguous in
// memory.
TEST_CASE("ReadableBuffer: types that satisfy it") {
  STATIC_REQUIRE(readable<std::vector<double>>);
  STATIC_REQUIRE(readable<std::vector<int>>);
  STATIC_REQUIRE(readable<std::array<float, 3>>);
  STATIC_REQUIRE(readable<std::span<const double>>);
  STATIC_REQUIRE(readable<double[3]>);
  STATIC_REQUIRE(readable<std::initializer_list<double>>);
  STATIC_REQUIRE(readable<MatrixXd>);
  STATIC_REQUIRE(readable<Rows>);  // the layout is known at run time
  STATIC_REQUIRE(readable<Eigen::Array3f>);
  STATIC_REQUIRE(readable<Eigen::Map<const MatrixXd>>);
  STATIC_REQUIRE(readable<Eigen::Ref<const VectorXd>>);
  STATIC_REQUIRE(readable<decltype(std::declval<const MatrixXd&>().col(0))>);
  STATIC_REQUIRE(ReadableBuffer<std::vector<double>>);  // a temporary

  STATIC_REQUIRE(!readable<std::list<double>>);
  STATIC_REQUIRE(!readable<std::deque<double>>);
  STATIC_REQUIRE(!readable<std::vector<bool>>);
  STATIC_REQUIRE(!readable<double>);
  STATIC_REQUIRE(!readable<double*>);
  STATIC_REQUIRE(!readable<decltype(std::declval<VectorXd&>() * 2)>);
  STATIC_REQUIRE(!readable<decltype(std::declval<VectorXd&>().reverse())>);
}

// Would catch noise that is truncated to integers, and a const object that is written.
TEST_CASE("WritableBuffer: types that satisfy it") {
  STATIC_REQUIRE(writable<std::vector<double>>);
  STATIC_REQUIRE(writable<std::array<float, 3>>);
  STATIC_REQUIRE(writable<std::span<double>>);
  STATIC_REQUIRE(writable<const std::span<double>>);  // the span is const, its elements are not
  STATIC_REQUIRE(writable<double[3]>);
  STATIC_REQUIRE(writable<MatrixXd>);
  STATIC_REQUIRE(writable<Eigen::Array<Eigen::half, 4, 1>>);
  STATIC_REQUIRE(writable<Eigen::Map<MatrixXd>>);
  STATIC_REQUIRE(writable<Eigen::Ref<VectorXd>>);
  STATIC_REQUIRE(WritableBuffer<std::vector<double>>);  // a temporary
  STATIC_REQUIRE(WritableBuffer<Eigen::Map<VectorXd>>);
  STATIC_REQUIRE(WritableBuffer<decltype(std::declval<MatrixXd&>().col(0))>);

  STATIC_REQUIRE(!writable<std::vector<int>>);
  STATIC_REQUIRE(!writable<Eigen::VectorXi>);
  STATIC_REQUIRE(!writable<unsigned char[3]>);
  STATIC_REQUIRE(!writable<const std::vector<double>>);
  STATIC_REQUIRE(!writable<const std::array<double, 3>>);
  STATIC_REQUIRE(!writable<std::span<const double>>);
  STATIC_REQUIRE(!writable<const double[3]>);
  STATIC_REQUIRE(!writable<const MatrixXd>);
  STATIC_REQUIRE(!writable<Eigen::Map<const MatrixXd>>);
  STATIC_REQUIRE(!writable<Eigen::Ref<const VectorXd>>);
  STATIC_REQUIRE(!writable<std::initializer_list<double>>);
  STATIC_REQUIRE(!writable<std::list<double>>);
}

// Would catch fractional times that are truncated, and a type of integers that is refused.
TEST_CASE("TimestepBuffer: types that satisfy it") {
  STATIC_REQUIRE(TimestepBuffer<std::vector<int>>);
  STATIC_REQUIRE(TimestepBuffer<const std::vector<Index>&>);
  STATIC_REQUIRE(TimestepBuffer<std::span<const std::uint8_t>>);
  STATIC_REQUIRE(TimestepBuffer<std::array<std::uint64_t, 2>>);
  STATIC_REQUIRE(TimestepBuffer<Eigen::VectorXi>);
  STATIC_REQUIRE(TimestepBuffer<int[4]>);
  STATIC_REQUIRE(TimestepBuffer<std::initializer_list<Index>>);

  STATIC_REQUIRE(!TimestepBuffer<std::vector<double>>);
  STATIC_REQUIRE(!TimestepBuffer<VectorXd>);
  STATIC_REQUIRE(!TimestepBuffer<std::initializer_list<double>>);
  STATIC_REQUIRE(!TimestepBuffer<std::list<int>>);
  STATIC_REQUIRE(!TimestepBuffer<std::vector<bool>>);
  STATIC_REQUIRE(!TimestepBuffer<int>);
}

/// The numbers of a buffer, in the order in which they are read.
template <class B>
std::vector<double> elements(B&& buffer) {
  const auto span = detail::contiguous(buffer, "f", "x");
  return {span.begin(), span.end()};
}

/// The error message for a buffer.
template <class B>
std::string complaint(B&& buffer) {
  return test::complaint([&] { (void)detail::contiguous(buffer, "f", "x"); });
}

// Would catch a copy in place of the caller's own elements, and a span of the wrong length or
// constness.
TEST_CASE("contiguous: the elements of the buffer itself") {
  std::vector<double> vector{1, 2, 3};
  const std::vector<double>& constant = vector;
  const auto span = detail::contiguous(vector, "f", "x");
  const auto constant_span = detail::contiguous(constant, "f", "x");
  STATIC_REQUIRE(std::is_same_v<decltype(span), const std::span<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(constant_span), const std::span<const double>>);
  CHECK(span.data() == vector.data());
  CHECK(span.size() == 3);
  CHECK(constant_span.data() == vector.data());

  MatrixXd matrix{{1, 3, 5}, {2, 4, 6}};
  const std::vector<double> by_column{1, 2, 3, 4, 5, 6};
  CHECK(elements(matrix) == by_column);
  CHECK(detail::contiguous(matrix, "f", "x").data() == matrix.data());
  CHECK(elements(matrix.array()) == by_column);
  CHECK(elements(Eigen::Map<const MatrixXd>(matrix.data(), 3, 2)) == by_column);
  CHECK(elements(Eigen::Ref<MatrixXd>(matrix)) == by_column);
  CHECK(elements(std::initializer_list<double>{1, 2}) == std::vector<double>{1, 2});
  CHECK(elements(std::vector<double>()).empty());
  CHECK(elements(MatrixXd(0, 3)).empty());
  CHECK(elements(MatrixXd(3, 0)).empty());
}

// Would catch a view that is refused although it has no gap.
TEST_CASE("contiguous: views without gaps") {
  MatrixXd matrix{{1, 3, 5}, {2, 4, 6}};
  CHECK(elements(matrix.rightCols(2)) == std::vector<double>{3, 4, 5, 6});
  CHECK(elements(matrix.col(1)) == std::vector<double>{3, 4});
  CHECK(elements(matrix.col(1).transpose()) == std::vector<double>{3, 4});
  CHECK(elements(matrix.topRows(1).leftCols(1)) == std::vector<double>{1});
  CHECK(elements(matrix.block(1, 2, 1, 1)) == std::vector<double>{6});
  CHECK(elements(matrix.topRows(1).leftCols(0)).empty());
  CHECK(elements(VectorXd{{1, 2, 3}}.tail(2)) == std::vector<double>{2, 3});

  const Rows rows{{1, 2, 3}, {4, 5, 6}};
  CHECK(elements(rows.transpose()) == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(elements(rows.row(1)) == std::vector<double>{4, 5, 6});
  CHECK(elements(Rows{{1, 2, 3}}) == std::vector<double>{1, 2, 3});      // a single row
  CHECK(elements(Rows{{1}, {2}, {3}}) == std::vector<double>{1, 2, 3});  // a single column
}

// Would catch a view whose gaps are read as numbers, and a message that does not say which stride
// is wrong.
TEST_CASE("contiguous: refuses gaps") {
  MatrixXd matrix = MatrixXd::Zero(4, 3);
  const std::string must = "invalid_argument: alphabar::f: x must be contiguous: ";
  CHECK(complaint(matrix.topRows(2)) == must + "outer stride 2, got 4");
  CHECK(complaint(matrix.topRows(1)) == must + "outer stride 1, got 4");
  CHECK(complaint(matrix.row(0)) == must + "inner stride 1, got 4");
  CHECK(complaint(matrix.diagonal()) == must + "inner stride 1, got 5");
  CHECK(complaint(matrix.row(0).transpose()) == must + "inner stride 1, got 4");
  using Every = Eigen::InnerStride<>;
  const auto every = [&](Index stride, Index size = 3) {
    return Eigen::Map<VectorXd, 0, Every>(matrix.data(), size, Every(stride));
  };
  CHECK(complaint(every(1)) == "nothing");
  CHECK(complaint(every(2, 1)) == "nothing");  // there is no gap after the only element
  CHECK(complaint(every(2)) == must + "inner stride 1, got 2");
  CHECK(complaint(every(-1)) == must + "inner stride 1, got -1");
  using Apart = Eigen::OuterStride<>;
  CHECK(complaint(Eigen::Map<MatrixXd, 0, Apart>(matrix.data(), 2, 3, Apart(3))) ==
        must + "outer stride 2, got 3");
  CHECK(complaint(Eigen::Ref<MatrixXd>(matrix.topRows(3))) == must + "outer stride 3, got 4");
  CHECK(complaint(Rows(2, 3).leftCols(2)) == must + "outer stride 2, got 3");
}

// Would catch a batch whose numbers are read across the samples.
TEST_CASE("contiguous: refuses row-major batches") {
  const std::string message =
      "invalid_argument: alphabar::f: x.IsRowMajor must be 0 (pass the transpose when each row is "
      "a sample), got 1";
  const Rows rows = Rows::Zero(2, 3);
  CHECK(complaint(rows) == message);
  CHECK(complaint(Eigen::Map<const Rows>(rows.data(), 2, 3)) == message);
  CHECK(complaint(MatrixXd(2, 3).transpose()) == message);
  CHECK(complaint(Rows(2, 3).topRows(1)) == "nothing");
}

// Would catch a batch that is divided among the wrong number of times, and times that are left out.
TEST_CASE("column_size: one time for each sample") {
  const std::vector<int> times{5, 6, 7};
  const auto size = [&](const auto& batch, std::size_t count = 3) {
    return detail::column_size(batch, std::span(times.data(), count), "f", "x");
  };
  CHECK(size(std::vector<double>(12)) == 4);
  CHECK(size(MatrixXd(4, 3)) == 4);
  CHECK(size(MatrixXd(4, 3), 1) == 12);  // a single sample
  CHECK(size(VectorXd(12)) == 4);
  CHECK(size(VectorXd(0)) == 0);
  CHECK(size(VectorXd(0), 0) == 0);
  CHECK(size(MatrixXd(12, 1)) == 4);
  CHECK(size(MatrixXd(1, 12)) == 4);
  const std::string refused = "invalid_argument: alphabar::f: ";
  CHECK(test::complaint([&] { size(VectorXd(12), 0); }) ==
        refused + "timesteps must hold a time for each sample, got 0");
  CHECK(test::complaint([&] { size(MatrixXd(3, 4)); }) == refused + "x.cols() must be 3, got 4");
  CHECK(test::complaint([&] { size(MatrixXd(3, 2)); }) == refused + "x.cols() must be 3, got 2");
  CHECK(test::complaint([&] { size(MatrixXd(4, 3), 2); }) == refused + "x.cols() must be 2, got 3");
  CHECK(test::complaint([&] { size(VectorXd(13)); }) ==
        refused + "the size of x must be a multiple of 3 timesteps, got 13");
}

// Would catch a time that leaves the table at either end, also where an unsigned one is too large
// for an Index.
TEST_CASE("time_of_column: in 0..last") {
  const auto time = [](const auto& times, std::size_t k) {
    return detail::time_of_column(std::span(times.data(), times.size()), k, 10, "f");
  };
  const std::array times{0, 10, 11, -1};
  CHECK(time(times, 0) == 0);
  CHECK(time(times, 1) == 10);
  const std::string refused = "out_of_range: alphabar::f: timesteps[";
  CHECK(test::complaint([&] { time(times, 2); }) == refused + "2] must be in 0..10, got 11");
  CHECK(test::complaint([&] { time(times, 3); }) == refused + "3] must be in 0..10, got -1");
  const std::array huge{~std::uint64_t{0}};
  CHECK_THROWS_AS(time(huge, 0), std::out_of_range);
}

}  // namespace buffer_test
