// The files of this machine.
#pragma once

#include "types/file_system.h"

namespace riverrun::storage {

/// Files through system calls. A directory's lock is an exclusive flock on the file LOCK in it,
/// which holds the process id for the message to whoever comes second.
class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> OpenWritable(const std::string& path,
                                                     OpenMode mode) override;
  Result<std::unique_ptr<ReadableFile>> OpenReadable(const std::string& path) override;
  Result<bool> Exists(const std::string& path) override;
  Result<void> Rename(const std::string& from, const std::string& to) override;
  Result<void> Remove(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<void> CreateDirectories(const std::string& path) override;
  Result<void> SyncDirectory(const std::string& path) override;
  Result<DiskSpace> Space(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> LockDirectory(const std::string& path) override;
};

}  // namespace riverrun::storage
