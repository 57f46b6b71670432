#include "types/codec/key_batch.h"

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

}  // namespace

void KeyBatch::Build(const Batch& batch, std::span<const int> columns) {
  if (!BuildFixed(batch, columns)) BuildAny(batch, columns);
  HashAll();
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
  const uint32_t count = batch.selected();
  fixed_width_ = width;
  stride_ = (width + 7) / 8 * 8;
  bytes_.assign(size_t{count} * stride_, 0);
  hashes_.resize(count);
  vnodes_.resize(count);
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
  hashes_.resize(offsets_.size() - 1);
  vnodes_.resize(offsets_.size() - 1);
}

void KeyBatch::Assign(std::span<const std::string_view> keys) {
  fixed_width_ = stride_ = 0;
  bytes_.clear();
  offsets_.assign(1, 0);
  for (const std::string_view key : keys) {
    bytes_.insert(bytes_.end(), key.begin(), key.end());
    offsets_.push_back(static_cast<uint32_t>(bytes_.size()));
  }
  hashes_.resize(keys.size());
  vnodes_.resize(keys.size());
  HashAll();
}

void KeyBatch::HashAll() {
  const uint32_t count = size();
  if (fixed_width_ == 9) {
    // One bigint or timestamp: the usual key, with the length known to the compiler.
    for (uint32_t i = 0; i < count; ++i) {
      const std::string_view bytes(bytes_.data() + size_t{i} * stride_, 9);
      hashes_[i] = HashBytes(bytes);
      vnodes_[i] = VnodeOf(bytes);
    }
    return;
  }
  for (uint32_t i = 0; i < count; ++i) {
    hashes_[i] = HashBytes(key(i));
    vnodes_[i] = VnodeOf(key(i));
  }
}

}  // namespace riverrun
