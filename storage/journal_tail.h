// The newest records of the journal, in memory.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "types/id.h"
#include "types/memory_budget.h"

namespace riverrun::storage {

/// Keeps the bytes of the newest records without a gap, so that readers that are close behind read
/// no file. A cache: it gives way when the budget is short. Guarded by its owner.
class JournalTail {
 public:
  struct Record {
    Lsn lsn = 0;
    Lsn next = 0;
    std::shared_ptr<const std::string> bytes;
  };

  JournalTail(uint64_t bytes_max, MemoryBudget* budget) : bytes_max_(bytes_max), budget_(budget) {}
  JournalTail(const JournalTail&) = delete;
  JournalTail& operator=(const JournalTail&) = delete;
  ~JournalTail() { Clear(); }

  /// Adds the record that follows the last one added. Forgets the oldest, or this one and all.
  void Add(Lsn lsn, Lsn next, std::string bytes);
  /// Null when the record is not here.
  const Record* Find(Lsn lsn) const;
  void Clear();

 private:
  void DropOldest();

  const uint64_t bytes_max_;
  MemoryBudget* const budget_;
  std::deque<Record> records_;
  uint64_t bytes_ = 0;
};

}  // namespace riverrun::storage
