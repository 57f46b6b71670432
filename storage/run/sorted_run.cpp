#include "storage/run/sorted_run.h"

#include <array>

#include "types/codec/hash.h"

namespace riverrun::storage {
namespace {

constexpr uint32_t kKeysAhead = 16;

size_t BufferBytes(const BufferRef& buffer) { return buffer == nullptr ? 0 : buffer->size(); }

size_t ColumnBytes(const Column& column) {
  size_t bytes =
      BufferBytes(column.values) + BufferBytes(column.nulls) + BufferBytes(column.scales);
  for (const BufferRef& pin : column.pins) bytes += BufferBytes(pin);
  return bytes;
}

}  // namespace

size_t RunBlock::bytes() const {
  size_t bytes = sizeof(RunBlock) + keys.bytes() + BufferBytes(rows.weights);
  for (const Column& column : rows.columns) bytes += sizeof(Column) + ColumnBytes(column);
  return bytes;
}

SortedRun::SortedRun(std::vector<BlockRef> blocks, std::optional<BloomFilter> bloom,
                     MemoryBudget* budget)
    : blocks_(std::move(blocks)), bloom_(std::move(bloom)), budget_(budget) {
  KeyList::Builder last_keys;
  for (const BlockRef& block : blocks_) {
    CHECK(block->rows.rows > 0 && block->keys.size() == block->rows.rows);
    last_keys.Append(block->keys.back());
    entries_ += block->rows.rows;
    bytes_ += block->bytes();
  }
  last_keys_ = last_keys.Finish(budget_);
  own_bytes_ = sizeof(SortedRun) + (bloom_ ? bloom_->bytes() : 0) +
               blocks_.size() * (sizeof(BlockRef) + sizeof(RunBlock));
  bytes_ += own_bytes_ + last_keys_.bytes();
  if (budget_ != nullptr) budget_->Reserve(own_bytes_);
}

SortedRun::~SortedRun() {
  if (budget_ != nullptr) budget_->Release(own_bytes_);
}

uint32_t SortedRun::BlockOf(std::string_view key) const {
  return last_keys_.LowerBound(key, 0, last_keys_.size());
}

std::optional<RowPlace> SortedRun::Find(std::string_view key, uint64_t hash) const {
  if (bloom_ && !bloom_->MayContain(hash)) return std::nullopt;
  const uint32_t at = BlockOf(key);
  if (at == blocks_.size()) return std::nullopt;
  const RunBlock& block = *blocks_[at];
  const uint32_t row = block.keys.LowerBound(key, 0, block.rows.rows);
  if (block.keys[row] != key) return std::nullopt;
  return RowPlace{&block, row};
}

void RunBuilder::Add(KeyList keys, Batch rows) {
  CHECK(keys.size() == rows.rows && rows.rows > 0 && rows.selection == nullptr);
  if (bloom_) AddToFilter(keys);
  entries_ += rows.rows;
  blocks_.push_back(std::make_shared<RunBlock>(RunBlock{std::move(keys), std::move(rows)}));
}

// A large filter lies outside the caches: ask for its lines some keys ahead.
void RunBuilder::AddToFilter(const KeyList& keys) {
  std::array<uint64_t, kBatchRowsMax> hashes;
  for (uint32_t i = 0; i < keys.size(); ++i) hashes[i] = HashBytes(keys[i]);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (i + kKeysAhead < keys.size()) bloom_->Prefetch(hashes[i + kKeysAhead]);
    bloom_->Add(hashes[i]);
  }
}

RunRef RunBuilder::Finish() {
  if (blocks_.empty()) return nullptr;
  return std::make_shared<SortedRun>(std::move(blocks_), std::move(bloom_), budget_);
}

}  // namespace riverrun::storage
