#include "storage/run/consolidate.h"

#include <algorithm>
#include <string>

#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

uint64_t BytesAsNumber(std::string_view bytes) { return KeyHead(bytes).high; }

size_t CommonPrefix(std::string_view a, std::string_view b) {
  const auto [end, other] = std::ranges::mismatch(a, b);
  return static_cast<size_t>(end - a.begin());
}

}  // namespace

SortedDelta::SortedDelta(const ViewLayout& layout, std::span<const Batch> delta)
    : layout_(layout), delta_(delta) {
  size_t rows = 0;
  for (const Batch& batch : delta) {
    CHECK(batch.columns.size() == layout.types.size(), "a delta of another shape than its view");
    rows += batch.selected();
  }
  rows_.reserve(rows);
  for (uint32_t i = 0; i < delta.size(); ++i) AddKeys(delta[i], i);
  Sort();
}

void SortedDelta::AddKeys(const Batch& batch, uint32_t number) {
  KeyBatch keys;
  BuildViewKeys(layout_, batch, keys);
  uint32_t i = 0;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    const std::string_view key = keys.key(i++);
    Entry entry;
    entry.offset = bytes_.size();
    entry.size = static_cast<uint32_t>(key.size());
    entry.place = {number, static_cast<uint16_t>(row)};
    entry.weight = batch.WeightOf(row);
    bytes_.insert(bytes_.end(), key.begin(), key.end());
    if (entry.weight != 0) rows_.push_back(entry);
  });
}

void SortedDelta::Sort() {
  if (rows_.empty()) return;
  size_t prefix = rows_[0].size;
  for (uint32_t i = 1; i < size(); ++i) {
    prefix = std::min(prefix, CommonPrefix(Key(0).substr(0, prefix), Key(i)));
  }
  for (uint32_t i = 0; i < size(); ++i) rows_[i].head = BytesAsNumber(Key(i).substr(prefix));
  std::ranges::sort(rows_, [this](const Entry& a, const Entry& b) {
    if (a.head != b.head) return a.head < b.head;
    const std::string_view left(bytes_.data() + a.offset, a.size);
    const std::string_view right(bytes_.data() + b.offset, b.size);
    const int order = left.compare(right);
    // Offsets ascend as the rows came.
    return order != 0 ? order < 0 : a.offset < b.offset;
  });
}

std::vector<KeyDelta> SortedDelta::Sum(Unchanged unchanged) const {
  std::vector<KeyDelta> out;
  out.reserve(size());
  for (uint32_t from = 0; from < size();) {
    uint32_t to = from + 1;
    while (to < size() && rows_[to].head == rows_[from].head && Key(to) == Key(from)) ++to;
    SumRows(from, to, unchanged, out);
    from = to;
  }
  return out;
}

void SortedDelta::SumRows(uint32_t from, uint32_t to, Unchanged unchanged,
                          std::vector<KeyDelta>& out) const {
  KeyDelta sum;
  sum.key = from;
  if (layout_.key == ViewKey::kBag) {
    for (uint32_t i = from; i < to; ++i) {
      CHECK(!__builtin_add_overflow(sum.weight, rows_[i].weight, &sum.weight),
            "a multiplicity exceeds 64 bits");
    }
    sum.new_row = rows_[from].place;
    if (sum.weight != 0) out.push_back(sum);
    return;
  }
  // Few rows have one key: compare the images of each with each.
  struct Image {
    std::string bytes;
    Weight weight = 0;
    bool deleted_first = false;
    DeltaRow place;
  };
  std::vector<Image> images;
  for (uint32_t i = from; i < to; ++i) {
    const Entry& entry = rows_[i];
    std::string bytes;
    if (to - from > 1) AppendImage(delta_[entry.place.batch], entry.place.row, bytes);
    auto same = std::ranges::find(images, bytes, &Image::bytes);
    if (same == images.end()) {
      images.push_back({std::move(bytes), 0, entry.weight < 0, entry.place});
      same = images.end() - 1;
    }
    same->weight += entry.weight;
    same->place = entry.place;
  }
  for (const Image& image : images) {
    const bool back = image.weight == 0 && image.deleted_first && unchanged == Unchanged::kKeep;
    if (image.weight < 0 || back) {
      sum.old_rows += back ? 1 : static_cast<uint32_t>(-image.weight);
      sum.old_row = image.place;
    }
    if (image.weight > 0 || back) {
      sum.new_rows += back ? 1 : static_cast<uint32_t>(image.weight);
      sum.new_row = image.place;
    }
  }
  if (sum.old_rows + sum.new_rows == 0 && unchanged == Unchanged::kDrop) return;
  if (sum.new_rows == 0) sum.new_row = images.front().place;
  out.push_back(sum);
}

}  // namespace riverrun::storage
