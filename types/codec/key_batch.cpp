#include "types/codec/key_batch.h"

#include <algorithm>
#include <array>
#include <bit>

#include "types/codec/key.h"

namespace riverrun {
namespace {

// Bytes of an EqualKey behind its tag that do not depend on the value; 0 if they do, or if making
// the key is more than a byte swap.
uint32_t FixedKeyWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool: return 1;
    case TypeKind::kInt2: return 2;
    case TypeKind::kInt4:
    case TypeKind::kDate: return 4;
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz: return 8;
    case TypeKind::kUuid: return 16;
    default: return 0;
  }
}

template <class T>
void EncodeIntegers(const Column& column, uint32_t rows, const SelectionRef& selection, char* out,
                    uint32_t stride) {
  constexpr T kSign = T{1} << (sizeof(T) * 8 - 1);
  const Reader<T> values(column);
  ForEachRow(rows, selection, [&](uint32_t row) {
    const T bits = std::byteswap(static_cast<T>(values[row] ^ kSign));
    out[0] = 1;
    std::memcpy(out + 1, &bits, sizeof(T));
    out += stride;
  });
}

template <class T>
void EncodeRaw(const Column& column, uint32_t rows, const SelectionRef& selection, char* out,
               uint32_t stride) {
  const Reader<T> values(column);
  ForEachRow(rows, selection, [&](uint32_t row) {
    out[0] = 1;
    std::memcpy(out + 1, &values[row], sizeof(T));
    out += stride;
  });
}

struct SixteenBytes {
  char bytes[16];
};

void EncodeColumn(const Column& column, uint32_t rows, const SelectionRef& selection, char* out,
                  uint32_t stride) {
  switch (FixedKeyWidth(column.type.kind)) {
    case 1: return EncodeRaw<uint8_t>(column, rows, selection, out, stride);
    case 2: return EncodeIntegers<uint16_t>(column, rows, selection, out, stride);
    case 4: return EncodeIntegers<uint32_t>(column, rows, selection, out, stride);
    case 8: return EncodeIntegers<uint64_t>(column, rows, selection, out, stride);
    case 16: return EncodeRaw<SixteenBytes>(column, rows, selection, out, stride);
    default: CHECK(false, "not a fixed-width key");
  }
}

// HashBytes of keys of one width, which the compiler knows.
template <uint32_t width>
void HashFixed(const char* bytes, uint32_t stride, std::span<uint64_t> out) {
  for (uint64_t& hash : out) {
    hash = HashBytes({bytes, width});
    bytes += stride;
  }
}

// Vnodes of keys of one width, padded with zeros. Word by word over many keys, so that the compiler
// works on several at once: the steps of one key wait for each other.
void FindVnodes(const char* bytes, uint32_t stride, uint32_t width, std::span<uint16_t> out) {
  constexpr size_t kTogether = 256;
  std::array<uint32_t, kTogether> hashes;
  const auto word_at = [stride](const char* keys, size_t i) {
    uint32_t word;
    std::memcpy(&word, keys + i * stride, sizeof(word));
    return word;
  };
  for (; !out.empty(); bytes += kTogether * stride) {
    const size_t count = std::min(kTogether, out.size());
    hashes.fill(Murmur2Steps::Begin(width));
    uint32_t at = 0;
    for (; at + 4 <= width; at += 4) {
      for (size_t i = 0; i < count; ++i) {
        hashes[i] = Murmur2Steps::Add(hashes[i], word_at(bytes + at, i));
      }
    }
    if (at < width) {
      for (size_t i = 0; i < count; ++i) {
        hashes[i] = Murmur2Steps::AddLast(hashes[i], word_at(bytes + at, i));
      }
    }
    for (size_t i = 0; i < count; ++i) out[i] = VnodeOfHash(Murmur2Steps::End(hashes[i]));
    out = out.subspan(count);
  }
}

}  // namespace

void KeyBatch::Build(const Batch& batch, std::span<const int> columns) {
  BuildKeys(batch, columns);
  HashAll();
}

void KeyBatch::BuildKeys(const Batch& batch, std::span<const int> columns) {
  count_ = batch.selected();
  hashes_.clear();
  vnodes_.clear();
  if (!BuildFixed(batch, columns)) BuildAny(batch, columns);
}

bool KeyBatch::BuildFixed(const Batch& batch, std::span<const int> columns) {
  uint32_t width = 0;
  for (const int index : columns) {
    const Column& column = batch.columns[index];
    const uint32_t bytes = FixedKeyWidth(column.type.kind);
    if (bytes == 0 || column.nulls != nullptr || column.encoding == Encoding::kDictionary) {
      return false;
    }
    width += bytes + 1;
  }
  if (width == 0) return false;
  fixed_width_ = width;
  stride_ = (width + 7) / 8 * 8;
  bytes_.assign(size_t{count_} * stride_, 0);
  uint32_t offset = 0;
  for (const int index : columns) {
    const Column& column = batch.columns[index];
    EncodeColumn(column, batch.rows, batch.selection, bytes_.data() + offset, stride_);
    offset += FixedKeyWidth(column.type.kind) + 1;
  }
  return true;
}

void KeyBatch::BuildAny(const Batch& batch, std::span<const int> columns) {
  fixed_width_ = stride_ = 0;
  scratch_.clear();
  offsets_.assign(1, 0);
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    AppendEqualKey(batch, columns, row, scratch_);
    offsets_.push_back(static_cast<uint32_t>(scratch_.size()));
  });
  bytes_.assign(scratch_.begin(), scratch_.end());
}

void KeyBatch::Assign(std::span<const std::string_view> keys) {
  fixed_width_ = stride_ = 0;
  bytes_.clear();
  offsets_.assign(1, 0);
  for (const std::string_view key : keys) {
    bytes_.insert(bytes_.end(), key.begin(), key.end());
    offsets_.push_back(static_cast<uint32_t>(bytes_.size()));
  }
  count_ = static_cast<uint32_t>(keys.size());
  HashAll();
}

void KeyBatch::HashAll() {
  hashes_.resize(count_);
  vnodes_.resize(count_);
  if (fixed_width_ != 0) return HashAllFixed();
  for (uint32_t i = 0; i < size(); ++i) {
    hashes_[i] = HashBytes(key(i));
    vnodes_[i] = VnodeOf(key(i));
  }
}

void KeyBatch::HashAllFixed() {
  FindVnodes(bytes_.data(), stride_, fixed_width_, vnodes_);
  switch (fixed_width_) {  // one, two or three bigints or timestamps: the usual keys
    case 9:
      return HashFixed<9>(bytes_.data(), stride_, hashes_);
    case 18:
      return HashFixed<18>(bytes_.data(), stride_, hashes_);
    case 27:
      return HashFixed<27>(bytes_.data(), stride_, hashes_);
    default:
      for (uint32_t i = 0; i < size(); ++i) hashes_[i] = HashBytes(key(i));
  }
}

}  // namespace riverrun
