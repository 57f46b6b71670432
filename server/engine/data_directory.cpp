#include "server/engine/data_directory.h"

#include <charconv>

namespace riverrun::server {
namespace {

constexpr std::string_view kName = "riverrun ";
constexpr size_t kFormatBytesMax = 64;

std::string FormatText() {
  return std::string(kName) + std::to_string(kFormatMajor) + "." + std::to_string(kFormatMinor) +
         "\n";
}

Error Damaged(const std::string& path, const std::string& what) {
  return {sqlstate::kDataCorrupted,
          path + " " + what,
          {},
          "Restore the data directory from a backup, or give an empty one."};
}

Result<void> WriteFormat(FileSystem& files, const std::string& directory) {
  const std::string path = directory + "/FORMAT";
  const std::string fresh = path + ".new";
  if (const auto left = files.Exists(fresh); left && *left) {
    if (auto removed = files.Remove(fresh); !removed) return removed;
  }
  auto file = files.OpenWritable(fresh, OpenMode::kCreate);
  if (!file) return std::unexpected(file.error());
  if (auto written = (*file)->Append(FormatText()); !written) return written;
  if (auto synced = (*file)->Sync(); !synced) return synced;
  if (auto renamed = files.Rename(fresh, path); !renamed) return renamed;
  return files.SyncDirectory(directory);
}

Result<void> CheckFormat(FileSystem& files, const std::string& path) {
  auto file = files.OpenReadable(path);
  if (!file) return std::unexpected(file.error());
  std::string text(kFormatBytesMax, '\0');
  const auto read = (*file)->ReadAt(0, text);
  if (!read) return std::unexpected(read.error());
  text.resize(*read);
  int major = 0;
  const bool named = text.starts_with(kName);
  const char* begin = text.data() + (named ? kName.size() : 0);
  const auto parsed = std::from_chars(begin, text.data() + text.size(), major);
  if (!named || parsed.ec != std::errc() || parsed.ptr == text.data() + text.size() ||
      *parsed.ptr != '.') {
    return std::unexpected(Damaged(path, "is not the FORMAT of a data directory"));
  }
  if (major <= kFormatMajor) return {};
  return std::unexpected(Error{sqlstate::kFeatureNotSupported,
                               path + " says that the data directory has form " +
                                   std::to_string(major) + ", and this server knows form " +
                                   std::to_string(kFormatMajor),
                               {},
                               "Start the server that wrote it, or a newer one."});
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> OpenDataDirectory(FileSystem& files,
                                                         const std::string& path) {
  if (auto made = files.CreateDirectories(path); !made) return std::unexpected(made.error());
  auto lock = files.LockDirectory(path);
  if (!lock) return lock;
  const auto there = files.Exists(path + "/FORMAT");
  if (!there) return std::unexpected(there.error());
  if (!*there) {
    const auto journal = files.Exists(path + "/journal");
    if (!journal) return std::unexpected(journal.error());
    if (*journal) return std::unexpected(Damaged(path + "/FORMAT", "is missing"));
  }
  const Result<void> format =
      *there ? CheckFormat(files, path + "/FORMAT") : WriteFormat(files, path);
  if (!format) return std::unexpected(format.error());
  return lock;
}

}  // namespace riverrun::server
