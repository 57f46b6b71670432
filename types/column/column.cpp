#include "types/column/column.h"

#include <cstring>

namespace riverrun {
namespace {

template <class T>
BufferRef GatherAs(const Buffer& from, std::span<const uint16_t> rows) {
  auto out = Buffer::Allocate(rows.size() * sizeof(T));
  const T* source = from.as<T>();
  T* target = out->mutable_as<T>();
  for (size_t i = 0; i < rows.size(); ++i) target[i] = source[rows[i]];
  return out;
}

struct Sixteen {
  uint64_t low, high;
};

BufferRef Gather(const Buffer& from, size_t width, std::span<const uint16_t> rows) {
  switch (width) {
    case 1: return GatherAs<uint8_t>(from, rows);
    case 2: return GatherAs<uint16_t>(from, rows);
    case 4: return GatherAs<uint32_t>(from, rows);
    case 8: return GatherAs<uint64_t>(from, rows);
    case 16: return GatherAs<Sixteen>(from, rows);
    default: CHECK(width == 0); return nullptr;
  }
}

BufferRef GatherNulls(const Buffer& from, std::span<const uint16_t> rows) {
  auto out = Buffer::AllocateZeroed(NullBytes(static_cast<uint32_t>(rows.size())));
  const auto* source = from.as<uint64_t>();
  auto* target = out->mutable_as<uint64_t>();
  uint64_t any = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint64_t bit = NullBit(source, rows[i]);
    target[i / 64] |= bit << (i % 64);
    any |= bit;
  }
  return any != 0 ? out : nullptr;
}

// A constant, repeated. A width of 0 has no values to repeat.
Column Repeat(const Column& constant, uint32_t rows) {
  const std::vector<uint16_t> zeros(rows, 0);
  Column out = constant;
  out.encoding = Encoding::kFlat;
  if (constant.values != nullptr) {
    out.values = Gather(*constant.values, PhysicalWidth(constant.type.kind), zeros);
  }
  if (constant.scales != nullptr) out.scales = Gather(*constant.scales, 1, zeros);
  if (constant.nulls != nullptr) out.nulls = GatherNulls(*constant.nulls, zeros);
  return out;
}

}  // namespace

Column WithoutDictionary(const Column& column, uint32_t rows) {
  if (column.encoding != Encoding::kDictionary) return column;
  const std::span<const uint16_t> codes(column.values->as<uint16_t>(), rows);
  Column out = *column.dictionary;
  out.values = Gather(*out.values, PhysicalWidth(out.type.kind), codes);
  if (out.scales != nullptr) out.scales = Gather(*out.scales, 1, codes);
  out.nulls = column.nulls;
  return out;
}

Column Flatten(const Column& column, uint32_t rows) {
  if (column.encoding == Encoding::kConstant) return Repeat(column, rows);
  return WithoutDictionary(column, rows);
}

Column Take(const Column& column, std::span<const uint16_t> rows) {
  if (column.encoding == Encoding::kConstant) return column;
  Column out = column;
  const bool coded = column.encoding == Encoding::kDictionary;
  if (column.values != nullptr) {
    out.values = Gather(*column.values, coded ? 2 : PhysicalWidth(column.type.kind), rows);
  }
  if (column.scales != nullptr) out.scales = Gather(*column.scales, 1, rows);
  if (column.nulls != nullptr) out.nulls = GatherNulls(*column.nulls, rows);
  return out;
}

Column NullColumn(const Type& type) {
  Column out;
  out.type = type;
  out.encoding = Encoding::kConstant;
  // Zero bytes are a readable value of every kind.
  out.values = Buffer::AllocateZeroed(PhysicalWidth(type.kind));
  if (type.kind == TypeKind::kNumeric) out.scales = Buffer::AllocateZeroed(1);
  auto nulls = Buffer::AllocateZeroed(NullBytes(1));
  SetNullBit(nulls->mutable_as<uint64_t>(), 0);
  out.nulls = std::move(nulls);
  return out;
}

Column ConstantFrom(const Column& column, uint32_t row) {
  if (column.IsNull(row)) return NullColumn(column.type);
  const uint16_t index[] = {static_cast<uint16_t>(column.IndexOf(row))};
  const Column& storage = column.storage();
  Column out;
  out.type = column.type;
  out.encoding = Encoding::kConstant;
  out.values = Gather(*storage.values, PhysicalWidth(column.type.kind), index);
  if (storage.scales != nullptr) out.scales = Gather(*storage.scales, 1, index);
  out.pins = storage.pins;
  return out;
}

BufferRef UnionNulls(std::span<const Column* const> columns, uint32_t rows) {
  BufferRef only;
  std::shared_ptr<Buffer> merged;
  const size_t words = NullBytes(rows) / sizeof(uint64_t);
  for (const Column* column : columns) {
    if (column->nulls == nullptr || column->encoding == Encoding::kConstant) continue;
    if (only == nullptr) {
      only = column->nulls;
      continue;
    }
    if (merged == nullptr) {
      merged = Buffer::Allocate(NullBytes(rows));
      std::memcpy(merged->mutable_as<uint64_t>(), only->as<uint64_t>(), NullBytes(rows));
    }
    auto* target = merged->mutable_as<uint64_t>();
    const auto* source = column->nulls->as<uint64_t>();
    for (size_t i = 0; i < words; ++i) target[i] |= source[i];
  }
  return merged != nullptr ? BufferRef(merged) : only;
}

}  // namespace riverrun
