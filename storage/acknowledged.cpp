#include "storage/acknowledged.h"

#include <algorithm>

#include "storage/crc32c.h"
#include "types/codec/bytes.h"

namespace riverrun::storage {
namespace {

constexpr std::string_view kName = "/ACKED";
constexpr size_t kSlotBytes = 28;
constexpr size_t kSecondSlotAt = 512;  // in a sector of its own

std::string SerializeSlot(const Acknowledged& now) {
  std::string out;
  AppendFixed(out, now.incarnation.bytes);
  AppendFixed(out, now.end);
  AppendFixed(out, Crc32c(out));
  return out;
}

std::optional<Acknowledged> ParseSlot(std::string_view file, size_t at) {
  if (file.size() < at + kSlotBytes) return std::nullopt;
  const std::string_view slot = file.substr(at, kSlotBytes);
  ByteReader in(slot);
  Acknowledged read;
  read.incarnation.bytes = in.Fixed<std::array<uint8_t, 16>>();
  read.end = in.Fixed<Lsn>();
  if (in.Fixed<uint32_t>() != Crc32c(slot.substr(0, kSlotBytes - 4))) return std::nullopt;
  return read;
}

Result<void> Fill(WritableFile& file, const Acknowledged& now) {
  std::string content = SerializeSlot(now);
  content.resize(kSecondSlotAt);
  content.append(SerializeSlot(now));
  if (file.size() == content.size()) return file.Overwrite(0, content);
  if (auto cut = file.Truncate(0); !cut) return cut;
  return file.Append(content);
}

}  // namespace

Result<std::unique_ptr<AcknowledgedFile>> AcknowledgedFile::Open(FileSystem& files,
                                                                 const std::string& directory,
                                                                 const Acknowledged& now) {
  const std::string path = directory + std::string(kName);
  const auto exists = files.Exists(path);
  if (!exists) return std::unexpected(exists.error());
  auto file = files.OpenWritable(path, *exists ? OpenMode::kExisting : OpenMode::kCreate);
  if (!file) return std::unexpected(file.error());
  if (auto filled = Fill(**file, now); !filled) return std::unexpected(filled.error());
  if (auto synced = (*file)->Sync(); !synced) return std::unexpected(synced.error());
  if (auto synced = files.SyncDirectory(directory); !synced) {
    return std::unexpected(synced.error());
  }
  return std::unique_ptr<AcknowledgedFile>(new AcknowledgedFile(std::move(*file)));
}

Result<std::optional<Acknowledged>> AcknowledgedFile::Read(FileSystem& files,
                                                           const std::string& directory) {
  const std::string path = directory + std::string(kName);
  const auto exists = files.Exists(path);
  if (!exists) return std::unexpected(exists.error());
  if (!*exists) return std::nullopt;
  auto file = files.OpenReadable(path);
  if (!file) return std::unexpected(file.error());
  std::string content(kSecondSlotAt + kSlotBytes, '\0');
  const auto got = (*file)->ReadAt(0, content);
  if (!got) return std::unexpected(got.error());
  content.resize(*got);
  const auto first = ParseSlot(content, 0);
  const auto second = ParseSlot(content, kSecondSlotAt);
  if (!first || !second) return first ? first : second;
  return first->end >= second->end ? first : second;
}

Result<void> AcknowledgedFile::Write(const Acknowledged& now) {
  const size_t at = slot_ == 0 ? 0 : kSecondSlotAt;
  slot_ = 1 - slot_;
  return file_->Overwrite(at, SerializeSlot(now));
}

}  // namespace riverrun::storage
