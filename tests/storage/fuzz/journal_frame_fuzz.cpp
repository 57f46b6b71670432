// Any bytes as frames, headers and records of the journal: refused or read, never a fault; and what
// is read as a frame is the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/crc32c.h"
#include "storage/journal_record.h"
#include "storage/segment.h"

namespace riverrun::storage {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryFrames(std::string_view bytes) {
  Lsn at = 0;
  while (!bytes.empty()) {
    const FrameRead read = ReadFrame(bytes, at);
    if (read.state != FrameRead::State::kGood) return;
    std::string again;
    AppendFrame(read.frame, Crc32c(read.frame.payload), again);
    Require(again == bytes.substr(0, read.frame.size()));
    at += read.frame.size();
    bytes.remove_prefix(read.frame.size());
  }
}

// A fuzzer does not guess checksums: the bytes as payload of a good frame.
void TryRecord(std::string_view bytes) {
  std::string framed;
  AppendFrame({FrameType::kCommit, 77, 5, bytes}, Crc32c(bytes), framed);
  const FrameRead read = ReadFrame(framed, 77);
  Require(read.state == FrameRead::State::kGood && read.frame.payload == bytes);
  const auto record = ParseJournalRecord(read.frame.payload);
  if (!record) return;
  const std::string once = Serialize(*record);
  const auto again = ParseJournalRecord(once);
  Require(again && Serialize(*again) == once);
}

}  // namespace
}  // namespace riverrun::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  riverrun::storage::TryFrames(bytes);
  riverrun::storage::TryRecord(bytes);
  (void)riverrun::storage::FindFramePosition(bytes, 0);
  (void)riverrun::storage::ParseSegmentHeader(bytes);
  (void)riverrun::storage::ParseSegmentName(bytes);
  return 0;
}
