// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace test {

/// A temporary directory with one file. The destructor removes both.
class TemporaryFile {
 public:
  /// The place of a file that there is not yet.
  TemporaryFile()
      : directory_(std::filesystem::temp_directory_path() /
                   ("alphabar_test_" + std::to_string(std::random_device()()))),
        path_((directory_ / "file").string()) {
    std::filesystem::create_directory(directory_);
  }
  explicit TemporaryFile(const std::string& bytes) : TemporaryFile() { put(bytes); }
  ~TemporaryFile() { std::filesystem::remove_all(directory_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  void cut(std::uintmax_t size) const { std::filesystem::resize_file(path_, size); }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// How many files there are, those left over by a writer included.
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(directory_),
                         std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path directory_;
  std::string path_;
};

}  // namespace test
