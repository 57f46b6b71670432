#include <algorithm>
#include <vector>

#include "storage/run/consolidate.h"
#include "storage/run/gather.h"
#include "storage/run/sorted_run.h"

namespace riverrun::storage {
namespace {

// The columns of a delta, one value a row.
std::vector<Batch> FlatColumns(std::span<const Batch> delta) {
  std::vector<Batch> flat(delta.begin(), delta.end());
  for (Batch& batch : flat) {
    for (Column& column : batch.columns) column = Flatten(column, batch.rows);
  }
  return flat;
}

BufferRef WeightsOf(std::span<const Weight> weights, MemoryBudget* budget) {
  if (std::ranges::all_of(weights, [](Weight weight) { return weight == 1; })) return nullptr;
  auto buffer = Buffer::Allocate(weights.size_bytes(), budget);
  std::memcpy(buffer->mutable_as<Weight>(), weights.data(), weights.size_bytes());
  return buffer;
}

// The rows of some entries as one block.
Batch GatherRows(const ViewLayout& layout, std::span<const Batch> flat,
                 std::span<const DeltaRow> rows, MemoryBudget* budget) {
  // A block uses few of the batches, and slices number those.
  constexpr uint16_t kNotUsed = UINT16_MAX;
  std::vector<uint16_t> numbers(flat.size(), kNotUsed);
  std::vector<uint32_t> used;
  std::vector<Slice> slices;
  slices.reserve(rows.size());
  for (const DeltaRow& row : rows) {
    uint16_t& number = numbers[row.batch];
    if (number == kNotUsed) {
      number = static_cast<uint16_t>(used.size());
      used.push_back(row.batch);
    }
    slices.push_back({number, row.row, 1});
  }
  Batch out;
  out.rows = static_cast<uint32_t>(rows.size());
  std::vector<const Column*> sources(used.size());
  for (size_t i = 0; i < layout.types.size(); ++i) {
    for (size_t k = 0; k < used.size(); ++k) sources[k] = &flat[used[k]].columns[i];
    out.columns.push_back(
        Gather(layout.types[i], sources, slices, out.rows, StringMemory::kCopy, budget));
  }
  return out;
}

}  // namespace

RunRef BuildRun(const ViewLayout& layout, std::span<const Batch> delta, MemoryBudget* budget,
                SameKey same_key) {
  const SortedDelta sorted(layout, delta);
  return BuildRun(layout, delta, sorted, sorted.Sum(SortedDelta::Unchanged::kDrop), budget,
                  same_key);
}

RunRef BuildRun(const ViewLayout& layout, std::span<const Batch> delta, const SortedDelta& sorted,
                std::span<const KeyDelta> sums, MemoryBudget* budget, SameKey same_key) {
  if (sums.empty()) return nullptr;
  const std::vector<Batch> flat = FlatColumns(delta);
  RunBuilder builder(layout, sums.size(), budget);
  KeyList::Builder keys;
  std::vector<DeltaRow> rows;
  std::vector<Weight> weights;
  for (size_t at = 0; at < sums.size();) {
    rows.clear();
    weights.clear();
    for (; at < sums.size() && rows.size() < kBatchRowsMax; ++at) {
      const KeyDelta& sum = sums[at];
      CHECK(same_key == SameKey::kLastInserted || (sum.old_rows <= 1 && sum.new_rows <= 1),
            "two rows of a view have the same key");
      keys.Append(sorted.Key(sum.key));
      const bool put = layout.key == ViewKey::kBag || sum.new_rows > 0;
      rows.push_back(put ? sum.new_row : sum.old_row);
      weights.push_back(layout.key == ViewKey::kBag ? sum.weight : Weight{put});
    }
    Batch block = GatherRows(layout, flat, rows, budget);
    block.weights = WeightsOf(weights, budget);
    builder.Add(keys.Finish(budget), std::move(block));
  }
  return builder.Finish();
}

}  // namespace riverrun::storage
