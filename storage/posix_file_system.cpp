#include "storage/posix_file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

namespace riverrun::storage {
namespace {

Error SystemError(std::string_view what, const std::string& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT;
  return {full ? sqlstate::kDiskFull : sqlstate::kIoError,
          "could not " + std::string(what) + " \"" + path +
              "\": " + std::error_code(number, std::generic_category()).message()};
}

std::unexpected<Error> SystemFail(std::string_view what, const std::string& path) {
  return std::unexpected(SystemError(what, path, errno));
}

// Calls a system call again while a signal interrupts it.
template <class F>
auto Retry(F&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor descriptor, std::string path, uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}

  Result<void> Append(std::string_view bytes) override {
    if (auto written = WriteAt(size_, bytes); !written) return written;
    size_ += bytes.size();
    return {};
  }
  Result<void> Overwrite(uint64_t offset, std::string_view bytes) override {
    CHECK(offset + bytes.size() <= size_, "overwriting beyond the end");
    return WriteAt(offset, bytes);
  }
  Result<void> Truncate(uint64_t bytes) override {
    CHECK(bytes <= size_, "truncating to more than there is");
    const int result =
        Retry([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(bytes)); });
    if (result != 0) return SystemFail("truncate file", path_);
    size_ = bytes;
    return {};
  }
  Result<void> Sync() override {
    // The lock makes a second caller see the failure of the first one.
    const std::lock_guard lock(sync_mutex_);
    if (sync_failure_ != 0) {
      return std::unexpected(SystemError("sync file", path_, sync_failure_));
    }
    if (Retry([&] { return ::fdatasync(descriptor_.number()); }) == 0) return {};
    sync_failure_ = errno;
    return std::unexpected(SystemError("sync file", path_, sync_failure_));
  }
  uint64_t size() const override { return size_; }

 private:
  Result<void> WriteAt(uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = Retry([&] {
        return ::pwrite(descriptor_.number(), bytes.data(), bytes.size(),
                        static_cast<off_t>(offset));
      });
      if (written < 0) return SystemFail("write file", path_);
      bytes.remove_prefix(static_cast<size_t>(written));
      offset += static_cast<uint64_t>(written);
    }
    return {};
  }

  const Descriptor descriptor_;
  const std::string path_;
  std::atomic<uint64_t> size_;
  std::mutex sync_mutex_;
  int sync_failure_ = 0;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<size_t> ReadAt(uint64_t offset, std::span<char> into) override {
    size_t done = 0;
    while (done < into.size()) {
      const ssize_t got = Retry([&] {
        return ::pread(descriptor_.number(), into.data() + done, into.size() - done,
                       static_cast<off_t>(offset + done));
      });
      if (got < 0) return SystemFail("read file", path_);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }
  Result<uint64_t> Size() override {
    struct stat status{};
    if (::fstat(descriptor_.number(), &status) != 0) return SystemFail("stat file", path_);
    return static_cast<uint64_t>(status.st_size);
  }

 private:
  const Descriptor descriptor_;
  const std::string path_;
};

class PosixDirectoryLock final : public DirectoryLock {
 public:
  explicit PosixDirectoryLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  const Descriptor descriptor_;  // closing it releases the lock
};

Result<Descriptor> Open(const std::string& path, int flags) {
  const int number = Retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); });
  if (number < 0) return SystemFail((flags & O_CREAT) != 0 ? "create file" : "open file", path);
  return Descriptor(number);
}

std::string HolderOf(int descriptor) {
  char text[32] = {};
  const ssize_t got = ::pread(descriptor, text, sizeof(text) - 1, 0);
  if (got <= 0) return "";
  return " (process " + std::string(text, static_cast<size_t>(got)) + ")";
}

}  // namespace

Result<std::unique_ptr<WritableFile>> PosixFileSystem::OpenWritable(const std::string& path,
                                                                    OpenMode mode) {
  auto file = Open(path, O_WRONLY | (mode == OpenMode::kCreate ? O_CREAT | O_EXCL : 0));
  if (!file) return std::unexpected(file.error());
  struct stat status{};
  if (::fstat(file->number(), &status) != 0) return SystemFail("stat file", path);
  return std::make_unique<PosixWritableFile>(std::move(*file), path,
                                             static_cast<uint64_t>(status.st_size));
}

Result<std::unique_ptr<ReadableFile>> PosixFileSystem::OpenReadable(const std::string& path) {
  auto file = Open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<PosixReadableFile>(std::move(*file), path);
}

Result<bool> PosixFileSystem::Exists(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT) return false;
  return SystemFail("stat file", path);
}

Result<void> PosixFileSystem::Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return SystemFail("rename file", from);
  return {};
}

Result<void> PosixFileSystem::Remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return SystemFail("remove file", path);
  return {};
}

Result<std::vector<std::string>> PosixFileSystem::List(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> names;
  auto entry = std::filesystem::directory_iterator(directory, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    const bool is_directory = entry->is_directory(error);
    if (error) break;
    if (!is_directory) names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  if (error) return std::unexpected(SystemError("read directory", directory, error.value()));
  std::ranges::sort(names);
  return names;
}

Result<void> PosixFileSystem::CreateDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return std::unexpected(SystemError("create directory", path, error.value()));
  return {};
}

Result<void> PosixFileSystem::SyncDirectory(const std::string& path) {
  auto directory = Open(path, O_RDONLY | O_DIRECTORY);
  if (!directory) return std::unexpected(directory.error());
  if (Retry([&] { return ::fsync(directory->number()); }) != 0) {
    return SystemFail("sync directory", path);
  }
  return {};
}

Result<DiskSpace> PosixFileSystem::Space(const std::string& path) {
  struct statvfs status{};
  if (Retry([&] { return ::statvfs(path.c_str(), &status); }) != 0) {
    return SystemFail("ask for the free space of", path);
  }
  const auto block = static_cast<uint64_t>(status.f_frsize);
  return DiskSpace{status.f_bavail * block, status.f_blocks * block};
}

Result<std::unique_ptr<DirectoryLock>> PosixFileSystem::LockDirectory(const std::string& path) {
  auto file = Open(path + "/LOCK", O_RDWR | O_CREAT);
  if (!file) return std::unexpected(file.error());
  if (Retry([&] { return ::flock(file->number(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return SystemFail("lock directory", path);
    return Fail(sqlstate::kObjectNotInPrerequisiteState,
                "directory \"" + path + "\" is in use by another server" +
                    HolderOf(file->number()) + "; stop that one, or choose another directory");
  }
  const std::string process = std::to_string(::getpid());
  const bool noted = ::ftruncate(file->number(), 0) == 0 &&
                     ::pwrite(file->number(), process.data(), process.size(), 0) ==
                         static_cast<ssize_t>(process.size());
  if (!noted) return SystemFail("write the process id to the lock of", path);
  return std::make_unique<PosixDirectoryLock>(std::move(*file));
}

}  // namespace riverrun::storage
