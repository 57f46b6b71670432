#include "storage/run/key_list.h"

#include <algorithm>

#include "types/codec/bytes.h"

namespace riverrun::storage {
namespace {

BufferRef Copy(const std::string& bytes, MemoryBudget* budget) {
  auto buffer = Buffer::Allocate(bytes.size(), budget);
  if (!bytes.empty()) std::memcpy(buffer->mutable_as<char>(), bytes.data(), bytes.size());
  return buffer;
}

// Copies keys of one width. One key at a time is the usual slice, and a fixed number of bytes is
// quicker than a call: what is too much lies in the room behind every buffer, or is overwritten.
void CopyFixed(std::span<const KeyList* const> sources, std::span<const Slice> slices,
               uint32_t width, char* out) {
  constexpr uint32_t kOverrun = 32;  // less than the 64 bytes behind a buffer's end
  for (const Slice& slice : slices) {
    const char* from = (*sources[slice.source])[slice.row].data();
    if (slice.count == 1 && width <= kOverrun) {
      std::memcpy(out, from, kOverrun);
    } else {
      std::memcpy(out, from, size_t{slice.count} * width);
    }
    out += size_t{slice.count} * width;
  }
}

}  // namespace

KeyList KeyList::Gather(std::span<const KeyList* const> sources, std::span<const Slice> slices,
                        uint32_t rows, MemoryBudget* budget) {
  const uint32_t width = sources.empty() ? 0 : sources[0]->width_;
  const auto same = [width](const KeyList* keys) { return keys->width_ == width; };
  if (width != 0 && std::ranges::all_of(sources, same)) {
    auto bytes = Buffer::Allocate(size_t{rows} * width, budget);
    CopyFixed(sources, slices, width, bytes->mutable_as<char>());
    return KeyList(std::move(bytes), nullptr, width, rows);
  }
  Builder keys;
  for (const Slice& slice : slices) {
    for (uint32_t i = 0; i < slice.count; ++i) keys.Append((*sources[slice.source])[slice.row + i]);
  }
  return keys.Finish(budget);
}

uint32_t KeyList::LowerBound(std::string_view key, uint32_t from, uint32_t to) const {
  while (from < to) {
    const uint32_t middle = from + (to - from) / 2;
    if ((*this)[middle] < key) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

uint32_t KeyList::GallopTo(std::string_view key, uint32_t from, uint32_t to) const {
  uint32_t step = 1;
  uint32_t below = from;  // every key before it is below `key`
  while (below + step <= to && (*this)[below + step - 1] < key) {
    below += step;
    step *= 2;
  }
  return LowerBound(key, below, std::min(to, below + step - 1));
}

size_t KeyList::bytes() const {
  return (bytes_ == nullptr ? 0 : bytes_->size()) + (offsets_ == nullptr ? 0 : offsets_->size());
}

void KeyList::Builder::Append(std::string_view key) {
  if (count_ == 0) width_ = static_cast<uint32_t>(key.size());
  // An empty key has no width that could stand for "fixed".
  if (offsets_.empty() && (key.size() != width_ || key.empty())) {
    for (uint32_t i = 0; i <= count_; ++i) AppendFixed(offsets_, i * width_);
  }
  bytes_.append(key);
  ++count_;
  if (!offsets_.empty()) AppendFixed(offsets_, static_cast<uint32_t>(bytes_.size()));
}

KeyList KeyList::Builder::Finish(MemoryBudget* budget) {
  const bool fixed = offsets_.empty();
  KeyList list(Copy(bytes_, budget), fixed ? nullptr : Copy(offsets_, budget), fixed ? width_ : 0,
               count_);
  bytes_.clear();
  offsets_.clear();
  width_ = count_ = 0;
  return list;
}

}  // namespace riverrun::storage
