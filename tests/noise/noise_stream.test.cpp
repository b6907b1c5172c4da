// SPDX-License-Identifier: MIT
#include "alphabar/noise/noise_stream.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/special_values.hpp"

namespace noise_stream_test {

using namespace alphabar;
using test::bit;

constexpr std::uint64_t last_index = ~std::uint64_t{0};

template <class Scalar>
using BitsOf = std::conditional_t<sizeof(Scalar) == 8, std::uint64_t, std::uint32_t>;

/// FNV-1a over the bytes of the numbers, the low byte first.
template <class Scalar>
std::uint64_t fingerprint(const std::vector<Scalar>& values) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const Scalar value : values) {
    const auto bits = std::bit_cast<BitsOf<Scalar>>(value);
    for (unsigned shift = 0; shift < 8 * sizeof bits; shift += 8) {
      hash = (hash ^ ((bits >> shift) & 0xff)) * 0x100000001b3;
    }
  }
  return hash;
}

template <class Scalar>
std::vector<Scalar> values_of(const NoiseStream<Scalar>& noise, std::size_t count,
                              std::uint64_t first_index = 0) {
  std::vector<Scalar> values(count);
  noise.fill(values, first_index);
  return values;
}

// The same bits for every compiler, optimization level and instruction set. Change a constant here
// only if the contract of the bits is meant to change, and say so in the changelog.
TEST_CASE("NoiseStream: the bits are what they always were") {
  CHECK(fingerprint(values_of(NoiseStream<double>(0), 4096)) == 0x5f8142819f01305e);
  CHECK(fingerprint(values_of(NoiseStream<double>(20, 7), 4096, last_index - 2047)) ==
        0xbc99b3b380eb5e56);
  CHECK(fingerprint(values_of(NoiseStream<float>(0), 4096)) == 0x1b73850c35eddffb);
  CHECK(fingerprint(values_of(NoiseStream<float>(last_index, bit(63)), 4096, bit(34) - 2048)) ==
        0xd29b64a9af59d341);
  CHECK(fingerprint(values_of(NoiseStream<double>(1, 2).substream(3), 4096)) == 0x5ec17dcb9fa1fbdc);
}

// The layout that the class comment states. Would catch a counter that is cut to 32 bits, and a
// stream or a seed of which half is ignored.
TEST_CASE("NoiseStream: Philox of (index, stream) under the seed, then Box-Muller") {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const auto normal = [](double u, double turn, bool second) {
    const double angle = 2 * std::numbers::pi * turn;
    return std::sqrt(-2 * std::log(u)) * (second ? std::sin(angle) : std::cos(angle));
  };
  const std::uint64_t seed = 0x0123456789abcdef;
  const std::uint64_t stream = 0xfedcba9876543210;
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{21}, std::uint64_t{60}, bit(33) - 1,
        bit(33), bit(34) + 3, last_index - 2, last_index}) {
    const auto words = [&](std::uint64_t counter) {
      return philox4x32({low(counter), high(counter), low(stream), high(stream)},
                        {low(seed), high(seed)});
    };
    const auto fraction = [](std::uint32_t low_word, std::uint32_t high_word) {
      return (high_word + low_word * 0x1p-32) * 0x1p-32;
    };
    const auto w = words(index / 32 * 16 + index % 16);
    const double expected =
        normal(1 - fraction(w[0], w[1]), fraction(w[2], w[3]), index % 32 >= 16);
    CHECK(std::abs(NoiseStream<double>(seed, stream)(index) - expected) <= 1e-8);

    const auto v = words(index / 64 * 16 + index % 16);
    const std::size_t pair = index % 64 / 32 * 2;
    const double expected_in_float =
        normal((v[pair] + 0.5) * 0x1p-32, v[pair + 1] * 0x1p-32, index % 32 >= 16);
    CHECK(std::abs(NoiseStream<float>(seed, stream)(index) - expected_in_float) <= 1e-6);
  }
}

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
// Would catch a machine without AVX2 that gets other bits: one number at a time, 16, 32, 64 bytes;
// and chunks taken together across counter 2³², where their upper halves differ.
TEMPLATE_TEST_CASE("NoiseStream: every width of vector gives the same bits", "", float, double) {
  constexpr std::size_t size = detail::chunk_size<TestType>;
  constexpr std::size_t count = 21;
  const std::uint64_t chunk = bit(28) - 5;
  std::vector<TestType> one(count * size);
  for (std::size_t k = 0; k < one.size(); ++k) {
    const std::uint64_t counter = 16 * (chunk + k / size) + k % 16;
    one[k] = detail::normals_of_counter<TestType>(counter, 7, 9)[k % size / 16];
  }
  std::vector<TestType> narrow(one.size());
  detail::narrow::fill(7, 9, chunk, 0, one.size(), narrow.data());
  CHECK(narrow == one);
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) return;
  std::vector<TestType> wide(one.size());
  detail::wide::fill(7, 9, chunk, 0, one.size(), wide.data());
  CHECK(wide == one);
  if (!__builtin_cpu_supports("avx512dq")) return;
  std::vector<TestType> widest(one.size());
  detail::widest::fill(7, 9, chunk, 0, one.size(), widest.data());
  CHECK(widest == one);
#endif
}
#endif

// Would catch noise that depends on how a range is split: batches, threads, restarts.
TEMPLATE_TEST_CASE("NoiseStream: any split gives the same noise", "", float, double) {
  const NoiseStream<TestType> noise(3, 4);
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{5}, bit(32) - 300, bit(34) - 300, last_index - 500}) {
    const std::vector<TestType> whole = values_of(noise, 1000, first);
    int differences = 0;
    for (std::size_t k = 0; k < whole.size(); ++k) differences += noise(first + k) != whole[k];
    CHECK(differences == 0);
    for (const std::size_t size : {1u, 2u, 3u, 4u, 5u, 7u, 64u, 255u, 257u}) {
      std::vector<TestType> parts(whole.size());
      for (std::size_t k = 0; k < parts.size(); k += size) {
        noise.fill(std::span(parts).subspan(k, std::min(size, parts.size() - k)), first + k);
      }
      CHECK(parts == whole);
    }
  }
}

// Would catch a fill that writes past its end.
TEMPLATE_TEST_CASE("NoiseStream: fill writes its buffer and no more", "", float, double) {
  const NoiseStream<TestType> noise(1);
  for (std::size_t count = 0; count < 10; ++count) {
    for (std::size_t first = 0; first < 5; ++first) {
      std::vector<TestType> values(12, 99);
      noise.fill(std::span(values).subspan(1, count), first);
      CHECK(values[0] == 99);
      CHECK(std::count(values.begin(), values.end(), TestType(99)) ==
            static_cast<std::ptrdiff_t>(12 - count));
    }
  }
}

// Would catch a buffer type that reads naturally but does not compile, or is written out of order.
TEST_CASE("NoiseStream: fill takes anything contiguous") {
  const NoiseStream noise(5);
  const std::vector<double> expected = values_of(noise, 12);
  const auto agrees = [&](const auto& values) {
    return std::equal(std::data(values), std::data(values) + std::size(values), expected.begin());
  };
  std::array<double, 12> array;
  noise.fill(array);
  CHECK(agrees(array));
  double c_array[12];
  noise.fill(c_array);
  CHECK(agrees(c_array));

  Eigen::VectorXd vector(12);
  noise.fill(vector);
  CHECK(agrees(vector));
  Eigen::Vector3d fixed;
  noise.fill(fixed);
  CHECK(agrees(fixed));
  Eigen::MatrixXd batch(3, 4);
  noise.fill(batch);
  CHECK(agrees(batch));
  Eigen::ArrayXXd table(4, 3);
  noise.fill(table);
  CHECK(agrees(table));
  Eigen::RowVectorXd row(12);
  noise.fill(row);
  CHECK(agrees(row));
  vector.setZero();
  noise.fill(Eigen::Map<Eigen::MatrixXd>(vector.data(), 3, 4));
  CHECK(agrees(vector));

  vector.setZero();
  noise.fill(vector.segment(2, 5), 2);
  CHECK(vector.segment(2, 5) == Eigen::Map<const Eigen::VectorXd>(expected.data() + 2, 5));
  CHECK(vector.tail(5).isZero(0));
  batch.setZero();
  noise.fill(batch.col(1), 3);
  noise.fill(batch.rightCols(2), 6);
  CHECK(batch.rightCols(3) == Eigen::Map<const Eigen::MatrixXd>(expected.data() + 3, 3, 3));
  CHECK(batch.col(0).isZero(0));
  Eigen::Matrix<double, 3, 4, Eigen::RowMajor> row_major;
  noise.fill(row_major.row(1));
  CHECK(row_major.row(1).transpose() == Eigen::Map<const Eigen::Vector4d>(expected.data()));
}

// Would catch noise that lands beside the view: a row of a column-major batch has gaps.
TEST_CASE("NoiseStream: fill refuses views with gaps") {
  const NoiseStream noise(5);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Strided = Eigen::Map<Eigen::VectorXd, 0, Eigen::InnerStride<2>>;
  Eigen::MatrixXd batch = Eigen::MatrixXd::Zero(3, 4);
  RowMajor row_major = RowMajor::Zero(3, 4);
  CHECK_THROWS_AS(noise.fill(batch.row(1)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(batch.topRows(2)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(batch.topRows(1)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(batch.block(1, 0, 1, 4)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(batch.transpose()), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(row_major), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(row_major.col(0)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(row_major.leftCols(1)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(Strided(batch.data(), 6)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(Strided(batch.data(), 2)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(batch.topLeftCorner(2, 2)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(row_major.topLeftCorner(2, 3)), std::invalid_argument);
  CHECK_THROWS_AS(noise.fill(RowMajor(2, 2)), std::invalid_argument);
  CHECK(batch.isZero(0));
  CHECK(row_major.isZero(0));

  CHECK_NOTHROW(noise.fill(batch.block(1, 1, 1, 1)));
  CHECK_NOTHROW(noise.fill(batch.block(0, 1, 3, 1)));
}

template <class Buffer>
concept Fillable = requires(const NoiseStream<double>& noise, Buffer&& buffer) {
  noise.fill(std::forward<Buffer>(buffer));
};

// Would catch writing through const, or into a temporary that nobody will see.
TEST_CASE("NoiseStream: fill refuses what cannot be written") {
  STATIC_REQUIRE(Fillable<std::vector<double>&>);
  STATIC_REQUIRE(!Fillable<const std::vector<double>&>);
  STATIC_REQUIRE(!Fillable<std::span<const double>>);
  STATIC_REQUIRE(!Fillable<const Eigen::VectorXd&>);
  STATIC_REQUIRE(!Fillable<decltype(Eigen::VectorXd() + Eigen::VectorXd())>);
}

// Would catch numbers that are converted by another way than one rounding.
TEST_CASE("NoiseStream: fill converts to the buffer's type") {
  const NoiseStream noise(6);
  std::vector<float> in_float(100);
  noise.fill(in_float);
  Eigen::Matrix<Eigen::half, Eigen::Dynamic, 1> in_half(100);
  noise.fill(in_half);
  for (std::size_t k = 0; k < 100; ++k) {
    CHECK(in_float[k] == static_cast<float>(noise(k)));
    CHECK(in_half[static_cast<Index>(k)] == static_cast<Eigen::half>(noise(k)));
  }
}

// What reads naturally must compile: an int seed, a time as the stream, no angle brackets.
TEST_CASE("NoiseStream: made from any integers") {
  STATIC_REQUIRE(std::is_same_v<decltype(NoiseStream(1)), NoiseStream<double>>);
  const Index time = 3;
  CHECK(NoiseStream(1, time) == NoiseStream<double>(1, 3));
  CHECK(NoiseStream(1).substream(time) == NoiseStream<double>(1).substream(3));
  CHECK(NoiseStream(1) != NoiseStream(2));
  CHECK(NoiseStream(1, 1) != NoiseStream(1, 2));
  STATIC_REQUIRE(NoiseSource<NoiseStream<double>, double>);
  STATIC_REQUIRE(NoiseSource<NoiseStream<float>, float>);
  STATIC_REQUIRE(!NoiseSource<NoiseStream<float>, double>);
}

// ---- The distribution ---------------------------------------------------------------------------
//
// The seeds are fixed, so these never fail by chance; the limits matter when the bits change. Each
// comparison then raises a false alarm with probability 1e-9. With 2^20 numbers a mean off by
// 0.009 σ, a variance off by 1.3 % or a correlation of 0.009 is seen with probability 0.999.

constexpr double limit_in_sigma = 6.11;  // P(|z| > 6.11) = 1e-9

template <class Scalar>
std::vector<double> sample(const NoiseStream<Scalar>& noise, std::size_t count) {
  const std::vector<Scalar> values = values_of(noise, count);
  return {values.begin(), values.end()};
}

/// The mean of f(k) over `count` numbers in units of its standard deviation under the hypothesis,
/// given the mean and the variance of one.
template <class F>
double z_score(std::size_t count, double mean, double variance, F f) {
  double sum = 0;
  for (std::size_t k = 0; k < count; ++k) sum += f(k) - mean;
  return std::abs(sum) / std::sqrt(variance * static_cast<double>(count));
}

// Would catch √β for β in the radius, a lost factor 2, a quadrant that is visited twice.
TEMPLATE_TEST_CASE("NoiseStream: moments", "", float, double) {
  const std::vector<double> z = sample(NoiseStream<TestType>(11), 1 << 20);
  const auto power = [&](int n) { return [&z, n](std::size_t k) { return std::pow(z[k], n); }; };
  CHECK(z_score(z.size(), 0, 1, power(1)) <= limit_in_sigma);
  CHECK(z_score(z.size(), 1, 2, power(2)) <= limit_in_sigma);
  CHECK(z_score(z.size(), 0, 15, power(3)) <= limit_in_sigma);
  CHECK(z_score(z.size(), 3, 96, power(4)) <= limit_in_sigma);
}

// Kolmogorov and Smirnov, with the bound of Dvoretzky, Kiefer, Wolfowitz and Massart.
TEMPLATE_TEST_CASE("NoiseStream: distribution function", "", float, double) {
  std::vector<double> z = sample(NoiseStream<TestType>(12), 1 << 20);
  std::ranges::sort(z);
  const auto count = static_cast<double>(z.size());
  double distance = 0;
  for (std::size_t k = 0; k < z.size(); ++k) {
    const double expected = std::erfc(-z[k] * std::numbers::sqrt2 / 2) / 2;
    const double below = static_cast<double>(k) / count;
    distance =
        std::max({distance, std::abs(expected - below), std::abs(expected - below - 1 / count)});
  }
  CHECK(distance <= std::sqrt(std::log(2 / 1e-9) / (2 * count)));
}

// Would catch tails that are cut or too heavy. The limit is Bernstein's inequality.
TEMPLATE_TEST_CASE("NoiseStream: tails", "", float, double) {
  const std::vector<double> z = sample(NoiseStream<TestType>(13), 1 << 20);
  for (const double threshold : {0.5, 1.0, 2.0, 3.0, 4.0, 4.5}) {
    for (const double sign : {-1.0, 1.0}) {
      const auto beyond = std::ranges::count_if(z, [=](double x) { return sign * x > threshold; });
      const double expected =
          static_cast<double>(z.size()) * std::erfc(threshold / std::numbers::sqrt2) / 2;
      const double a = std::log(2 / 1e-9);
      INFO("beyond " << sign * threshold << ": " << beyond << ", expected " << expected);
      CHECK(std::abs(static_cast<double>(beyond) - expected) <=
            a / 3 + std::sqrt(a * a / 9 + 2 * a * expected));
    }
  }
}

// Would catch words that are used twice within a block or from one block to the next.
TEMPLATE_TEST_CASE("NoiseStream: neighbors are independent", "", float, double) {
  const std::vector<double> z = sample(NoiseStream<TestType>(14), 1 << 20);
  for (std::size_t lag = 1; lag <= 16; ++lag) {
    const std::size_t count = z.size() - lag;
    const auto square = [&](std::size_t k) { return z[k] * z[k] - 1; };
    INFO("lag " << lag);
    CHECK(z_score(count, 0, 1, [&](std::size_t k) { return z[k] * z[k + lag]; }) <= limit_in_sigma);
    CHECK(z_score(count, 0, 4, [&](std::size_t k) { return square(k) * square(k + lag); }) <=
          limit_in_sigma);
  }
}

// Would catch a substream that ignores its number, its parent's seed or its parent's stream; one
// that returns its parent; and one that is a shifted copy of another.
TEMPLATE_TEST_CASE("NoiseStream: streams are independent", "", float, double) {
  const NoiseStream<TestType> parent(15);
  std::vector<NoiseStream<TestType>> streams{parent,
                                             parent.substream(0),
                                             parent.substream(1),
                                             parent.substream(bit(32)),
                                             parent.substream(last_index),
                                             parent.substream(0).substream(1),
                                             parent.substream(1).substream(0),
                                             NoiseStream<TestType>(16),
                                             NoiseStream<TestType>(16).substream(0),
                                             NoiseStream<TestType>(15, 1),
                                             NoiseStream<TestType>(15, 1).substream(0),
                                             NoiseStream<TestType>(15 + bit(32)),
                                             NoiseStream<TestType>(15, bit(32)),
                                             NoiseStream<TestType>(15, bit(32)).substream(0)};
  std::vector<std::vector<double>> samples;
  for (const auto& stream : streams) samples.push_back(sample(stream, 1 << 14));
  for (std::size_t a = 0; a < streams.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      INFO("streams " << a << " and " << b);
      CHECK(streams[a] != streams[b]);
      for (const std::size_t lag : {0u, 1u, 2u, 4u}) {
        const std::size_t count = samples[a].size() - lag;
        const auto product = [&](std::size_t k) { return samples[a][k] * samples[b][k + lag]; };
        CHECK(z_score(count, 0, 1, product) <= limit_in_sigma);
      }
    }
  }
}

// Would catch two of a million substreams with the same noise.
TEST_CASE("NoiseStream: substreams differ") {
  const NoiseStream parent(17);
  std::vector<double> firsts{parent(0)};
  for (int k = 0; k < 100'000; ++k) firsts.push_back(parent.substream(k)(0));
  std::ranges::sort(firsts);
  CHECK(std::ranges::adjacent_find(firsts) == firsts.end());
}

}  // namespace noise_stream_test
