// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
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

/// Blocks the signals that end a program, during its lifetime.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

/// Files that are written together or not at all. Other files in the directory are unchanged.
///
/// They are written to a subdirectory `.alphabar.partPID`. When all of them are complete it is
/// renamed to `.alphabar.donePID`, and they are moved to their places. If one cannot be moved, the
/// others are moved back. The next process that writes there cleans up after a killed one: it
/// removes an incomplete subdirectory, and moves the remaining files of a complete one.
class OutputFiles {
 public:
  /// Creates the directory if needed, so that a bad --out is reported before the computation.
  explicit OutputFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    std::error_code none;
    if (!std::filesystem::is_directory(directory_, none)) {
      throw BadFile(directory_.string(), "",
                    "cannot be made: " + (error ? error.message() : "it is a file"));
    }
    if (access(directory_.c_str(), W_OK) != 0) throw BadFile(directory_.string(), "", reason());
    finish_for_the_killed();
    part_ = own_directory(part_prefix);
    done_ = own_directory(done_prefix);
  }

  ~OutputFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(part_, ignored);
  }
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  void write(const std::string& name, std::string_view content) {
    names_.push_back(name);
    std::error_code error;
    std::filesystem::create_directory(part_, error);
    if (error) throw BadFile(part_.string(), "", "cannot be written: " + error.message());
    errno = 0;
    std::ofstream stream(part_ / name, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    if (!stream) throw BadFile((directory_ / name).string(), "", reason());
  }

  /// Moves all files to their places.
  void publish() {
    for (const std::string& name : names_) {
      std::error_code none;
      if (std::filesystem::is_directory(directory_ / name, none)) {
        throw BadFile((directory_ / name).string(), "", "cannot be written: it is a directory");
      }
    }
    const BlockedSignals held_back;
    std::error_code ignored;
    std::filesystem::create_directory(part_ / old, ignored);
    move(part_, done_);
    std::size_t moved = 0;
    try {
      for (; moved < names_.size(); ++moved) replace(names_[moved]);
    } catch (const BadFile&) {
      for (std::size_t k = 0; k <= moved; ++k) take_back(names_[k]);
      std::filesystem::remove_all(done_, ignored);
      throw;
    }
    std::filesystem::remove_all(done_, ignored);
    names_.clear();
  }

 private:
  static constexpr std::string_view part_prefix = ".alphabar.part";
  static constexpr std::string_view done_prefix = ".alphabar.done";
  static constexpr const char* old = ".old";  ///< in the directory of the new files

  std::filesystem::path own_directory(std::string_view prefix) const {
    return directory_ / (std::string(prefix) + std::to_string(getpid()));
  }

  /// Throws if the file cannot be moved.
  static void move(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    if (error) throw BadFile(to.string(), "", "cannot be written: " + error.message());
  }

  void replace(const std::string& name) const {
    std::error_code none;
    if (std::filesystem::exists(std::filesystem::symlink_status(directory_ / name, none))) {
      move(directory_ / name, done_ / old / name);
    }
    move(done_ / name, directory_ / name);
  }

  void take_back(const std::string& name) const {
    std::error_code ignored;
    const bool is_new = !std::filesystem::exists(done_ / name, ignored);
    if (is_new) std::filesystem::remove(directory_ / name, ignored);
    std::filesystem::rename(done_ / old / name, directory_ / name, ignored);
  }

  /// The process of a directory with this prefix; 0 for other directories.
  static pid_t owner(const std::string& name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return 0;
    pid_t process = 0;
    const char* const end = name.data() + name.size();
    const auto [rest, error] = std::from_chars(name.data() + prefix.size(), end, process);
    return error == std::errc() && rest == end && process > 0 ? process : 0;
  }

  static bool is_running(pid_t process) {
    return process != getpid() && (kill(process, 0) == 0 || errno != ESRCH);
  }

  void finish_for_the_killed() const {
    std::error_code ignored;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, ignored)) {
      found.push_back(entry.path());
    }
    for (const auto& path : found) {
      const std::string name = path.filename().string();
      const pid_t of_part = owner(name, part_prefix);
      const pid_t of_done = owner(name, done_prefix);
      if (of_part + of_done == 0 || is_running(of_part + of_done)) continue;
      if (of_done != 0) {
        for (const auto& file : std::filesystem::directory_iterator(path, ignored)) {
          if (file.path().filename() == old) continue;
          std::filesystem::rename(file.path(), directory_ / file.path().filename(), ignored);
        }
      }
      std::filesystem::remove_all(path, ignored);
    }
  }

  static std::string reason() {
    return std::string("cannot be written: ") + std::strerror(errno != 0 ? errno : EIO);
  }

  std::filesystem::path directory_;
  std::filesystem::path part_;
  std::filesystem::path done_;
  std::vector<std::string> names_;
};

}  // namespace diffuse_dataset
