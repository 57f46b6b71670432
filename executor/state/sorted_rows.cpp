#include "executor/state/sorted_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace riverrun::executor {
namespace {

constexpr size_t kHeadBytes = 16;

size_t BytesOf(const BufferRef& buffer) { return buffer == nullptr ? 0 : buffer->size(); }

size_t BytesOf(const Batch& batch) {
  size_t bytes = BytesOf(batch.selection) + BytesOf(batch.weights);
  for (const Column& column : batch.columns) {
    bytes += BytesOf(column.values) + BytesOf(column.nulls) + BytesOf(column.scales);
  }
  return bytes;
}

}  // namespace

void SortedRows::Add(Batch batch) {
  // A thin selection would keep a whole batch for a few rows.
  if (batch.selected() < batch.rows / 2) batch = Compact(std::move(batch));
  const auto number = static_cast<uint32_t>(batches_.size());
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    key_.clear();
    AppendSortKey(batch, order_, row, key_);
    unsigned char head[kHeadBytes] = {};
    std::memcpy(head, key_.data(), std::min(key_.size(), kHeadBytes));
    Entry entry{0, 0, static_cast<uint32_t>(places_.size()), key_.size() > kHeadBytes};
    std::memcpy(&entry.high, head, 8);
    std::memcpy(&entry.low, head + 8, 8);
    entry.high = std::byteswap(entry.high);
    entry.low = std::byteswap(entry.low);
    places_.push_back({number, row, rests_.size()});
    if (entry.has_rest != 0) {
      const auto size = static_cast<uint32_t>(key_.size() - kHeadBytes);
      rests_.append(reinterpret_cast<const char*>(&size), sizeof(size));
      rests_.append(key_, kHeadBytes);
    }
    entries_.push_back(entry);
    retracts_ |= batch.WeightOf(row) < 0;
  });
  CHECK(places_.size() < UINT32_MAX, "too many rows to sort");
  batch_bytes_ += BytesOf(batch);
  batches_.push_back(std::move(batch));
  CountHeld();
}

size_t SortedRows::HeldBytes() const {
  return batch_bytes_ + entries_.capacity() * sizeof(Entry) + places_.capacity() * sizeof(Place) +
         rows_.capacity() * sizeof(Row) + rests_.capacity();
}

void SortedRows::CountHeld() {
  const size_t held = HeldBytes();
  if (held <= counted_bytes_) return;
  arena_.Reserve(held - counted_bytes_);
  counted_bytes_ = held;
}

std::string_view SortedRows::RestOf(const Entry& entry) const {
  const char* at = rests_.data() + places_[entry.place].rest;
  uint32_t size;
  std::memcpy(&size, at, sizeof(size));
  return {at + sizeof(size), size};
}

bool SortedRows::Less(const Entry& a, const Entry& b) const {
  if (a.high != b.high) return a.high < b.high;
  if (a.low != b.low) return a.low < b.low;
  return a.has_rest != 0 && b.has_rest != 0 && RestOf(a) < RestOf(b);
}

Weight SortedRows::WeightOf(const Entry& entry) const {
  const Place& place = places_[entry.place];
  return batches_[place.batch].WeightOf(place.row);
}

void SortedRows::Sort(std::optional<uint64_t> copies_max) {
  if (copies_max) CutTo(*copies_max);
  const auto less = [this](const Entry& a, const Entry& b) { return Less(a, b); };
  std::sort(entries_.begin(), entries_.end(), less);
  rows_.reserve(entries_.size());
  for (size_t begin = 0; begin < entries_.size();) {
    size_t end = begin + 1;
    while (end < entries_.size() && !Less(entries_[begin], entries_[end])) ++end;
    AddRun(std::span(entries_).subspan(begin, end - begin));
    begin = end;
  }
  CountHeld();
}

// Drops what lies behind the first copies, which are among as many first rows, and their equals,
// as long as no row takes back another.
void SortedRows::CutTo(uint64_t copies) {
  if (retracts_ || copies == 0 || copies >= entries_.size() / 2) return;
  const auto less = [this](const Entry& a, const Entry& b) { return Less(a, b); };
  const auto last = entries_.begin() + static_cast<ptrdiff_t>(copies) - 1;
  std::nth_element(entries_.begin(), last, entries_.end(), less);
  const Entry cut = *last;
  entries_.erase(std::partition(last + 1, entries_.end(),
                                [&](const Entry& entry) { return !Less(cut, entry); }),
                 entries_.end());
}

// Rows with equal sort keys: by image, equal ones together.
void SortedRows::AddRun(std::span<const Entry> run) {
  const auto add = [&](const Entry& entry) {
    const Place& place = places_[entry.place];
    rows_.push_back({place.batch, place.row, WeightOf(entry)});
  };
  if (run.size() == 1) {
    if (WeightOf(run[0]) != 0) add(run[0]);
    return;
  }
  std::string images;
  std::vector<size_t> ends;
  ends.reserve(run.size());
  for (const Entry& entry : run) {
    const Place& place = places_[entry.place];
    AppendImage(batches_[place.batch], place.row, images);
    ends.push_back(images.size());
  }
  const auto image = [&](uint32_t i) {
    const size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(images).substr(begin, ends[i] - begin);
  };
  std::vector<uint32_t> by_image(run.size());
  std::iota(by_image.begin(), by_image.end(), 0u);
  std::ranges::sort(by_image, [&](uint32_t a, uint32_t b) { return image(a) < image(b); });
  for (size_t i = 0; i < by_image.size();) {
    const size_t first = i;
    Weight weight = 0;
    for (; i < by_image.size() && image(by_image[i]) == image(by_image[first]); ++i) {
      weight += WeightOf(run[by_image[i]]);
    }
    if (weight == 0) continue;
    add(run[by_image[first]]);
    rows_.back().weight = weight;
  }
}

void SortedRows::Clear() {
  // What one large epoch took goes back to the system; a small one keeps its room for the next,
  // and that is little enough not to be counted while it is empty.
  constexpr size_t kKeptBytes = size_t{64} << 10;
  batches_.clear();
  entries_.clear();
  places_.clear();
  rests_.clear();
  rows_.clear();
  batch_bytes_ = 0;
  retracts_ = false;
  if (HeldBytes() > kKeptBytes) {
    std::vector<Entry>().swap(entries_);
    std::vector<Place>().swap(places_);
    std::vector<Row>().swap(rows_);
    std::string().swap(rests_);
  }
  arena_.Release(counted_bytes_);
  counted_bytes_ = 0;
}

}  // namespace riverrun::executor
