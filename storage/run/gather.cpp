#include "storage/run/gather.h"

#include <algorithm>
#include <cstring>

#include "types/column/string_ref.h"

namespace riverrun::storage {
namespace {

template <class T>
void CopySlices(std::span<const Column* const> sources, std::span<const Slice> slices, T* out) {
  for (const Slice& slice : slices) {
    const T* from = sources[slice.source]->values->as<T>() + slice.row;
    if (slice.count == 1) {
      *out++ = *from;
    } else {
      std::memcpy(out, from, slice.count * sizeof(T));
      out += slice.count;
    }
  }
}

struct Sixteen {
  uint64_t low, high;
};

void CopyValues(size_t width, std::span<const Column* const> sources,
                std::span<const Slice> slices, Buffer& out) {
  switch (width) {
    case 0: return;
    case 1: return CopySlices(sources, slices, out.mutable_as<uint8_t>());
    case 2: return CopySlices(sources, slices, out.mutable_as<uint16_t>());
    case 4: return CopySlices(sources, slices, out.mutable_as<uint32_t>());
    case 8: return CopySlices(sources, slices, out.mutable_as<uint64_t>());
    case 16: return CopySlices(sources, slices, out.mutable_as<Sixteen>());
    default: CHECK(false, "a value of unknown width");
  }
}

BufferRef CopyScales(std::span<const Column* const> sources, std::span<const Slice> slices,
                     uint32_t rows, MemoryBudget* budget) {
  auto out = Buffer::Allocate(rows, budget);
  auto* to = out->mutable_as<int8_t>();
  for (const Slice& slice : slices) {
    std::memcpy(to, sources[slice.source]->scales->as<int8_t>() + slice.row, slice.count);
    to += slice.count;
  }
  return out;
}

BufferRef CopyNulls(std::span<const Column* const> sources, std::span<const Slice> slices,
                    uint32_t rows, MemoryBudget* budget) {
  const auto has_nulls = [](const Column* column) { return column->nulls != nullptr; };
  if (std::ranges::none_of(sources, has_nulls)) return nullptr;
  auto out = Buffer::AllocateZeroed(NullBytes(rows), budget);
  auto* words = out->mutable_as<uint64_t>();
  bool any = false;
  uint32_t at = 0;
  for (const Slice& slice : slices) {
    const BufferRef& nulls = sources[slice.source]->nulls;
    if (nulls != nullptr) {
      const auto* from = nulls->as<uint64_t>();
      for (uint32_t i = 0; i < slice.count; ++i) {
        if (!NullBit(from, slice.row + i)) continue;
        SetNullBit(words, at + i);
        any = true;
      }
    }
    at += slice.count;
  }
  return any ? out : nullptr;
}

// Puts the long strings of a column into one piece of memory of its own.
BufferRef CopyLongStrings(StringRef* strings, uint32_t rows, MemoryBudget* budget) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < rows; ++i) bytes += strings[i].is_inline() ? 0 : strings[i].size();
  if (bytes == 0) return nullptr;
  auto heap = Buffer::Allocate(bytes, budget);
  char* to = heap->mutable_as<char>();
  for (uint32_t i = 0; i < rows; ++i) {
    if (strings[i].is_inline()) continue;
    const uint32_t size = strings[i].size();
    std::memcpy(to, strings[i].data(), size);
    strings[i] = StringRef(std::string_view(to, size));
    to += size;
  }
  return heap;
}

void SharePins(std::span<const Column* const> sources, std::vector<BufferRef>& pins) {
  for (const Column* source : sources) {
    pins.insert(pins.end(), source->pins.begin(), source->pins.end());
  }
}

}  // namespace

Column Gather(const Type& type, std::span<const Column* const> sources,
              std::span<const Slice> slices, uint32_t rows, StringMemory strings,
              MemoryBudget* budget) {
  Column out;
  out.type = type;
  const size_t width = PhysicalWidth(type.kind);
  auto values = Buffer::Allocate(rows * width, budget);
  CopyValues(width, sources, slices, *values);
  if (type.kind == TypeKind::kNumeric) out.scales = CopyScales(sources, slices, rows, budget);
  out.nulls = CopyNulls(sources, slices, rows, budget);
  if (IsStringKind(type.kind)) {
    if (strings == StringMemory::kShare) {
      SharePins(sources, out.pins);
    } else if (auto heap = CopyLongStrings(values->mutable_as<StringRef>(), rows, budget)) {
      out.pins.push_back(std::move(heap));
    }
  }
  out.values = std::move(values);
  return out;
}

}  // namespace riverrun::storage
