// The seam to the machine's files: the real ones, or files in memory that a test can break.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/error.h"

namespace riverrun {

// Every error of this seam names the path and the system's reason in its text; it is 53100 when the
// disk is full and 58030 otherwise.

/// A file open for writing. One thread writes at a time; Sync may be called from another one
/// meanwhile, and covers at least the writes that returned before it began.
class WritableFile {
 public:
  virtual ~WritableFile() = default;

  /// Adds bytes at the end. After an error any part of them may stand there; `size` says how far
  /// the file is known to be good, and Truncate to it takes the rest away.
  virtual Result<void> Append(std::string_view bytes) = 0;
  /// Writes over bytes inside the file. REQUIRES offset + bytes.size() <= size().
  virtual Result<void> Overwrite(uint64_t offset, std::string_view bytes) = 0;
  /// Shortens the file to `bytes`, also what a failed Append left. REQUIRES bytes <= size().
  virtual Result<void> Truncate(uint64_t bytes) = 0;
  /// Makes the content durable, but not the file's name (see FileSystem::SyncDirectory). When it
  /// has failed once it fails for ever: the system may have thrown away what it could not write,
  /// and a second try would report success without it.
  virtual Result<void> Sync() = 0;
  /// Bytes that were there when it was opened or were appended with success since.
  virtual uint64_t size() const = 0;
};

/// A file open for reading. Any thread. Stays readable after the file is removed.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  /// Fills `into` from `offset` on; returns how many bytes, fewer only at the end of the file.
  virtual Result<size_t> ReadAt(uint64_t offset, std::span<char> into) = 0;
  virtual Result<uint64_t> Size() = 0;
};

/// Holds a directory for this process until it is destroyed.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

/// Bytes of the volume that a path lies on.
struct DiskSpace {
  uint64_t free = 0;  // what this process may still use
  uint64_t total = 0;
};

enum class OpenMode : uint8_t {
  kCreate,    // refuses a file that exists
  kExisting,  // refuses one that does not
};

/// Files by path. Any thread may call any method. A name that was created, renamed or removed is
/// durable only after SyncDirectory on its directory.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                             OpenMode mode) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) = 0;
  virtual Result<bool> Exists(const std::string& path) = 0;
  /// Replaces a file that has the new name.
  virtual Result<void> Rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> Remove(const std::string& path) = 0;
  /// Names of the files of a directory, without its path, ascending.
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;
  /// Makes a directory and those above it; it may exist.
  virtual Result<void> CreateDirectories(const std::string& path) = 0;
  virtual Result<void> SyncDirectory(const std::string& path) = 0;
  virtual Result<DiskSpace> Space(const std::string& path) = 0;
  /// Takes a directory for this process alone, until the lock is destroyed or the process ends.
  /// Errors: 55000 when another server holds it.
  virtual Result<std::unique_ptr<DirectoryLock>> LockDirectory(const std::string& path) = 0;
};

}  // namespace riverrun
