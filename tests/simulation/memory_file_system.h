// Files in memory that crash, lose power, fail and fill up when a test says so.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/file_system.h"

namespace riverrun::simulation {

enum class CrashKind : uint8_t {
  kKill,       // the process ends; what the system took is kept
  kPowerLoss,  // the machine ends; only what was synced is sure
};

/// A volume as the most careless file system that POSIX allows would keep it.
///
/// Two copies of each file are kept: what readers see, and what is on the disk. Before a sync any
/// part of what was written may or may not be there after a power loss: a beginning of it, torn at
/// any byte, or any choice of its sectors with zeros between; and any choice of the names created,
/// renamed and removed. A sync that fails throws away what it should have written and keeps showing
/// it; only writing it once more helps. All choices follow from the seed.
class MemoryFileSystem final : public FileSystem {
 public:
  explicit MemoryFileSystem(uint64_t seed) : random_(seed) {}

  /// Calls so far, to this and to open files; each one can be made to fail.
  uint64_t calls() const;
  /// Lets the calls from number `first` to `last`, counted as `calls` counts, fail with 58030 or
  /// 53100. A write that fails leaves a part of itself.
  void FailCalls(uint64_t first, uint64_t last, SqlState sqlstate);
  /// Lets the process end in the middle of call `number`: the call takes effect in part, it and
  /// all later calls fail, until Crash begins the next process.
  void DieAtCall(uint64_t number);
  /// True from that call on.
  bool dead() const;
  /// No call fails any more but for the capacity.
  void Heal();
  /// Bytes that all files together may have.
  void SetCapacity(uint64_t bytes);

  /// Ends the process that used the files and begins the next: what is open fails from here on,
  /// locks are free, faults are healed.
  void Crash(CrashKind kind);

  /// Paths of all files, ascending.
  std::vector<std::string> Paths() const;
  std::string Content(const std::string& path) const;
  /// Puts other content into a file, durably; makes it if need be.
  void SetContent(const std::string& path, std::string_view content);
  /// Takes a file away, durably.
  void Erase(const std::string& path);

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

  /// The content of a file, under any number of names.
  struct Node {
    std::string seen, disk;
    std::vector<std::pair<size_t, size_t>> dirty;  // [from, to) of `seen` that `disk` lacks
    std::optional<size_t> truncated_to;            // least size since the last sync
  };
  using NodeRef = std::shared_ptr<Node>;

  // What open files call. `process` is the one that opened them.
  Result<void> Append(const NodeRef& node, uint64_t process, const std::string& path,
                      uint64_t offset, std::string_view bytes);
  Result<void> Truncate(const NodeRef& node, uint64_t process, const std::string& path,
                        uint64_t bytes);
  Result<void> Sync(const NodeRef& node, uint64_t process, const std::string& path);
  Result<size_t> Read(const NodeRef& node, uint64_t process, const std::string& path,
                      uint64_t offset, std::span<char> into);
  Result<uint64_t> Size(const NodeRef& node, uint64_t process, const std::string& path);
  void Unlock(const std::string& directory, uint64_t process);

 private:
  // A change of a directory that is not synced.
  struct NameChange {
    std::string directory;
    std::string removed, added;  // either may be empty
    NodeRef node;                // of `added`; null for a directory
  };

  std::optional<Error> Enter(std::string_view what, const std::string& path,
                             std::optional<uint64_t> process = std::nullopt);
  void Change(NameChange change);
  void ApplyToDisk(const NameChange& change);
  void LosePower();
  void LosePower(Node& node);
  uint64_t Used() const;
  bool Flip() { return (random_() & 1) != 0; }
  uint64_t Below(uint64_t bound) { return random_() % bound; }

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::string, NodeRef> names_, disk_names_;
  std::set<std::string> directories_, disk_directories_;
  std::vector<NameChange> changes_;
  std::set<std::string> locks_;
  uint64_t process_ = 0;
  uint64_t calls_ = 0;
  uint64_t fail_first_ = 1, fail_last_ = 0;  // none
  SqlState fail_with_ = sqlstate::kIoError;
  std::optional<uint64_t> die_at_;
  bool dead_ = false;
  bool dies_now_ = false;  // in this very call
  uint64_t capacity_ = UINT64_MAX;
};

}  // namespace riverrun::simulation
