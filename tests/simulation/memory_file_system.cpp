#include "tests/simulation/memory_file_system.h"

#include <algorithm>

namespace riverrun::simulation {
namespace {

constexpr size_t kSectorBytes = 512;  // written whole or not at all

std::string Parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

void Put(std::string& into, size_t at, std::string_view bytes) {
  if (into.size() < at + bytes.size()) into.resize(at + bytes.size(), '\0');
  into.replace(at, bytes.size(), bytes);
}

void MarkDirty(MemoryFileSystem::Node& node, size_t from, size_t to) {
  if (from == to) return;
  if (!node.dirty.empty() && node.dirty.back().second == from) {
    node.dirty.back().second = to;
  } else {
    node.dirty.emplace_back(from, to);
  }
}

class MemoryWritableFile final : public WritableFile {
 public:
  MemoryWritableFile(MemoryFileSystem& files, MemoryFileSystem::NodeRef node, uint64_t process,
                     std::string path)
      : files_(files),
        node_(std::move(node)),
        process_(process),
        path_(std::move(path)),
        size_(node_->seen.size()) {}

  Result<void> Append(std::string_view bytes) override {
    auto done = files_.Append(node_, process_, path_, size_, bytes);
    if (done) size_ += bytes.size();
    return done;
  }
  Result<void> Overwrite(uint64_t offset, std::string_view bytes) override {
    CHECK(offset + bytes.size() <= size_, "overwriting beyond the end");
    return files_.Append(node_, process_, path_, offset, bytes);
  }
  Result<void> Truncate(uint64_t bytes) override {
    CHECK(bytes <= size_, "truncating to more than there is");
    auto done = files_.Truncate(node_, process_, path_, bytes);
    if (done) size_ = bytes;
    return done;
  }
  Result<void> Sync() override {
    if (sync_failure_) return std::unexpected(*sync_failure_);
    auto done = files_.Sync(node_, process_, path_);
    if (!done) sync_failure_ = done.error();
    return done;
  }
  uint64_t size() const override { return size_; }

 private:
  MemoryFileSystem& files_;
  const MemoryFileSystem::NodeRef node_;
  const uint64_t process_;
  const std::string path_;
  uint64_t size_;
  std::optional<Error> sync_failure_;
};

class MemoryReadableFile final : public ReadableFile {
 public:
  MemoryReadableFile(MemoryFileSystem& files, MemoryFileSystem::NodeRef node, uint64_t process,
                     std::string path)
      : files_(files), node_(std::move(node)), process_(process), path_(std::move(path)) {}

  Result<size_t> ReadAt(uint64_t offset, std::span<char> into) override {
    return files_.Read(node_, process_, path_, offset, into);
  }
  Result<uint64_t> Size() override { return files_.Size(node_, process_, path_); }

 private:
  MemoryFileSystem& files_;
  const MemoryFileSystem::NodeRef node_;
  const uint64_t process_;
  const std::string path_;
};

class MemoryDirectoryLock final : public DirectoryLock {
 public:
  MemoryDirectoryLock(MemoryFileSystem& files, std::string path, uint64_t process)
      : files_(files), path_(std::move(path)), process_(process) {}
  ~MemoryDirectoryLock() override { files_.Unlock(path_, process_); }

 private:
  MemoryFileSystem& files_;
  const std::string path_;
  const uint64_t process_;
};

}  // namespace

uint64_t MemoryFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void MemoryFileSystem::FailCalls(uint64_t first, uint64_t last, SqlState sqlstate) {
  const std::lock_guard lock(mutex_);
  fail_first_ = first;
  fail_last_ = last;
  fail_with_ = sqlstate;
}

void MemoryFileSystem::DieAtCall(uint64_t number) {
  const std::lock_guard lock(mutex_);
  die_at_ = number;
}

bool MemoryFileSystem::dead() const {
  const std::lock_guard lock(mutex_);
  return dead_;
}

void MemoryFileSystem::Heal() {
  const std::lock_guard lock(mutex_);
  fail_first_ = 1;
  fail_last_ = 0;
}

void MemoryFileSystem::SetCapacity(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

void MemoryFileSystem::Crash(CrashKind kind) {
  const std::lock_guard lock(mutex_);
  if (kind == CrashKind::kPowerLoss) LosePower();
  ++process_;
  locks_.clear();
  fail_first_ = 1;
  fail_last_ = 0;
  die_at_.reset();
  dead_ = false;
}

std::vector<std::string> MemoryFileSystem::Paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  paths.reserve(names_.size());
  for (const auto& [path, node] : names_) paths.push_back(path);
  return paths;
}

std::string MemoryFileSystem::Content(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return names_.at(path)->seen;
}

void MemoryFileSystem::SetContent(const std::string& path, std::string_view content) {
  const std::lock_guard lock(mutex_);
  auto node = std::make_shared<Node>();
  node->seen = node->disk = content;
  names_[path] = disk_names_[path] = std::move(node);
}

void MemoryFileSystem::Erase(const std::string& path) {
  const std::lock_guard lock(mutex_);
  names_.erase(path);
  disk_names_.erase(path);
}

// Counts a call; an error means that it must fail, in part if `dies_now_` or if it writes.
std::optional<Error> MemoryFileSystem::Enter(std::string_view what, const std::string& path,
                                             std::optional<uint64_t> process) {
  const auto error = [&](SqlState sqlstate, std::string_view reason) {
    return Error{sqlstate,
                 "could not " + std::string(what) + " \"" + path + "\": " + std::string(reason)};
  };
  dies_now_ = false;
  if (dead_ || (process && *process != process_)) {
    return error(sqlstate::kIoError, "the process that opened it is gone");
  }
  ++calls_;
  if (die_at_ && calls_ >= *die_at_) {
    dead_ = dies_now_ = true;
    return error(sqlstate::kIoError, "the process ends here");
  }
  if (calls_ >= fail_first_ && calls_ <= fail_last_) {
    const bool full = fail_with_ == sqlstate::kDiskFull;
    return error(fail_with_, full ? "No space left on device" : "Input/output error");
  }
  return std::nullopt;
}

void MemoryFileSystem::Change(NameChange change) {
  if (!change.removed.empty()) names_.erase(change.removed);
  if (!change.added.empty() && change.node == nullptr) directories_.insert(change.added);
  if (change.node != nullptr) names_[change.added] = change.node;
  changes_.push_back(std::move(change));
}

void MemoryFileSystem::ApplyToDisk(const NameChange& change) {
  if (!change.removed.empty()) disk_names_.erase(change.removed);
  if (!change.added.empty() && change.node == nullptr) disk_directories_.insert(change.added);
  if (change.node != nullptr) disk_names_[change.added] = change.node;
}

void MemoryFileSystem::LosePower() {
  const uint64_t fate = Below(4);  // of the names: all lost, all kept, or each its own
  for (const NameChange& change : changes_) {
    if (fate == 0) break;
    if (fate == 1 || Flip()) ApplyToDisk(change);
  }
  changes_.clear();
  std::erase_if(disk_names_, [this](const auto& entry) {
    const std::string directory = Parent(entry.first);
    return directories_.contains(directory) && !disk_directories_.contains(directory);
  });
  directories_ = disk_directories_;
  names_ = disk_names_;
  std::set<Node*> nodes;
  for (const auto& [path, node] : names_) {
    if (nodes.insert(node.get()).second) LosePower(*node);
  }
}

void MemoryFileSystem::LosePower(Node& node) {
  if (node.truncated_to && Flip()) {
    node.disk.resize(std::min(node.disk.size(), *node.truncated_to));
  }
  size_t total = 0;
  for (const auto& [from, to] : node.dirty) total += to - from;
  const bool torn = Flip();  // a beginning survives; else any choice of sectors
  size_t left = torn ? Below(total + 1) : total;
  for (const auto& [from, to] : node.dirty) {
    for (size_t at = from; at < to;) {
      const size_t sector_end = std::min(to, (at / kSectorBytes + 1) * kSectorBytes);
      const size_t length = std::min(sector_end - at, torn ? left : sector_end - at);
      if (torn || Flip()) Put(node.disk, at, std::string_view(node.seen).substr(at, length));
      left -= std::min(left, length);
      at = sector_end;
    }
  }
  node.seen = node.disk;
  node.dirty.clear();
  node.truncated_to.reset();
}

uint64_t MemoryFileSystem::Used() const {
  uint64_t used = 0;
  for (const auto& [path, node] : names_) used += node->seen.size();
  return used;
}

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::OpenWritable(const std::string& path,
                                                                     OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const bool create = mode == OpenMode::kCreate;
  const auto error = Enter(create ? "create file" : "open file", path);
  if (error && !(dies_now_ && create && Flip())) return std::unexpected(*error);
  const bool exists = names_.contains(path);
  if (exists == create) {
    return Fail(sqlstate::kIoError,
                "could not open \"" + path + "\": it " + (exists ? "exists" : "does not exist"));
  }
  if (create) Change({Parent(path), "", path, std::make_shared<Node>()});
  if (error) return std::unexpected(*error);
  return std::make_unique<MemoryWritableFile>(*this, names_.at(path), process_, path);
}

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::OpenReadable(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("open file", path)) return std::unexpected(*error);
  const auto found = names_.find(path);
  if (found == names_.end()) {
    return Fail(sqlstate::kIoError, "could not open \"" + path + "\": it does not exist");
  }
  return std::make_unique<MemoryReadableFile>(*this, found->second, process_, path);
}

Result<bool> MemoryFileSystem::Exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("stat file", path)) return std::unexpected(*error);
  return names_.contains(path);
}

Result<void> MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto error = Enter("rename file", from);
  if (error && !(dies_now_ && Flip())) return std::unexpected(*error);
  const auto found = names_.find(from);
  if (found == names_.end()) {
    return Fail(sqlstate::kIoError, "could not rename \"" + from + "\": it does not exist");
  }
  CHECK(Parent(from) == Parent(to), "renaming across directories is not modelled");
  Change({Parent(from), from, to, found->second});
  if (error) return std::unexpected(*error);
  return {};
}

Result<void> MemoryFileSystem::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto error = Enter("remove file", path);
  if (error && !(dies_now_ && Flip())) return std::unexpected(*error);
  if (!names_.contains(path)) {
    return Fail(sqlstate::kIoError, "could not remove \"" + path + "\": it does not exist");
  }
  Change({Parent(path), path, "", nullptr});
  if (error) return std::unexpected(*error);
  return {};
}

Result<std::vector<std::string>> MemoryFileSystem::List(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("read directory", directory)) return std::unexpected(*error);
  std::vector<std::string> names;
  for (const auto& [path, node] : names_) {
    if (Parent(path) == directory) names.push_back(path.substr(directory.size() + 1));
  }
  return names;
}

Result<void> MemoryFileSystem::CreateDirectories(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("create directory", path)) return std::unexpected(*error);
  if (!directories_.contains(path)) Change({Parent(path), "", path, nullptr});
  return {};
}

Result<void> MemoryFileSystem::SyncDirectory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("sync directory", path)) return std::unexpected(*error);
  for (const NameChange& change : changes_) {
    if (change.directory == path) ApplyToDisk(change);
  }
  std::erase_if(changes_, [&path](const NameChange& change) { return change.directory == path; });
  return {};
}

Result<DiskSpace> MemoryFileSystem::Space(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("ask for the free space of", path)) return std::unexpected(*error);
  return DiskSpace{capacity_ - std::min(capacity_, Used()), capacity_};
}

Result<std::unique_ptr<DirectoryLock>> MemoryFileSystem::LockDirectory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("lock directory", path)) return std::unexpected(*error);
  if (!locks_.insert(path).second) {
    return Fail(sqlstate::kObjectNotInPrerequisiteState,
                "directory \"" + path + "\" is in use by another server");
  }
  return std::make_unique<MemoryDirectoryLock>(*this, path, process_);
}

Result<void> MemoryFileSystem::Append(const NodeRef& node, uint64_t process,
                                      const std::string& path, uint64_t offset,
                                      std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  auto error = Enter("write file", path, process);
  if (error && (dead_ || process != process_) && !dies_now_) return std::unexpected(*error);
  if (error) bytes = bytes.substr(0, Below(bytes.size() + 1));
  const uint64_t grows = std::max(offset + bytes.size(), node->seen.size()) - node->seen.size();
  const uint64_t room = capacity_ - std::min(capacity_, Used());
  if (grows > room) {
    bytes.remove_suffix(grows - room);
    if (!error) {
      error = Error{sqlstate::kDiskFull,
                    "could not write file \"" + path + "\": No space left on device"};
    }
  }
  Put(node->seen, offset, bytes);
  MarkDirty(*node, offset, offset + bytes.size());
  if (error) return std::unexpected(*error);
  return {};
}

Result<void> MemoryFileSystem::Truncate(const NodeRef& node, uint64_t process,
                                        const std::string& path, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto error = Enter("truncate file", path, process);
  if (error && !(dies_now_ && Flip())) return std::unexpected(*error);
  const size_t size = bytes;
  node->seen.resize(size);
  node->truncated_to = std::min(size, node->truncated_to.value_or(size));
  for (auto& [from, to] : node->dirty) {
    from = std::min(from, size);
    to = std::min(to, size);
  }
  std::erase_if(node->dirty, [](const auto& range) { return range.first == range.second; });
  if (error) return std::unexpected(*error);
  return {};
}

Result<void> MemoryFileSystem::Sync(const NodeRef& node, uint64_t process,
                                    const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto error = Enter("sync file", path, process);
  if (error && (dead_ || process != process_)) return std::unexpected(*error);
  for (const auto& [from, to] : node->dirty) {
    if (error && Flip()) continue;  // lost, and nobody will be told again
    Put(node->disk, from, std::string_view(node->seen).substr(from, to - from));
  }
  node->dirty.clear();
  if (error) return std::unexpected(*error);
  node->disk.resize(node->seen.size());
  node->truncated_to.reset();
  return {};
}

Result<size_t> MemoryFileSystem::Read(const NodeRef& node, uint64_t process,
                                      const std::string& path, uint64_t offset,
                                      std::span<char> into) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("read file", path, process)) return std::unexpected(*error);
  if (offset >= node->seen.size()) return size_t{0};
  const std::string_view from = std::string_view(node->seen).substr(offset, into.size());
  std::ranges::copy(from, into.begin());
  return from.size();
}

Result<uint64_t> MemoryFileSystem::Size(const NodeRef& node, uint64_t process,
                                        const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto error = Enter("stat file", path, process)) return std::unexpected(*error);
  return node->seen.size();
}

void MemoryFileSystem::Unlock(const std::string& directory, uint64_t process) {
  const std::lock_guard lock(mutex_);
  if (process == process_) locks_.erase(directory);
}

}  // namespace riverrun::simulation
