// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"

namespace diffuse_dataset {

/// Files that appear complete or not at all: written under a temporary name beside their place, and
/// renamed once all of them are there. What was in the directory stays, unless it has the same
/// name.
class OutputFiles {
 public:
  /// Makes the directory if need be, so that a bad --out is known before the work begins.
  explicit OutputFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    std::error_code none;
    if (!std::filesystem::is_directory(directory_, none)) {
      throw BadFile(directory_.string(), "",
                    "cannot be made: " + (error ? error.message() : "it is a file"));
    }
    if (access(directory_.c_str(), W_OK) != 0) throw BadFile(directory_.string(), "", reason());
  }

  ~OutputFiles() {
    std::error_code ignored;
    for (const File& file : files_) std::filesystem::remove(file.temporary, ignored);
  }
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  void write(const std::string& name, std::string_view content) {
    const File& file = files_.emplace_back(File{temporary_path(name), directory_ / name});
    errno = 0;
    std::ofstream stream(file.temporary, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    if (!stream) throw BadFile(file.place.string(), "", reason());
  }

  /// Gives every file its name.
  void publish() {
    for (const File& file : files_) {
      std::error_code error;
      std::filesystem::rename(file.temporary, file.place, error);
      if (error) throw BadFile(file.place.string(), "", "cannot be written: " + error.message());
    }
    files_.clear();
  }

 private:
  struct File {
    std::filesystem::path temporary;
    std::filesystem::path place;
  };

  std::filesystem::path temporary_path(const std::string& name) const {
    std::string suffix = ".part" + std::to_string(getpid());
    while (std::filesystem::exists(directory_ / (name + suffix))) suffix += "x";
    return directory_ / (name + suffix);
  }

  static std::string reason() {
    return std::string("cannot be written: ") + std::strerror(errno != 0 ? errno : EIO);
  }

  std::filesystem::path directory_;
  std::vector<File> files_;
};

}  // namespace diffuse_dataset
