#include "storage/segment.h"

#include <algorithm>

#include "storage/crc32c.h"
#include "types/codec/bytes.h"

namespace riverrun::storage {
namespace {

constexpr std::string_view kMagic = "RRJOURNL";
constexpr uint32_t kFormat = 1;
constexpr std::string_view kNameSuffix = ".segment";
constexpr size_t kNameDigits = 16;
constexpr size_t kReadAhead = 64 << 10;

// Length, checksum and payload are outside: the checksum covers the length too.
constexpr size_t kLsnAt = 9;

uint32_t FrameCrc(uint32_t payload_crc, uint32_t length, std::string_view rest_of_header) {
  std::string tail;
  AppendFixed(tail, length);
  tail.append(rest_of_header);
  return Crc32c(tail, payload_crc);
}

}  // namespace

void AppendFrame(const Frame& frame, uint32_t payload_crc, std::string& out) {
  const auto length = static_cast<uint32_t>(frame.payload.size());
  std::string rest;
  AppendFixed(rest, frame.type);
  AppendFixed(rest, frame.lsn);
  AppendFixed(rest, frame.synced);
  AppendFixed(out, length);
  AppendFixed(out, FrameCrc(payload_crc, length, rest));
  out.append(rest);
  out.append(frame.payload);
}

FrameRead ReadFrame(std::string_view bytes, Lsn lsn) {
  if (bytes.size() < kFrameHeaderBytes) return {FrameRead::State::kShort, {}, kFrameHeaderBytes};
  ByteReader in(bytes);
  const auto length = in.Fixed<uint32_t>();
  const auto crc = in.Fixed<uint32_t>();
  const std::string_view rest = bytes.substr(8, kFrameHeaderBytes - 8);
  const auto type = in.Fixed<uint8_t>();
  Frame frame{static_cast<FrameType>(type), in.Fixed<Lsn>(), in.Fixed<Lsn>(), {}};
  const bool plausible = frame.lsn == lsn && frame.synced <= lsn && length <= kFramePayloadMax &&
                         type >= static_cast<uint8_t>(FrameType::kCommit) &&
                         type <= static_cast<uint8_t>(FrameType::kSeal);
  if (!plausible) return {};
  if (in.remaining() < length) return {FrameRead::State::kShort, {}, kFrameHeaderBytes + length};
  frame.payload = in.Bytes(length);
  if (FrameCrc(Crc32c(frame.payload), length, rest) != crc) return {};
  return {FrameRead::State::kGood, frame, frame.size()};
}

std::optional<Lsn> FindFramePosition(std::string_view bytes, Lsn lsn) {
  for (size_t at = 0; at + kFrameHeaderBytes <= bytes.size(); ++at) {
    Lsn stated;
    std::memcpy(&stated, bytes.data() + at + kLsnAt, sizeof(stated));
    if (stated == lsn + at) return lsn + at;
  }
  return std::nullopt;
}

std::string SerializeSegmentHeader(const SegmentHeader& header) {
  std::string out(kMagic);
  AppendFixed(out, kFormat);
  AppendFixed(out, header.incarnation.bytes);
  AppendFixed(out, header.first);
  AppendFixed(out, uint64_t{header.begins_record});
  AppendFixed(out, Crc32c(out));
  CHECK(out.size() == kSegmentHeaderBytes);
  return out;
}

Result<std::optional<SegmentHeader>> ParseSegmentHeader(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  ByteReader in(bytes.substr(kMagic.size(), kSegmentHeaderBytes - kMagic.size()));
  const auto format = in.Fixed<uint32_t>();
  SegmentHeader header;
  header.incarnation.bytes = in.Fixed<std::array<uint8_t, 16>>();
  header.first = in.Fixed<Lsn>();
  header.begins_record = in.Fixed<uint64_t>() != 0;
  if (in.Fixed<uint32_t>() != Crc32c(bytes.substr(0, kSegmentHeaderBytes - 4))) return std::nullopt;
  if (format != kFormat) {
    return Fail(sqlstate::kFeatureNotSupported,
                "journal segment has format " + std::to_string(format) +
                    ", this server reads format " + std::to_string(kFormat) + " only");
  }
  return header;
}

std::string SegmentName(Lsn first) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name(kNameDigits, '0');
  for (size_t i = kNameDigits; i-- > 0; first >>= 4) name[i] = digits[first & 15];
  return name.append(kNameSuffix);
}

std::optional<Lsn> ParseSegmentName(std::string_view name) {
  if (name.size() != kNameDigits + kNameSuffix.size() || !name.ends_with(kNameSuffix)) {
    return std::nullopt;
  }
  Lsn first = 0;
  for (const char c : name.substr(0, kNameDigits)) {
    if (c >= '0' && c <= '9') {
      first = first << 4 | static_cast<Lsn>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      first = first << 4 | static_cast<Lsn>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return first;
}

Result<SegmentReader> SegmentReader::Open(FileSystem& files, const std::string& path, Lsn first) {
  auto file = files.OpenReadable(path);
  if (!file) return std::unexpected(file.error());
  return SegmentReader(std::move(*file), path, first);
}

Result<std::string_view> SegmentReader::Peek(Lsn lsn, size_t wanted, Lsn limit) {
  CHECK(lsn >= first_ && lsn <= limit, "position outside of the segment");
  wanted = static_cast<size_t>(std::min<uint64_t>(wanted, limit - lsn));
  const Lsn buffer_end = buffer_at_ + buffer_.size();
  if (lsn < buffer_at_ || lsn > buffer_end || buffer_end - lsn < wanted) {
    const auto ask = std::min<uint64_t>(std::max(wanted, kReadAhead), limit - lsn);
    buffer_.resize(static_cast<size_t>(ask));
    buffer_at_ = lsn;
    auto got = file_->ReadAt(kSegmentHeaderBytes + (lsn - first_), buffer_);
    buffer_.resize(got ? *got : 0);
    if (!got) return std::unexpected(got.error());
  }
  const auto from = static_cast<size_t>(lsn - buffer_at_);
  return std::string_view(buffer_).substr(from);
}

Result<FrameRead> SegmentReader::At(Lsn lsn, Lsn limit) {
  size_t wanted = kFrameHeaderBytes;
  while (true) {
    const auto bytes = Peek(lsn, wanted, limit);
    if (!bytes) return std::unexpected(bytes.error());
    const FrameRead read = ReadFrame(*bytes, lsn);
    if (read.state != FrameRead::State::kShort || bytes->size() < wanted) return read;
    wanted = read.needed;
  }
}

Result<std::optional<SegmentHeader>> ReadSegmentHeader(FileSystem& files, const std::string& path) {
  auto file = files.OpenReadable(path);
  if (!file) return std::unexpected(file.error());
  std::string bytes(kSegmentHeaderBytes, '\0');
  const auto got = (*file)->ReadAt(0, bytes);
  if (!got) return std::unexpected(got.error());
  bytes.resize(*got);
  auto header = ParseSegmentHeader(bytes);
  if (!header) return Fail(header.error().sqlstate, header.error().text + ": " + path);
  return header;
}

}  // namespace riverrun::storage
