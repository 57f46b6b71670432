#include "storage/journal_tail.h"

#include <algorithm>

namespace riverrun::storage {

void JournalTail::Add(Lsn lsn, Lsn next, std::string bytes) {
  const uint64_t size = bytes.size();
  while (!records_.empty() && bytes_ + size > bytes_max_) DropOldest();
  // Without this record those before it are no tail any more.
  const bool fits = size <= bytes_max_ && (budget_ == nullptr || budget_->TryReserve(size));
  if (!fits) {
    Clear();
    return;
  }
  bytes_ += size;
  records_.push_back({lsn, next, std::make_shared<const std::string>(std::move(bytes))});
}

const JournalTail::Record* JournalTail::Find(Lsn lsn) const {
  const auto found = std::ranges::lower_bound(records_, lsn, {}, &Record::lsn);
  return found != records_.end() && found->lsn == lsn ? &*found : nullptr;
}

void JournalTail::Clear() {
  while (!records_.empty()) DropOldest();
}

void JournalTail::DropOldest() {
  const uint64_t size = records_.front().bytes->size();
  bytes_ -= size;
  if (budget_ != nullptr) budget_->Release(size);
  records_.pop_front();
}

}  // namespace riverrun::storage
