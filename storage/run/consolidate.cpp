#include "storage/run/consolidate.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

uint64_t BytesAsNumber(std::string_view bytes) { return KeyHead(bytes).high; }

// How many of the first `size` bytes of two keys are the same.
size_t CommonPrefix(const char* a, const char* b, size_t size) {
  size_t same = 0;
  for (; same + 8 <= size; same += 8) {
    uint64_t left, right;
    std::memcpy(&left, a + same, 8);
    std::memcpy(&right, b + same, 8);
    if (left != right) return same + static_cast<size_t>(std::countr_zero(left ^ right)) / 8;
  }
  while (same < size && a[same] == b[same]) ++same;
  return same;
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
  if (layout_.key == ViewKey::kColumns) {
    KeyBatch keys;
    keys.BuildKeys(batch, layout_.key_columns);
    uint32_t i = 0;
    ForEachRow(batch.rows, batch.selection,
               [&](uint32_t row) { AddRow(keys.key(i++), batch, number, row); });
    return;
  }
  std::string key;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    key.clear();
    AppendViewKey(layout_, batch, row, key);
    AddRow(key, batch, number, row);
  });
}

void SortedDelta::AddRow(std::string_view key, const Batch& batch, uint32_t number, uint32_t row) {
  Entry entry;
  entry.offset = bytes_.size();
  entry.size = static_cast<uint32_t>(key.size());
  entry.place = {number, static_cast<uint16_t>(row)};
  entry.weight = batch.WeightOf(row);
  if (entry.weight == 0) return;
  bytes_.insert(bytes_.end(), key.begin(), key.end());
  rows_.push_back(entry);
}

void SortedDelta::Sort() {
  if (rows_.empty()) return;
  size_t prefix = rows_[0].size;
  for (uint32_t i = 1; i < size(); ++i) {
    const std::string_view key = Key(i);
    prefix = CommonPrefix(Key(0).data(), key.data(), std::min(prefix, key.size()));
  }
  // What is sorted is small: the 8 bytes behind what all keys begin with, and where the row is.
  struct Sorted {
    uint64_t head;
    uint32_t row;
  };
  std::vector<Sorted> order(size());
  for (uint32_t i = 0; i < size(); ++i) order[i] = {BytesAsNumber(Key(i).substr(prefix)), i};
  std::ranges::sort(order, [this](const Sorted& a, const Sorted& b) {
    if (a.head != b.head) return a.head < b.head;
    const int keys = Key(a.row).compare(Key(b.row));
    return keys != 0 ? keys < 0 : a.row < b.row;  // rows are numbered as they came
  });
  std::vector<Entry> rows;
  rows.reserve(order.size());
  heads_.reserve(order.size());
  for (const Sorted& sorted : order) {
    rows.push_back(rows_[sorted.row]);
    heads_.push_back(sorted.head);
  }
  rows_ = std::move(rows);
}

std::vector<KeyDelta> SortedDelta::Sum(Unchanged unchanged) const {
  std::vector<KeyDelta> out;
  out.reserve(size());
  for (uint32_t from = 0; from < size();) {
    uint32_t to = from + 1;
    while (to < size() && SameKey(to, from)) ++to;
    if (to - from == 1) {
      out.push_back(OneRow(from));
    } else {
      SumRows(from, to, unchanged, out);
    }
    from = to;
  }
  return out;
}

// A key with one row, as most have: there is nothing to add up.
KeyDelta SortedDelta::OneRow(uint32_t i) const {
  const Entry& entry = rows_[i];
  KeyDelta sum;
  sum.key = i;
  sum.new_row = entry.place;
  if (layout_.key == ViewKey::kBag) {
    sum.weight = entry.weight;
  } else if (entry.weight > 0) {
    sum.new_rows = static_cast<uint32_t>(entry.weight);
  } else {
    sum.old_rows = static_cast<uint32_t>(-entry.weight);
    sum.old_row = entry.place;
  }
  return sum;
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
    AppendImage(delta_[entry.place.batch], entry.place.row, bytes);
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
