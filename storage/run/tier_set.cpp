#include "storage/run/tier_set.h"

#include <algorithm>
#include <numeric>

namespace riverrun::storage {
namespace {

// A run that is not half as large as the next newer one is merged with it.
constexpr uint64_t kSizeRatio = 2;
// Entries merged for each entry added. An entry takes part in about three merges' worth of entries
// at each of some ten sizes, so this keeps up with a steady stream of deltas.
constexpr uint64_t kMergeWorkPerEntry = 32;
constexpr uint64_t kMergeWorkLeast = 4096;

}  // namespace

void TierSet::Add(RunRef run) {
  if (run == nullptr) return;
  const uint64_t work = std::max(kMergeWorkLeast, run->entries() * kMergeWorkPerEntry);
  tiers_.push_back({std::move(run)});
  StartDueMerges();
  WorkOnAll(work);
  while (tiers_.size() > kTiersMax) {
    if (merges_.empty()) StartMerge(CheapestPair());
    const auto left = [](const auto& merge) { return merge->entries - merge->merger.consumed(); };
    Merge& nearest = **std::ranges::min_element(merges_, {}, left);
    Work(nearest, left(&nearest));
    Install(nearest);
    StartDueMerges();
  }
}

void TierSet::Settle() {
  StartDueMerges();
  while (!merges_.empty()) WorkOnAll(UINT64_MAX);
}

void TierSet::Clear() {
  merges_.clear();
  tiers_.clear();
}

void TierSet::StartDueMerges() {
  for (size_t newer = tiers_.size(); newer-- > 1;) {
    const Tier& a = tiers_[newer - 1];
    const Tier& b = tiers_[newer];
    if (a.merging || b.merging) continue;
    if (b.run->entries() * kSizeRatio >= a.run->entries()) StartMerge(newer - 1);
  }
}

size_t TierSet::CheapestPair() const {
  size_t best = 0;
  uint64_t least = UINT64_MAX;
  for (size_t i = 0; i + 1 < tiers_.size(); ++i) {
    if (tiers_[i].merging || tiers_[i + 1].merging) continue;
    const uint64_t entries = tiers_[i].run->entries() + tiers_[i + 1].run->entries();
    if (entries <= least) {
      least = entries;
      best = i;
    }
  }
  CHECK(least != UINT64_MAX, "no two neighbours to merge");
  return best;
}

void TierSet::StartMerge(size_t older) {
  Tier& a = tiers_[older];
  Tier& b = tiers_[older + 1];
  a.merging = b.merging = true;
  const bool lowest = older == 0 && !keeps_tombstones_;
  const auto tombstones = lowest ? RunMerger::Tombstones::kDrop : RunMerger::Tombstones::kKeep;
  const uint64_t entries = a.run->entries() + b.run->entries();
  auto merge = std::make_unique<Merge>(
      Merge{a.run, b.run, RunMerger(layout_->key, tombstones, RunMerger::Chunks::kFull),
            RunBuilder(*layout_, entries, budget_), entries});
  merge->merger.Add(b.run, std::nullopt);
  merge->merger.Add(a.run, std::nullopt);
  merges_.push_back(std::move(merge));
}

// Merges about so many entries; returns how many it were.
uint64_t TierSet::Work(Merge& merge, uint64_t entries) {
  if (all_columns_.size() != layout_->types.size()) {
    all_columns_.resize(layout_->types.size());
    std::iota(all_columns_.begin(), all_columns_.end(), 0);
  }
  const uint64_t before = merge.merger.consumed();
  while (!Done(merge) && merge.merger.consumed() - before < entries) {
    scratch_.Clear();
    const auto more = merge.merger.Next(kBatchRowsMax, scratch_);
    CHECK(more.has_value(), "runs in memory cannot fail to be read");
    if (scratch_.rows == 0) continue;
    merge.builder.Add(scratch_.Keys(budget_),
                      scratch_.ToBatch(*layout_, all_columns_, StringMemory::kCopy, budget_));
  }
  scratch_.Clear();
  return merge.merger.consumed() - before;
}

// Puts a finished merge's run in the place of its inputs.
void TierSet::Install(Merge& merge) {
  const auto older = std::ranges::find(tiers_, merge.older, &Tier::run);
  CHECK(older != tiers_.end() && (older + 1)->run == merge.newer);
  RunRef merged = merge.builder.Finish();
  if (merged == nullptr) {
    tiers_.erase(older, older + 2);
  } else {
    *older = {std::move(merged)};
    tiers_.erase(older + 1);
  }
  std::erase_if(merges_, [&](const auto& other) { return other.get() == &merge; });
}

// The newest merges first: they are the shortest, and they keep the number of runs small.
void TierSet::WorkOnAll(uint64_t entries) {
  while (entries > 0 && !merges_.empty()) {
    const auto newest = std::ranges::max_element(
        merges_, {}, [this](const auto& merge) {
          return std::ranges::find(tiers_, merge->older, &Tier::run) - tiers_.begin();
        });
    Merge& merge = **newest;
    entries -= std::min(entries, Work(merge, entries));
    if (!Done(merge)) return;
    Install(merge);
    StartDueMerges();
  }
}

std::vector<RunRef> TierSet::runs() const {
  std::vector<RunRef> out;
  out.reserve(tiers_.size());
  for (size_t i = tiers_.size(); i-- > 0;) out.push_back(tiers_[i].run);
  return out;
}

uint64_t TierSet::entries() const {
  uint64_t entries = 0;
  for (const Tier& tier : tiers_) entries += tier.run->entries();
  return entries;
}

std::optional<RowPlace> TierSet::Find(std::string_view key, uint64_t hash) const {
  for (size_t i = tiers_.size(); i-- > 0;) {
    if (auto found = tiers_[i].run->Find(key, hash)) return found;
  }
  return std::nullopt;
}

Weight TierSet::SumOf(std::string_view key, uint64_t hash) const {
  Weight sum = 0;
  for (const Tier& tier : tiers_) {
    if (const auto found = tier.run->Find(key, hash)) sum += found->weight();
  }
  return sum;
}

}  // namespace riverrun::storage
