// journal/ACKED: how far the journal was promised to reach.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "types/file_system.h"
#include "types/id.h"
#include "types/uuid.h"

namespace riverrun::storage {

/// What ACKED says: positions before `end` were acknowledged in this incarnation.
struct Acknowledged {
  Uuid incarnation;
  Lsn end = 0;
  bool operator==(const Acknowledged&) const = default;
};

/// Writes ACKED after each sync of the journal and before the acknowledgements, without a sync of
/// its own: a kill keeps it, and after a power loss it is behind, never ahead.
///
/// Two slots are written in turn, each with a checksum, so that a torn write leaves the other one.
/// One thread at a time.
class AcknowledgedFile {
 public:
  /// Opens the file, or makes it; it then says `now`, durably.
  static Result<std::unique_ptr<AcknowledgedFile>> Open(FileSystem& files,
                                                        const std::string& directory,
                                                        const Acknowledged& now);
  /// Absent when there is no file, or no good slot in it.
  static Result<std::optional<Acknowledged>> Read(FileSystem& files, const std::string& directory);

  Result<void> Write(const Acknowledged& now);

 private:
  explicit AcknowledgedFile(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  std::unique_ptr<WritableFile> file_;
  int slot_ = 0;  // that the next write takes
};

}  // namespace riverrun::storage
