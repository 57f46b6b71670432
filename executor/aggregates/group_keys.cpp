#include "executor/aggregates/group_keys.h"

#include <algorithm>
#include <bit>
#include <new>

#include "types/codec/key.h"

namespace riverrun::executor {
namespace {

template <class T>
size_t ReadInteger(std::string_view bytes, ColumnBuilder& out) {
  using Unsigned = std::make_unsigned_t<T>;
  Unsigned bits;
  std::memcpy(&bits, bytes.data() + 1, sizeof(bits));
  out.Append(static_cast<T>(std::byteswap(bits) ^ Unsigned{1} << (sizeof(T) * 8 - 1)));
  return 1 + sizeof(T);
}

// Reads one value from the front of a key and returns its length. The usual keys take no detour.
size_t ReadKey(std::string_view bytes, ColumnBuilder& out) {
  constexpr char kValueTag = 1;
  if (bytes.front() == kValueTag) {
    switch (out.type().kind) {
      case TypeKind::kInt8:
      case TypeKind::kTimestamp:
      case TypeKind::kTimestampTz:
        return ReadInteger<int64_t>(bytes, out);
      case TypeKind::kInt4:
      case TypeKind::kDate:
        return ReadInteger<int32_t>(bytes, out);
      default:
        break;
    }
  }
  const size_t length = DecodeImage(bytes, out);
  CHECK(length > 0, "not the key of these types");
  return length;
}

}  // namespace

GroupKeys::GroupKeys(std::vector<int> columns, std::vector<Type> types, size_t offset)
    : columns_(std::move(columns)), types_(std::move(types)), offset_(offset) {
  keeps_images_ = !std::ranges::all_of(types_, EqualMeansIdentical);
}

void GroupKeys::Init(std::byte* payload) const {
  if (keeps_images_) new (payload + offset_) OrderedMultiset;
}

void GroupKeys::Destroy(std::byte* payload, StateArena& arena) const {
  if (keeps_images_) Images(payload).Clear(arena);
}

void GroupKeys::Update(const Batch& batch, std::span<const uint16_t> rows,
                       std::span<std::byte* const> payloads, StateArena& arena) {
  if (!keeps_images_) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    image_.clear();
    AppendImage(batch, columns_, rows[i], image_);
    Images(payloads[i]).Add(image_, batch.WeightOf(rows[i]), arena);
  }
}

void GroupKeys::Result(std::span<KeyRecord* const> groups, std::span<ColumnBuilder> out) const {
  for (KeyRecord* group : groups) {
    std::string_view bytes = group->key();
    if (keeps_images_) {
      const OrderedMultiset& images = Images(group->payload());
      if (images.empty()) {
        for (ColumnBuilder& column : out) column.AppendNull();
        continue;
      }
      bytes = images.First().key;
    }
    for (ColumnBuilder& column : out) bytes.remove_prefix(ReadKey(bytes, column));
  }
}

}  // namespace riverrun::executor
