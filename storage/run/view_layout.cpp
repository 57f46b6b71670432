#include "storage/run/view_layout.h"

#include "storage/run/bag_hash.h"
#include "types/codec/bytes.h"
#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

void AppendBagKey(const Batch& rows, uint32_t row, std::string& image, std::string& out) {
  image.clear();
  AppendImage(rows, row, image);
  const Hash128 hash = BagHash(image);
  AppendBigEndian(out, hash.high);
  AppendBigEndian(out, hash.low);
}

}  // namespace

void BuildViewKeys(const ViewLayout& layout, const Batch& rows, KeyBatch& keys) {
  if (layout.key == ViewKey::kColumns) return keys.Build(rows, layout.key_columns);
  std::string bytes, image;
  bytes.reserve(size_t{rows.selected()} * kBagKeyBytes);
  ForEachRow(rows.rows, rows.selection,
             [&](uint32_t row) { AppendBagKey(rows, row, image, bytes); });
  std::vector<std::string_view> parts;
  parts.reserve(rows.selected());
  for (size_t at = 0; at < bytes.size(); at += kBagKeyBytes) {
    parts.push_back(std::string_view(bytes).substr(at, kBagKeyBytes));
  }
  keys.Assign(parts);
}

void AppendViewKey(const ViewLayout& layout, const Batch& rows, uint32_t row, std::string& out) {
  if (layout.key == ViewKey::kColumns) return AppendEqualKey(rows, layout.key_columns, row, out);
  std::string image;
  AppendBagKey(rows, row, image, out);
}

}  // namespace riverrun::storage
