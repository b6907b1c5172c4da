// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

#include "alphabar/io/bad_file.hpp"

namespace alphabar::io {

/// A file that is replaced atomically: it is written as PATH.part followed by a number, and
/// `publish` renames it. Until then, and after an error, PATH is unchanged. A symbolic link to a
/// file is followed.
///
///     io::WholeFile file("table.txt");
///     file.write("sigma\n");
///     file.publish();
class WholeFile {
 public:
  /// @throws BadFile when no file can be created there, or PATH is a directory, a device, or a
  ///     symbolic link that leads to no file
  explicit WholeFile(const std::string& path) : name_(path), place_(path) {
    std::error_code none;
    const std::filesystem::file_status now = std::filesystem::status(place_, none);
    if (std::filesystem::exists(now)) {
      if (!std::filesystem::is_regular_file(now)) refuse_file(name_, "", "is no regular file");
      place_ = std::filesystem::canonical(place_, none);
      if (none) refuse_file(name_, "", none.message());
    } else if (std::filesystem::is_symlink(std::filesystem::symlink_status(place_, none))) {
      refuse_file(name_, "", "is a symbolic link that leads to no file");
    }
    part_ = place_;
    part_ += ".part" + std::to_string(std::random_device{}());
    errno = 0;
    stream_.open(part_, std::ios::binary | std::ios::trunc);
    if (!stream_) fail();
    if (std::filesystem::exists(now)) {
      std::filesystem::permissions(part_, now.permissions(), none);
    }
  }
  /// Removes the file unless it has been published.
  ~WholeFile() {
    if (part_.empty()) return;
    stream_.close();
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
  }
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  /// Appends bytes.
  /// @throws BadFile when they cannot be written, for example on a full disk
  void write(std::string_view bytes) {
    errno = 0;
    stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!stream_) fail();
  }

  /// Renames the file to PATH.
  /// @throws BadFile as `write`, and when it cannot be renamed
  void publish() {
    errno = 0;
    stream_.close();
    if (!stream_) fail();
    std::error_code error;
    std::filesystem::rename(part_, place_, error);
    if (error) refuse_file(name_, "", "cannot be written: " + error.message());
    part_.clear();
  }

 private:
  [[noreturn]] void fail() const {
    const int reason = errno;
    refuse_file(name_, "",
                std::string("cannot be written: ") + std::strerror(reason != 0 ? reason : EIO));
  }

  std::string name_;
  std::filesystem::path place_;
  std::filesystem::path part_;  // empty after publish
  std::ofstream stream_;
};

}  // namespace alphabar::io
