// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/io/bad_file.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace svg {

/// Writes a picture in place.
/// @throws alphabar::io::BadFile when it cannot be written, and for a name that is an option
inline void write_picture(const std::string& path, const std::string& picture) {
  if (path.starts_with('-')) {
    alphabar::io::refuse_file(path, "", "is an option that this program does not have");
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << picture;
  file.close();
  if (file) return;
  alphabar::io::refuse_file(
      path, "", std::string("cannot be written: ") + std::strerror(errno != 0 ? errno : EIO));
}

}  // namespace svg
