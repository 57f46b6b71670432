// Keyed state of fixed size: group keys to aggregates, one record a key.
//
//   vnode --> sub-table: index of {tag, record number}, open addressing, linear probing
//                        records in chunks of 16, 32, 64 ... that never move
//
// No structure crosses vnodes, so that the records of some vnodes can be shipped, dropped or
// loaded without touching the others, and growth pauses for one sub-table only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "executor/state/state_arena.h"
#include "types/codec/hash.h"
#include "types/codec/key_batch.h"

namespace riverrun::executor {

/// A key with the bytes that its owner keeps for it. Stays where it is until erased.
struct KeyRecord {
  static constexpr size_t kInlineMax = 24;
  static constexpr uint8_t kLong = 255;

  uint32_t number;  // of the record in its sub-table
  uint8_t vnode;
  uint8_t key_size;  // of an inline key; kLong if the key lies elsewhere
  uint16_t unused;
  /// The key, padded with zeros; or its size (8 bytes) and its address.
  std::byte inline_key[kInlineMax];

  std::string_view key() const {
    const auto* bytes = reinterpret_cast<const char*>(inline_key);
    if (key_size != kLong) return {bytes, key_size};
    uint64_t size;
    std::memcpy(&size, inline_key, sizeof(size));
    const char* data;
    std::memcpy(&data, inline_key + sizeof(size), sizeof(data));
    return {data, size};
  }
  /// The owner's bytes: zero when the record is made; aligned to 8.
  std::byte* payload() { return reinterpret_cast<std::byte*>(this + 1); }
  const std::byte* payload() const { return reinterpret_cast<const std::byte*>(this + 1); }
};
static_assert(sizeof(KeyRecord) == 32);

/// A hash table from EqualKeys to records. One thread. Nothing is allocated per row; a new long
/// key takes a block of the arena.
class KeyTable {
 public:
  /// kVnodes: a sub-table for each vnode. kNone: one for all keys, for what is forgotten soon.
  enum class Division : bool { kVnodes, kNone };

  /// Every record has `payload_bytes` for its owner, who must end what lives in them before Erase,
  /// before Clear, and before the table goes. The arena must outlive the table.
  KeyTable(size_t payload_bytes, StateArena& arena, Division division = Division::kVnodes);
  KeyTable(const KeyTable&) = delete;
  KeyTable& operator=(const KeyTable&) = delete;

  /// Records of the keys from `begin` on, as many as `records` has entries; null where there is
  /// none. REQUIRES begin + records.size() <= keys.size().
  void Find(const KeyBatch& keys, uint32_t begin, std::span<KeyRecord*> records);
  /// The same, and makes the records that are missing. Appends each new one to `fresh`, once and
  /// in the order of the keys.
  void FindOrInsert(const KeyBatch& keys, uint32_t begin, std::span<KeyRecord*> records,
                    std::vector<KeyRecord*>& fresh);
  /// Forgets a record, whose memory serves a later one of its vnode.
  void Erase(KeyRecord* record);
  /// Forgets all records, whose memory serves later ones.
  void Clear();

  /// Number of keys.
  size_t size() const { return size_; }
  size_t size(uint16_t vnode) const;
  /// Calls f(record) for every record of a vnode, in no order that means anything. `f` may erase
  /// the record it is given.
  template <class F>
  void ForEach(uint16_t vnode, F&& f) {
    const SubTable* table = tables_[vnode].get();
    if (table == nullptr) return;
    for (uint32_t number = 0; number < table->record_count; ++number) {
      KeyRecord* record = RecordAt(*table, number);
      if (record->number == number) f(record);
    }
  }
  template <class F>
  void ForEach(F&& f) {
    for (uint16_t vnode = 0; vnode < kVnodes; ++vnode) ForEach(vnode, f);
  }

 private:
  // 0 is empty, else the tag in the high half and the number of the record plus 1 in the low.
  using Entry = uint64_t;
  static constexpr uint32_t kFirstChunkBits = 4;
  static constexpr uint32_t kChunks = 27;
  // A free record has, in the place of its number, that of the next free one with this bit set.
  static constexpr uint32_t kFreeBit = 0x80000000;
  static constexpr uint32_t kNoNumber = 0xffffffff;

  struct SubTable {
    uint32_t record_count = 0;  // made so far, free ones included
    uint32_t live = 0;
    uint32_t free = kNoNumber;  // first of the list of free records
    std::array<std::byte*, kChunks> chunks = {};
  };
  // What a lookup reads first, 256 of them side by side: 4 KiB that stay in the first cache.
  struct Index {
    Entry* entries;
    uint32_t shift;  // the slot of a tag is tag >> shift
    uint32_t mask;
  };

  struct Probe {
    std::array<uint64_t, 3> words;  // the inline form of the key
    std::string_view key;
    uint32_t tag;
    uint16_t vnode;
    uint8_t key_size;
  };

  static uint32_t TagOf(Entry entry) { return static_cast<uint32_t>(entry >> 32); }
  static uint32_t NumberOf(Entry entry) { return static_cast<uint32_t>(entry) - 1; }

  KeyRecord* RecordAt(const SubTable& table, uint32_t number) const {
    const uint32_t shifted = number + (1u << kFirstChunkBits);
    const auto chunk = static_cast<uint32_t>(31 - __builtin_clz(shifted)) - kFirstChunkBits;
    const uint32_t offset = shifted - (1u << (chunk + kFirstChunkBits));
    return reinterpret_cast<KeyRecord*>(table.chunks[chunk] + size_t{offset} * record_bytes_);
  }
  uint32_t Tag(uint64_t hash) const {
    return static_cast<uint32_t>(((hash ^ seed_) * 0x9e3779b97f4a7c15u) >> 32);
  }
  uint16_t SubTableOf(const KeyBatch& keys, uint32_t i) const {
    return division_ == Division::kNone ? 0 : keys.vnode(i);
  }
  [[gnu::always_inline]] Probe MakeProbe(const KeyBatch& keys, uint32_t i) const;
  [[gnu::always_inline]] static bool Matches(const KeyRecord& record, const Probe& probe);
  // GCC drops calls of functions that only prefetch, taking them for functions without effect.
  [[gnu::always_inline]] void PrefetchIndex(const KeyBatch& keys, uint32_t i) const;
  [[gnu::always_inline]] void PrefetchRecord(const KeyBatch& keys, uint32_t i) const;
  template <class F>
  void ForEachProbe(const KeyBatch& keys, uint32_t begin, size_t count, F&& f);
  [[gnu::always_inline]] KeyRecord* Lookup(const Probe& probe) const;
  KeyRecord* Insert(const Probe& probe);
  void Store(uint16_t vnode, uint32_t tag, uint32_t number);
  KeyRecord* TakeRecord(SubTable& table, uint32_t& number);
  void GrowIndex(uint16_t vnode);

  void FreeLongKey(const KeyRecord& record);

  const size_t record_bytes_;
  StateArena& arena_;
  const Division division_;
  // Differs from table to table: filling one table in the order of another with the same hash
  // would put all keys side by side.
  const uint64_t seed_;
  size_t size_ = 0;
  size_t long_keys_ = 0;  // records whose key lies elsewhere
  std::array<Entry, 2> no_entries_ = {};  // the index of a vnode without a sub-table
  std::array<Index, kVnodes> index_;
  std::array<std::unique_ptr<SubTable>, kVnodes> tables_;
};

}  // namespace riverrun::executor
