// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#ifdef _OPENMP
#include <exception>
#include <optional>
#include <utility>
#endif

/// Loops over independent blocks of work.
namespace alphabar::detail {

/// Calls f(0), ..., f(blocks − 1) in order.
template <class F>
void for_each_block_in_turn(std::size_t blocks, F f) {
  for (std::size_t k = 0; k < blocks; ++k) f(k);
}

#ifdef _OPENMP
inline namespace with_openmp {

/// Too few for a parallel region, which takes longer to start than a block.
inline bool few(std::size_t blocks, std::size_t numbers) { return blocks < 2 || numbers < 32768; }

/// An exception must not leave a parallel region, so the first is kept and thrown after it; what
/// has not begun by then is not called.
class FirstException {
 public:
  template <class F>
  void guard(F f) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    bool stop = false;
#pragma omp atomic read
    stop = failed_;
    if (stop) return;
    try {
      f();
    } catch (...) {
#pragma omp critical(alphabar_exception)
      if (!thrown_) thrown_ = std::current_exception();
#pragma omp atomic write
      failed_ = true;
    }
#else
    f();
#endif
  }

  void rethrow() const {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    if (thrown_) std::rethrow_exception(thrown_);
#endif
  }

 private:
  std::exception_ptr thrown_;
  bool failed_ = false;
};

/// Calls f(0), ..., f(blocks − 1), each by one of the threads of OpenMP; in order by the caller
/// alone for fewer than two blocks or 32768 numbers.
template <class F>
void for_each_block(std::size_t blocks, std::size_t numbers, F f) {
  if (few(blocks, numbers)) return for_each_block_in_turn(blocks, f);
  FirstException exception;
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    exception.guard([&] { f(static_cast<std::size_t>(k)); });
  }
  exception.rethrow();
}

/// Calls then(make(k)) for each block. The threads share the calls of `make`, under the same
/// condition, and each holds one result; the calls of `then` are in order, one at a time.
template <class Make, class Then>
void for_each_result(std::size_t blocks, std::size_t numbers, Make make, Then then) {
  if (few(blocks, numbers)) {
    return for_each_block_in_turn(blocks, [&](std::size_t k) { then(make(k)); });
  }
  FirstException exception;
#pragma omp parallel for ordered schedule(static, 1)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    std::optional<decltype(make(std::size_t{}))> result;
    exception.guard([&] { result = make(static_cast<std::size_t>(k)); });
#pragma omp ordered
    exception.guard([&] { then(*std::move(result)); });
  }
  exception.rethrow();
}

}  // namespace with_openmp
#else
/// Calls f(0), ..., f(blocks − 1) in order, for a build without OpenMP.
template <class F>
void for_each_block(std::size_t blocks, std::size_t /*numbers*/, F f) {
  for_each_block_in_turn(blocks, f);
}

/// Calls then(make(k)) for each block in order, for a build without OpenMP.
template <class Make, class Then>
void for_each_result(std::size_t blocks, std::size_t /*numbers*/, Make make, Then then) {
  for_each_block_in_turn(blocks, [&](std::size_t k) { then(make(k)); });
}
#endif

}  // namespace alphabar::detail
