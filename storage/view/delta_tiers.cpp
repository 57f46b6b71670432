#include "storage/view/delta_tiers.h"

namespace riverrun::storage {

DeltaTiers::DeltaTiers(std::shared_ptr<const ViewLayout> layout, MemoryBudget* budget)
    : layout_(std::move(layout)),
      budget_(budget),
      tiers_(layout_.get(), /*keeps_tombstones=*/true, budget) {
  CHECK(layout_->key == ViewKey::kColumns, "a bag has no newest row of a key");
}

void DeltaTiers::Add(Batch rows) { deltas_.push_back(std::move(rows)); }

void DeltaTiers::TruncateTo(size_t deltas) {
  if (deltas < deltas_.size()) deltas_.resize(deltas);
  if (built_ <= deltas) return;
  // Runs merge deltas from before the point with others behind it.
  tiers_.Clear();
  runs_.clear();
  built_ = 0;
}

const std::vector<RunRef>& DeltaTiers::Runs() {
  if (built_ == deltas_.size()) return runs_;
  tiers_.Add(BuildRun(*layout_, std::span(deltas_).subspan(built_), budget_,
                      SameKey::kLastInserted));
  built_ = deltas_.size();
  runs_ = tiers_.runs();
  return runs_;
}

}  // namespace riverrun::storage
