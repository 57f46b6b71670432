// ORDER BY ... LIMIT ... OFFSET: the first rows of an order, kept right while rows come and go.
//
// The rows of an epoch are collected and sorted at its barrier. From there three ways:
//   - read once (the first barrier is the final one): they leave in order, cut by offset and limit;
//   - no limit and no offset: what changes leaves as it came, consolidated; nothing is kept;
//   - else they go into an OrderedMultiset of all rows, and what leaves is the difference between
//     the window of copies [offset, offset + limit) before and after.
// The multiset holds all rows even where the input never retracts; keeping only the window then is
// an optimisation that the spec has no word for yet.

#include <algorithm>
#include <deque>
#include <limits>

#include "executor/operators/operators.h"
#include "executor/state/memory_alarm.h"
#include "executor/state/ordered_multiset.h"
#include "executor/state/sorted_rows.h"
#include "types/codec/bytes.h"

namespace riverrun::executor {
namespace {

// Copies of rows in order: what is in the output. A key is a sort key, an image, and the size of
// the sort key, so that bytes order as the rows do and the image can be read.
struct Window {
  struct Entry {
    size_t offset;
    size_t size;
    Weight weight;
  };
  std::string bytes;
  std::vector<Entry> entries;
  Weight weight = 0;

  std::string_view key(size_t i) const {
    return std::string_view(bytes).substr(entries[i].offset, entries[i].size);
  }
  void Add(std::string_view key, Weight copies) {
    entries.push_back({bytes.size(), key.size(), copies});
    bytes.append(key);
    weight += copies;
  }
};

std::string_view ImageOf(std::string_view key) {
  uint32_t sort_key_size;
  std::memcpy(&sort_key_size, key.data() + key.size() - sizeof(sort_key_size),
              sizeof(sort_key_size));
  return key.substr(sort_key_size, key.size() - sizeof(sort_key_size) - sort_key_size);
}

// Takes the copies [offset, offset + limit) of rows that are met in order.
class Cut {
 public:
  Cut(uint64_t offset, std::optional<uint64_t> limit)
      : skip_(offset), left_(limit.value_or(std::numeric_limits<uint64_t>::max())) {}
  /// How many of a row's copies are taken. REQUIRES copies >= 0.
  Weight Take(Weight copies) {
    const uint64_t skipped = std::min(skip_, static_cast<uint64_t>(copies));
    skip_ -= skipped;
    const uint64_t taken = std::min(left_, static_cast<uint64_t>(copies) - skipped);
    left_ -= taken;
    return static_cast<Weight>(taken);
  }
  bool done() const { return left_ == 0; }

 private:
  uint64_t skip_;
  uint64_t left_;
};

class TopN : public Operator {
 public:
  TopN(const TopNSpec& spec, const OperatorContext& context)
      : spec_(spec),
        types_(*context.inputs),
        budget_(context.budget),
        arena_(context.budget),
        alarm_(types_),
        epoch_rows_(spec.order, arena_),
        cut_(spec.offset, spec.limit) {}
  ~TopN() override { all_rows_.Clear(arena_); }

  void OnStart(StartMode mode, Output&) override { fresh_ = mode == StartMode::kFresh; }
  Step OnBatch(int, Batch batch, Output& out) override {
    epoch_rows_.Add(std::move(batch));
    alarm_.Check(arena_, out);
    return Step::kDone;
  }
  Step OnWatermark(int, Watermark, Output&) override { return Step::kDone; }
  Step OnBarrier(const Barrier& barrier, Output& out) override;
  Step Resume(Output& out) override { return Emit(out); }

 private:
  // What a barrier emits, and in which order.
  enum class Pass : uint8_t { kNone, kInOrder, kRetractions, kInsertions };

  bool unlimited() const { return !spec_.limit && spec_.offset == 0; }
  Step Emit(Output& out);
  Batch NextRows();
  void ApplyEpoch();
  bool WindowStays();
  Window MakeWindow() const;
  void EmitDifference(const Window& before, const Window& after);
  void AppendKey(const SortedRows::Row& row, std::string& key) const;

  const TopNSpec spec_;
  const std::vector<Type> types_;
  MemoryBudget* const budget_;
  StateArena arena_;
  MemoryAlarm alarm_;
  SortedRows epoch_rows_;
  OrderedMultiset all_rows_;
  Window window_;
  bool fresh_ = true;  // no barrier has passed since a start without state

  // While a barrier is under way: the pass over the sorted rows, and batches made already.
  Pass pass_ = Pass::kNone;
  size_t next_row_ = 0;
  Cut cut_;
  std::deque<Batch> ready_;
};

Step TopN::OnBarrier(const Barrier& barrier, Output& out) {
  const bool read_once = fresh_ && barrier.final;
  std::optional<uint64_t> copies_max;
  if (read_once && spec_.limit &&
      *spec_.limit <= std::numeric_limits<uint64_t>::max() - spec_.offset) {
    copies_max = spec_.offset + *spec_.limit;
  }
  epoch_rows_.Sort(copies_max);
  next_row_ = 0;
  if (read_once || (fresh_ && unlimited())) {
    pass_ = Pass::kInOrder;
  } else if (unlimited()) {
    pass_ = Pass::kRetractions;
  } else {
    ApplyEpoch();
    epoch_rows_.Clear();
  }
  fresh_ = false;
  alarm_.Check(arena_, out);
  return Emit(out);
}

Step TopN::Emit(Output& out) {
  while (pass_ != Pass::kNone || !ready_.empty()) {
    if (out.Closed()) {
      ready_.clear();
      pass_ = Pass::kNone;
      break;
    }
    Batch batch;
    if (!ready_.empty()) {
      batch = std::move(ready_.front());
      ready_.pop_front();
    } else {
      batch = NextRows();
    }
    if (batch.rows == 0) continue;
    out.Emit(std::move(batch));
    if (out.Full()) return Step::kMore;
  }
  epoch_rows_.Clear();
  return Step::kDone;
}

// The next rows of the pass over the sorted rows, at most a batch.
Batch TopN::NextRows() {
  BatchBuilder out(types_, budget_);
  const std::span<const SortedRows::Row> rows = epoch_rows_.rows();
  for (; next_row_ < rows.size() && !out.full(); ++next_row_) {
    const SortedRows::Row& row = rows[next_row_];
    Weight weight = row.weight;
    if (pass_ == Pass::kInOrder) {
      CHECK(weight >= 0, "a row was retracted that had not been inserted");
      if (cut_.done()) break;
      weight = cut_.Take(weight);
    } else if ((weight < 0) != (pass_ == Pass::kRetractions)) {
      continue;
    }
    if (weight != 0) out.AppendRow(epoch_rows_.batch(row), row.row, weight);
  }
  if (!out.full()) {
    pass_ = pass_ == Pass::kRetractions ? Pass::kInsertions : Pass::kNone;
    next_row_ = 0;
  }
  return out.Finish();
}

void TopN::AppendKey(const SortedRows::Row& row, std::string& key) const {
  const Batch& batch = epoch_rows_.batch(row);
  AppendSortKey(batch, spec_.order, row.row, key);
  const auto sort_key_size = static_cast<uint32_t>(key.size());
  AppendImage(batch, row.row, key);
  AppendFixed(key, sort_key_size);
}

// Brings the multiset up to date with the epoch's rows, and makes the batches that the output is
// to get.
void TopN::ApplyEpoch() {
  if (epoch_rows_.rows().empty()) return;
  std::string key;
  for (const SortedRows::Row& row : epoch_rows_.rows()) {
    key.clear();
    AppendKey(row, key);
    const Weight copies = all_rows_.Add(key, row.weight, arena_);
    CHECK(copies >= 0, "a row was retracted that had not been inserted");
  }
  if (WindowStays()) return;
  Window after = MakeWindow();
  EmitDifference(window_, after);
  window_ = std::move(after);
}

// Whether all that changed lies behind a full window.
bool TopN::WindowStays() {
  if (!spec_.limit || window_.entries.empty()) return false;
  if (static_cast<uint64_t>(window_.weight) < *spec_.limit) return false;
  std::string first_changed;
  AppendKey(epoch_rows_.rows().front(), first_changed);
  return first_changed > window_.key(window_.entries.size() - 1);
}

Window TopN::MakeWindow() const {
  Window window;
  if (spec_.offset > static_cast<uint64_t>(all_rows_.weight())) return window;
  Weight into = 0;
  Cut cut(0, spec_.limit);
  for (auto at = all_rows_.AtRank(static_cast<Weight>(spec_.offset), into);
       !at.at_end() && !cut.done(); at.Next()) {
    const OrderedMultiset::Entry entry = at.entry();
    window.Add(entry.key, cut.Take(entry.weight - into));
    into = 0;
  }
  return window;
}

void TopN::EmitDifference(const Window& before, const Window& after) {
  BatchBuilder out(types_, budget_);
  const auto add = [&](std::string_view key, Weight weight) {
    if (weight == 0) return;
    DecodeRow(ImageOf(key), weight, out);
    if (out.full()) ready_.push_back(out.Finish());
  };
  // First what goes, then what comes: a consumer may know a row by a part of it.
  for (const bool insertions : {false, true}) {
    size_t i = 0;
    size_t j = 0;
    while (i < before.entries.size() || j < after.entries.size()) {
      const bool has_old = i < before.entries.size();
      const bool has_new = j < after.entries.size();
      const int order = !has_old ? 1 : !has_new ? -1 : before.key(i).compare(after.key(j));
      const std::string_view key = order <= 0 ? before.key(i) : after.key(j);
      const Weight change =
          (order >= 0 ? after.entries[j].weight : 0) - (order <= 0 ? before.entries[i].weight : 0);
      if ((change > 0) == insertions) add(key, change);
      if (order <= 0) ++i;
      if (order >= 0) ++j;
    }
  }
  if (out.rows() > 0) ready_.push_back(out.Finish());
}

}  // namespace

std::unique_ptr<Operator> MakeTopN(const TopNSpec& spec, const OperatorContext& context) {
  return std::make_unique<TopN>(spec, context);
}

}  // namespace riverrun::executor
