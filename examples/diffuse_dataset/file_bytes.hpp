// SPDX-License-Identifier: MIT
#pragma once

// Makes the input of zlib const.
#ifndef ZLIB_CONST
#define ZLIB_CONST
#endif
#include <zlib.h>

#include <algorithm>
#include <alphabar/io/bad_file.hpp>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "diffuse_dataset/bad_file.hpp"

namespace diffuse_dataset {

/// All samples are stored in memory, as doubles. The limit protects the memory from endless files
/// and from small ones that unpack to huge ones.
inline constexpr std::size_t most_bytes = std::size_t{1} << 30;

inline std::string more_than(std::size_t most) {
  return "more than " + std::to_string(most) + " bytes, which is what this program takes";
}

/// The whole content of a file.
inline std::string read_bytes(const std::string& path, std::size_t most = most_bytes) {
  std::ifstream file = alphabar::io::open_file(path);
  std::string bytes;
  std::string chunk(1 << 20, '\0');
  while (file) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    bytes.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
    if (bytes.size() > most) throw BadFile(path, "", "holds " + more_than(most));
  }
  if (file.bad()) throw BadFile(path, byte_place(bytes.size()), "cannot be read any further");
  if (bytes.empty()) throw BadFile(path, byte_place(0), "the file is empty");
  std::error_code none;
  if (std::filesystem::is_regular_file(path, none) &&
      std::filesystem::file_size(path, none) != bytes.size()) {
    throw BadFile(path, byte_place(bytes.size()), "the file has changed while it was read");
  }
  return bytes;
}

/// gzip is recognized by its two magic bytes, not by the name of the file.
inline bool is_gzipped(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// An inflate stream of zlib that expects a gzip header.
class GzipStream {
 public:
  GzipStream() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw std::bad_alloc();
  }
  ~GzipStream() { inflateEnd(&stream_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  /// Unpacks until the chunk is full or `packed` is used up; returns zlib's status.
  int inflate_into(std::string& chunk, std::string_view packed) {
    stream_.next_in = reinterpret_cast<const Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1 << 30));
    stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream_.avail_out = static_cast<uInt>(chunk.size());
    const uInt offered = stream_.avail_in;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    consumed_ = offered - stream_.avail_in;
    produced_ = chunk.size() - stream_.avail_out;
    return status;
  }

  std::size_t consumed() const { return consumed_; }  ///< bytes read by the last call
  std::size_t produced() const { return produced_; }  ///< bytes written by the last call
  const char* message() const { return stream_.msg != nullptr ? stream_.msg : "invalid data"; }
  void next_member() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
  std::size_t consumed_ = 0;
  std::size_t produced_ = 0;
};

/// Unpacks gzip data of one or more members. Their checksums are verified. Zeros after
/// the last one are padding and are ignored.
inline std::string gunzip(const std::string& file, std::string_view packed,
                          std::size_t most = most_bytes) {
  GzipStream stream;
  std::string bytes;
  std::string chunk(1 << 18, '\0');
  std::size_t position = 0;
  while (true) {
    const int status = stream.inflate_into(chunk, packed.substr(position));
    position += stream.consumed();
    bytes.append(chunk, 0, stream.produced());
    if (bytes.size() > most) {
      throw BadFile(file, byte_place(position), "the gzip data unpack to " + more_than(most));
    }
    if (status == Z_STREAM_END) {
      if (packed.find_first_not_of('\0', position) == std::string_view::npos) return bytes;
      stream.next_member();
    } else if (status == Z_BUF_ERROR) {
      throw BadFile(file, byte_place(position), "the gzip data are cut short");
    } else if (status != Z_OK) {
      throw BadFile(file, byte_place(position),
                    std::string("the gzip data are damaged: ") + stream.message());
    }
  }
}

}  // namespace diffuse_dataset
