#include "storage/run/run_merger.h"

#include <algorithm>
#include <cstring>

namespace riverrun::storage {
namespace {

// A slice of one block that is at least so long leaves as it is, without a copy.
constexpr uint32_t kWholeSliceRows = 1024;
constexpr size_t kBlocksLookedAt = 16;

}  // namespace

void MergedRows::Clear() {
  blocks.clear();
  slices.clear();
  weights.clear();
  rows = 0;
}

Batch MergedRows::ToBatch(const ViewLayout& layout, std::span<const int> columns,
                          StringMemory strings, MemoryBudget* budget) const {
  Batch out;
  out.rows = rows;
  std::vector<const Column*> sources(blocks.size());
  for (const int column : columns) {
    for (size_t i = 0; i < blocks.size(); ++i) sources[i] = &blocks[i]->rows.columns[column];
    out.columns.push_back(Gather(layout.types[column], sources, slices, rows, strings, budget));
  }
  if (!weights.empty()) {
    auto buffer = Buffer::Allocate(weights.size() * sizeof(Weight), budget);
    std::memcpy(buffer->mutable_as<Weight>(), weights.data(), weights.size() * sizeof(Weight));
    out.weights = std::move(buffer);
  }
  return out;
}

KeyList MergedRows::Keys(MemoryBudget* budget) const {
  std::vector<const KeyList*> sources;
  sources.reserve(blocks.size());
  for (const BlockRef& block : blocks) sources.push_back(&block->keys);
  return KeyList::Gather(sources, slices, rows, budget);
}

void RunMerger::Add(RunRef run, const std::optional<KeyRange>& range) {
  auto source = std::make_unique<Source>();
  if (range) {
    source->low = range->low;
    source->high = range->high;
    source->next_block = run->BlockOf(range->low);
  }
  source->run = std::move(run);
  source->age = static_cast<uint32_t>(sources_.size());
  sources_.push_back(std::move(source));
}

void RunMerger::Add(std::unique_ptr<BlockStream> stream, const std::optional<KeyRange>& range) {
  auto source = std::make_unique<Source>();
  if (range) {
    source->low = range->low;
    source->high = range->high;
  }
  source->stream = std::move(stream);
  source->age = static_cast<uint32_t>(sources_.size());
  sources_.push_back(std::move(source));
}

// Makes the source's next entry readable; false at its end.
Result<bool> RunMerger::LoadBlock(Source& source) {
  for (;;) {
    if (source.run != nullptr) {
      const auto& blocks = source.run->blocks();
      source.block = source.next_block < blocks.size() ? blocks[source.next_block++] : nullptr;
    } else {
      auto next = source.stream->Next();
      if (!next) return std::unexpected(next.error());
      source.block = *std::move(next);
    }
    if (source.block == nullptr) return false;
    const KeyList& keys = source.block->keys;
    source.row = source.low.empty() ? 0 : keys.LowerBound(source.low, 0, keys.size());
    const bool cut = !source.high.empty() && keys.back() >= source.high;
    source.end = cut ? keys.LowerBound(source.high, source.row, keys.size()) : keys.size();
    if (source.row < source.end) break;
    if (cut) return false;
  }
  source.low.clear();
  source.head = KeyHead(source.key());
  return true;
}

bool RunMerger::Before(const Source& a, const Source& b) {
  if (a.head != b.head) return a.head < b.head;
  const int order = a.key().compare(b.key());
  return order != 0 ? order < 0 : a.age < b.age;
}

Result<void> RunMerger::Start() {
  started_ = true;
  std::vector<std::unique_ptr<Source>> loaded;
  for (std::unique_ptr<Source>& source : sources_) {
    auto has_rows = LoadBlock(*source);
    if (!has_rows) return std::unexpected(has_rows.error());
    if (*has_rows) loaded.push_back(std::move(source));
  }
  sources_ = std::move(loaded);
  std::ranges::sort(sources_, [](const auto& a, const auto& b) { return Before(*a, *b); });
  return {};
}

// Puts the first source, whose key has grown, where it belongs.
void RunMerger::SinkFirst() {
  size_t at = 0;
  for (; at + 1 < sources_.size() && Before(*sources_[at + 1], *sources_[at]); ++at) {
    std::swap(sources_[at], sources_[at + 1]);
  }
}

// Consumes entries of the first source.
Result<void> RunMerger::Advance(uint32_t count) {
  Source& first = *sources_.front();
  consumed_ += count;
  first.row += count;
  if (first.row < first.end) {
    first.head = KeyHead(first.key());
  } else {
    auto has_rows = LoadBlock(first);
    if (!has_rows) return std::unexpected(has_rows.error());
    if (!*has_rows) {
      sources_.erase(sources_.begin());
      return {};
    }
  }
  SinkFirst();
  return {};
}

// How many entries of the first source come before every other source's next key.
uint32_t RunMerger::AloneCount(uint32_t rows_max) const {
  const Source& first = *sources_.front();
  const uint32_t end = std::min(first.end, first.row + rows_max);
  if (sources_.size() == 1) return end - first.row;
  const Source& second = *sources_[1];
  if (first.head == second.head && first.key() == second.key()) return 0;
  return first.block->keys.GallopTo(second.key(), first.row + 1, end) - first.row;
}

void RunMerger::AppendSlice(const Source& source, uint32_t row, uint32_t count, MergedRows& out) {
  // A merge alternates between few blocks: look a little way back before adding one more.
  size_t at = out.blocks.size();
  const size_t stop = at > kBlocksLookedAt ? at - kBlocksLookedAt : 0;
  while (at > stop && out.blocks[at - 1] != source.block) --at;
  if (at == stop) {
    out.blocks.push_back(source.block);
    at = out.blocks.size();
  }
  out.slices.push_back({static_cast<uint16_t>(at - 1), static_cast<uint16_t>(row),
                        static_cast<uint16_t>(count)});
  out.rows += count;
}

void RunMerger::AppendAlone(uint32_t count, MergedRows& out) {
  const Source& first = *sources_.front();
  const Batch& rows = first.block->rows;
  const bool plain = rows.weights == nullptr;
  if (plain || key_ == ViewKey::kBag || tombstones_ == Tombstones::kKeep) {
    if (!plain && out.weights.empty()) out.weights.assign(out.rows, 1);
    AppendSlice(first, first.row, count, out);
    if (plain && !out.weights.empty()) out.weights.resize(out.rows, 1);
    for (uint32_t i = 0; !plain && i < count; ++i) {
      out.weights.push_back(rows.WeightOf(first.row + i));
    }
    return;
  }
  // Without the tombstones every weight left is 1.
  for (uint32_t i = 0; i < count;) {
    uint32_t run = 0;
    while (i + run < count && rows.WeightOf(first.row + i + run) != 0) ++run;
    if (run > 0) AppendSlice(first, first.row + i, run, out);
    i += run + 1;
  }
}

// Consumes the entries of the least key, which several sources have; the newest stands first.
Result<void> RunMerger::AppendTied(MergedRows& out) {
  const BlockRef block = sources_[0]->block;
  const uint32_t row = sources_[0]->row;
  const std::string_view key = block->keys[row];
  const KeyHead head = sources_[0]->head;
  Weight weight = 0;
  bool newest = true;
  const Source* source = sources_[0].get();
  do {
    const Weight more = source->block->rows.WeightOf(source->row);
    if (key_ == ViewKey::kBag) {
      CHECK(!__builtin_add_overflow(weight, more, &weight), "a multiplicity exceeds 64 bits");
    } else if (newest) {
      weight = more;
    }
    if (newest && (key_ == ViewKey::kBag || weight != 0 || tombstones_ == Tombstones::kKeep)) {
      AppendSlice(*source, row, 1, out);
    }
    newest = false;
    if (auto advanced = Advance(1); !advanced) return advanced;
    source = sources_.empty() ? nullptr : sources_.front().get();
  } while (source != nullptr && source->head == head && source->key() == key);
  if (key_ == ViewKey::kBag && weight == 0) {
    out.slices.pop_back();
    --out.rows;
  } else if (weight != 0 || tombstones_ == Tombstones::kKeep) {
    if (weight == 1 && out.weights.empty()) return {};
    out.weights.resize(out.rows - 1, 1);
    out.weights.push_back(weight);
  }
  return {};
}

Result<bool> RunMerger::Next(uint32_t rows_max, MergedRows& out) {
  if (!started_) {
    if (auto started = Start(); !started) return std::unexpected(started.error());
  }
  const bool had_rows = !sources_.empty();
  while (!sources_.empty() && out.rows < rows_max) {
    const uint32_t alone = AloneCount(rows_max - out.rows);
    if (alone == 0) {
      if (auto appended = AppendTied(out); !appended) return std::unexpected(appended.error());
      continue;
    }
    // What came before leaves first, and then the long slice by itself.
    const bool apart = chunks_ == Chunks::kLongSlicesApart && alone >= kWholeSliceRows;
    if (apart && out.rows > 0) break;
    AppendAlone(alone, out);
    if (auto advanced = Advance(alone); !advanced) return std::unexpected(advanced.error());
    if (apart) break;
  }
  return had_rows;
}

}  // namespace riverrun::storage
