// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace test {

/// The exception of a call and its message, or "nothing".
template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const std::out_of_range& error) {
    return std::string("out_of_range: ") + error.what();
  } catch (const std::invalid_argument& error) {
    return std::string("invalid_argument: ") + error.what();
  } catch (const std::runtime_error& error) {
    return std::string("runtime_error: ") + error.what();
  }
  return "nothing";
}

}  // namespace test
