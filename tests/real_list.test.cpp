// SPDX-License-Identifier: MIT
#include "alphabar/real_list.hpp"

#include <Eigen/Core>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"

// clang++ before 16 does not understand the views of libstdc++.
#if __has_include(<ranges>) && !(defined(__clang__) && __clang_major__ < 16)
#include <ranges>
#if defined(__cpp_lib_ranges)
#define ALPHABAR_TEST_VIEWS
#endif
#endif

namespace real_list_test {

using namespace alphabar;
using Numbers = std::vector<double>;

/// Numbers as the functions of the library receive them.
Numbers taken(RealList list) { return std::move(list).values(); }

const Numbers expected{0.5, -2, 3};

// Would catch a range of another kind that is refused, and numbers that are dropped, doubled or
// reordered.
TEST_CASE("RealList: from a range of any kind") {
  const std::vector<double> vector{0.5, -2, 3};
  CHECK(taken(vector) == expected);
  CHECK(taken(std::span(vector)) == expected);
  CHECK(taken(std::array{0.5F, -2.0F, 3.0F}) == expected);
  const double in_c[] = {0.5, -2, 3};
  CHECK(taken(in_c) == expected);
  CHECK(taken(std::list<float>{0.5F, -2, 3}) == expected);
  CHECK(taken(Eigen::Vector3d(0.5, -2, 3)) == expected);
  CHECK(taken(Eigen::ArrayXf{{0.5F, -2, 3}}) == expected);
  CHECK(taken(Eigen::Vector3d(1, -4, 6) / 2) == expected);  // an expression
  CHECK(taken(Eigen::RowVector3i(1, 2, 3)) == Numbers{1, 2, 3});
  CHECK(taken(std::vector<int>()).empty());
}

/// 3, 2, 1: can be read once, is not const and does not know its size.
class Countdown {
 public:
  struct End {};
  class Iterator {
   public:
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(int* left) : left_(left) {}
    int operator*() const { return *left_; }
    Iterator& operator++() {
      --*left_;
      return *this;
    }
    bool operator==(End) const { return *left_ == 0; }

   private:
    int* left_;
  };

  Iterator begin() { return Iterator(&left_); }
  static End end() { return {}; }

 private:
  int left_ = 3;
};

// Would catch a range that must be const, know its size or have an end of its iterator's type, and
// one that is read twice.
TEST_CASE("RealList: from a range that can be read once") {
  CHECK(taken(Countdown()) == Numbers{3, 2, 1});
  Countdown named;
  CHECK(taken(named) == Numbers{3, 2, 1});
  CHECK(taken(named).empty());
}

#ifdef ALPHABAR_TEST_VIEWS
// Would catch a view that is refused, or computed twice.
TEST_CASE("RealList: from a view") {
  int computed = 0;
  const std::vector<int> numbers{1, -4, 6};
  const auto halved = numbers | std::views::transform([&](int number) {
                        ++computed;
                        return number / 2.0;
                      });
  CHECK(taken(halved) == expected);
  CHECK(computed == 3);
  const auto positive = [](int number) { return number > 0; };
  CHECK(taken(numbers | std::views::filter(positive)) == Numbers{1, 6});
}
#endif

// Would catch braces that are taken for a number of elements, braces of one type only, and braces
// that are read as a copy of another list.
TEST_CASE("RealList: from numbers in braces") {
  CHECK(taken({1, 2, 3}) == Numbers{1, 2, 3});
  CHECK(taken({0.5F, -2.0F, 3.0F}) == expected);
  CHECK(taken({0.5, -2.0, 3.0}) == expected);
  CHECK(taken({0.5, -2, 3}) == expected);  // double, and constants of type int
  CHECK(taken({std::int64_t{7}, std::int64_t{8}}) == Numbers{7, 8});
  CHECK(taken({5}) == Numbers{5});
  CHECK(taken({5, 2}) == Numbers{5, 2});
  CHECK(taken({}).empty());
  CHECK(RealList{5, 2}.values() == Numbers{5, 2});
  CHECK(RealList({5.0, 2.0}).values() == Numbers{5, 2});
}

// Would catch a temporary that is copied, and a caller's vector that is emptied.
TEST_CASE("RealList: moves a temporary vector of doubles, copies everything else") {
  Numbers temporary = expected;
  const double* const data = temporary.data();
  RealList moved(std::move(temporary));
  CHECK(moved.values().data() == data);
  const Numbers out = std::move(moved).values();
  CHECK(out.data() == data);
  CHECK(out == expected);

  Numbers kept = expected;
  RealList copied(kept);
  CHECK(copied.values().data() != kept.data());
  CHECK(copied.values() == expected);
  CHECK(kept == expected);

  const Numbers constant = expected;
  CHECK(taken(std::move(constant)) == expected);
  CHECK(constant == expected);

  const RealList second = copied;
  CHECK(second.values() == expected);
  CHECK(copied.values() == expected);
}

// Would catch numbers that pass through float or int: 2⁵³ + 1 lies halfway between two doubles, and
// 2⁶⁴ − 1 is nearest to 2⁶⁴.
TEST_CASE("RealList: large integers are rounded as static_cast rounds them") {
  const std::int64_t halfway = (std::int64_t{1} << 53) + 1;
  const std::int64_t values[] = {halfway, halfway + 2, -halfway};
  const Numbers doubles{static_cast<double>(halfway), static_cast<double>(halfway + 2),
                        static_cast<double>(-halfway)};
  CHECK(doubles == Numbers{0x1p53, 0x1p53 + 4, -0x1p53});
  CHECK(taken(values) == doubles);
  CHECK(taken({halfway, halfway + 2, -halfway}) == doubles);
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  CHECK(taken({largest}) == Numbers{0x1p64});
  CHECK(taken(std::vector{largest}) == Numbers{0x1p64});
}

// Would catch a number or a matrix that is taken for a list, and braces that lose digits.
TEST_CASE("RealList: what is no list of real numbers") {
  STATIC_REQUIRE(std::is_convertible_v<std::vector<int>, RealList>);
  STATIC_REQUIRE(!std::is_convertible_v<double, RealList>);
  STATIC_REQUIRE(!std::is_convertible_v<Eigen::MatrixXd, RealList>);
  STATIC_REQUIRE(!std::is_convertible_v<std::vector<std::complex<double>>, RealList>);
  STATIC_REQUIRE(!std::is_convertible_v<std::vector<std::string>, RealList>);
  STATIC_REQUIRE(!std::is_default_constructible_v<RealList>);
}

}  // namespace real_list_test
