// The files of the journal: segments of frames.
//
//   segment   header, then frames without a gap; named by the position of its first frame
//   header    magic, format, incarnation of the journal, position of the first frame, whether that
//             frame begins a record, checksum
//   frame     length, checksum, type, position, position known durable when it was written, payload
//
// A position (Lsn) counts the bytes of frames since the journal's first one; headers do not count.
// A frame never crosses segments. Every frame says where it stands, so a frame that lies in the
// wrong place is none, and where good frames begin again behind a damaged one can be found.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "types/file_system.h"
#include "types/id.h"
#include "types/uuid.h"

namespace riverrun::storage {

inline constexpr size_t kSegmentHeaderBytes = 48;
inline constexpr size_t kFrameHeaderBytes = 25;
/// No frame is longer, so that a damaged length does not make a reader take memory for it.
inline constexpr size_t kFramePayloadMax = 16 << 20;

enum class FrameType : uint8_t {
  kCommit = 1,      // a whole record
  kCut = 2,         //
  kCheckpoint = 3,  //
  kChunk = 4,       // a piece of a large record; more follows in the next frame
  kSeal = 5,        // the last piece: the record exists from here on
};

/// A frame as it lies in a buffer.
struct Frame {
  FrameType type = FrameType::kCommit;
  Lsn lsn = 0;
  Lsn synced = 0;  // all before it was durable when this frame was written; at most `lsn`
  std::string_view payload;

  size_t size() const { return kFrameHeaderBytes + payload.size(); }
};

/// Appends a frame; `payload_crc` is Crc32c(frame.payload), which the caller makes outside its
/// lock.
void AppendFrame(const Frame& frame, uint32_t payload_crc, std::string& out);

/// What the first bytes of `bytes` are.
struct FrameRead {
  enum class State : uint8_t {
    kGood,
    kShort,  // maybe the beginning of a frame; `needed` bytes would tell
    kBad,    // no frame at this position
  };
  State state = State::kBad;
  Frame frame;
  size_t needed = 0;
};

/// Reads the frame at position `lsn`. Borrows from `bytes`.
FrameRead ReadFrame(std::string_view bytes, Lsn lsn);

/// The first position in `bytes`, which begin at `lsn`, where a frame may begin: what stands there
/// says so of itself. Only headers that lie in `bytes` whole are seen.
std::optional<Lsn> FindFramePosition(std::string_view bytes, Lsn lsn);

struct SegmentHeader {
  Uuid incarnation;
  Lsn first = 0;
  bool begins_record = true;  // false: its first frame continues a record of the segment before
  bool operator==(const SegmentHeader&) const = default;
};
std::string SerializeSegmentHeader(const SegmentHeader& header);
/// Absent for bytes that are no header. Errors: 0A000 for a format newer than this server.
Result<std::optional<SegmentHeader>> ParseSegmentHeader(std::string_view bytes);

/// "0000000004000000.segment"
std::string SegmentName(Lsn first);
/// Absent for a name of another form.
std::optional<Lsn> ParseSegmentName(std::string_view name);

/// Reads the frames of one segment through a buffer. One thread.
class SegmentReader {
 public:
  /// Errors: those of the file system.
  static Result<SegmentReader> Open(FileSystem& files, const std::string& path, Lsn first);

  /// The frame at position `lsn`, valid until the next call. REQUIRES lsn >= first().
  /// kShort at the end of the file: `needed` counts more bytes than there are. Nothing from `limit`
  /// on is read: an Append may be writing there.
  Result<FrameRead> At(Lsn lsn, Lsn limit = kNoLimit);
  /// Bytes of the file from position `lsn` on, at least `wanted` unless the file or `limit` ends.
  Result<std::string_view> Peek(Lsn lsn, size_t wanted, Lsn limit = kNoLimit);

  static constexpr Lsn kNoLimit = UINT64_MAX;

  Lsn first() const { return first_; }
  const std::string& path() const { return path_; }

 private:
  SegmentReader(std::unique_ptr<ReadableFile> file, std::string path, Lsn first)
      : file_(std::move(file)), path_(std::move(path)), first_(first) {}

  std::unique_ptr<ReadableFile> file_;
  std::string path_;
  Lsn first_;
  std::string buffer_;
  Lsn buffer_at_ = 0;  // position of the buffer's first byte
};

/// Reads and checks the header of a segment's file. Absent when it is damaged or cut off.
Result<std::optional<SegmentHeader>> ReadSegmentHeader(FileSystem& files, const std::string& path);

}  // namespace riverrun::storage
