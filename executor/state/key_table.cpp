#include "executor/state/key_table.h"

#include <algorithm>

#include "types/error.h"

namespace riverrun::executor {
namespace {

// How many rows ahead of the one at work its index entry and its record are fetched. Together they
// cover the latency of memory while fewer lines are under way than the core can track.
constexpr size_t kIndexAhead = 24;
constexpr size_t kRecordAhead = 12;
// A table of so few records lies in the caches: asking for its lines is work for nothing.
constexpr size_t kFewRecords = 4096;
constexpr uint32_t kFirstCapacity = 16;
constexpr size_t kCacheLine = 64;

constexpr size_t RoundUp(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

}  // namespace

KeyTable::KeyTable(size_t payload_bytes, StateArena& arena, Division division)
    : record_bytes_(RoundUp(sizeof(KeyRecord) + payload_bytes, 8)),
      arena_(arena),
      division_(division),
      seed_(MixWords(reinterpret_cast<uintptr_t>(this), 0xe7037ed1a0b428dbu)) {
  index_.fill({no_entries_.data(), 31, 1});
}

size_t KeyTable::size(uint16_t vnode) const {
  return tables_[vnode] == nullptr ? 0 : tables_[vnode]->live;
}

inline KeyTable::Probe KeyTable::MakeProbe(const KeyBatch& keys, uint32_t i) const {
  const std::string_view key = keys.key(i);
  Probe probe{.words = {},
              .key = key,
              .tag = Tag(keys.hash(i)),
              .vnode = SubTableOf(keys, i),
              .key_size = static_cast<uint8_t>(key.size())};
  if (key.size() > KeyRecord::kInlineMax) {
    probe.key_size = KeyRecord::kLong;
  } else if (keys.fixed_width() != 0) [[likely]] {
    // Keys of fixed width are padded with zeros to whole words.
    std::memcpy(&probe.words[0], key.data(), 8);
    if (key.size() > 8) std::memcpy(&probe.words[1], key.data() + 8, 8);
    if (key.size() > 16) std::memcpy(&probe.words[2], key.data() + 16, 8);
  } else if (!key.empty()) {
    std::memcpy(probe.words.data(), key.data(), key.size());
  }
  return probe;
}

inline bool KeyTable::Matches(const KeyRecord& record, const Probe& probe) {
  if (record.key_size != probe.key_size) return false;
  if (probe.key_size == KeyRecord::kLong) [[unlikely]]
    return record.key() == probe.key;
  std::array<uint64_t, 3> words;
  std::memcpy(words.data(), record.inline_key, sizeof(words));
  return ((words[0] ^ probe.words[0]) | (words[1] ^ probe.words[1]) |
          (words[2] ^ probe.words[2])) == 0;
}

inline void KeyTable::PrefetchIndex(const KeyBatch& keys, uint32_t i) const {
  const Index& index = index_[SubTableOf(keys, i)];
  __builtin_prefetch(index.entries + (Tag(keys.hash(i)) >> index.shift));
}

inline void KeyTable::PrefetchRecord(const KeyBatch& keys, uint32_t i) const {
  const uint16_t vnode = SubTableOf(keys, i);
  const Index& index = index_[vnode];
  const uint32_t tag = Tag(keys.hash(i));
  uint32_t slot = tag >> index.shift;
  for (int tries = 0; tries < 4; ++tries, slot = (slot + 1) & index.mask) {
    const Entry entry = index.entries[slot];
    if (entry == 0) return;
    if (TagOf(entry) != tag) continue;
    const KeyRecord* found = RecordAt(*tables_[vnode], NumberOf(entry));
    const auto* record = reinterpret_cast<const std::byte*>(found);
    for (size_t at = 0; at < record_bytes_; at += kCacheLine) __builtin_prefetch(record + at, 1);
    __builtin_prefetch(record + record_bytes_ - 1, 1);
    return;
  }
}

inline KeyRecord* KeyTable::Lookup(const Probe& probe) const {
  const Index& index = index_[probe.vnode];
  uint32_t slot = probe.tag >> index.shift;
  for (;; slot = (slot + 1) & index.mask) {
    const Entry entry = index.entries[slot];
    if (entry == 0) return nullptr;
    if (TagOf(entry) != probe.tag) continue;
    KeyRecord* record = RecordAt(*tables_[probe.vnode], NumberOf(entry));
    if (Matches(*record, probe)) [[likely]]
      return record;
  }
}

// Calls f(i, probe) for `count` keys, with the memory of those ahead on its way.
template <class F>
void KeyTable::ForEachProbe(const KeyBatch& keys, uint32_t begin, size_t count, F&& f) {
  if (size_ < kFewRecords) {
    for (size_t i = 0; i < count; ++i) f(i, MakeProbe(keys, begin + static_cast<uint32_t>(i)));
    return;
  }
  for (size_t i = 0; i < std::min(count, kIndexAhead); ++i) {
    PrefetchIndex(keys, begin + static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < std::min(count, kRecordAhead); ++i) {
    PrefetchRecord(keys, begin + static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < count; ++i) {
    const uint32_t key = begin + static_cast<uint32_t>(i);
    if (i + kIndexAhead < count) PrefetchIndex(keys, key + kIndexAhead);
    if (i + kRecordAhead < count) PrefetchRecord(keys, key + kRecordAhead);
    f(i, MakeProbe(keys, key));
  }
}

void KeyTable::Find(const KeyBatch& keys, uint32_t begin, std::span<KeyRecord*> records) {
  ForEachProbe(keys, begin, records.size(),
               [&](size_t i, const Probe& probe) { records[i] = Lookup(probe); });
}

void KeyTable::FindOrInsert(const KeyBatch& keys, uint32_t begin, std::span<KeyRecord*> records,
                            std::vector<KeyRecord*>& fresh) {
  ForEachProbe(keys, begin, records.size(), [&](size_t i, const Probe& probe) {
    KeyRecord* record = Lookup(probe);
    if (record == nullptr) {
      record = Insert(probe);
      fresh.push_back(record);
    }
    records[i] = record;
  });
}

KeyRecord* KeyTable::Insert(const Probe& probe) {
  std::unique_ptr<SubTable>& table = tables_[probe.vnode];
  if (table == nullptr) table = std::make_unique<SubTable>();
  const Index& index = index_[probe.vnode];
  if (table->live + 1 > (index.mask + 1) / 8 * 5) GrowIndex(probe.vnode);
  uint32_t number;
  KeyRecord* record = TakeRecord(*table, number);
  std::memset(static_cast<void*>(record), 0, record_bytes_);
  record->number = number;
  record->vnode = static_cast<uint8_t>(probe.vnode);
  record->key_size = probe.key_size;
  std::array<uint64_t, 3> words = probe.words;
  if (probe.key_size == KeyRecord::kLong) {
    std::byte* bytes = arena_.Allocate(probe.key.size());
    std::memcpy(bytes, probe.key.data(), probe.key.size());
    ++long_keys_;
    words[0] = probe.key.size();
    words[1] = reinterpret_cast<uintptr_t>(bytes);
  }
  std::memcpy(record->inline_key, words.data(), sizeof(words));
  Store(probe.vnode, probe.tag, number);
  ++table->live;
  ++size_;
  return record;
}

KeyRecord* KeyTable::TakeRecord(SubTable& table, uint32_t& number) {
  if (table.free != kNoNumber) {
    number = table.free;
    KeyRecord* record = RecordAt(table, number);
    table.free = record->number == kNoNumber ? kNoNumber : record->number & ~kFreeBit;
    return record;
  }
  number = table.record_count++;
  const uint32_t shifted = number + (1u << kFirstChunkBits);
  if ((shifted & (shifted - 1)) == 0) {  // the first of its chunk
    const auto chunk = static_cast<uint32_t>(31 - __builtin_clz(shifted)) - kFirstChunkBits;
    CHECK(chunk < kChunks, "a vnode has 2^31 keys");
    std::byte*& records = table.chunks[chunk];  // there already if the table has been cleared
    if (records == nullptr) records = arena_.Allocate(size_t{shifted} * record_bytes_);
  }
  return RecordAt(table, number);
}

void KeyTable::Store(uint16_t vnode, uint32_t tag, uint32_t number) {
  const Index& index = index_[vnode];
  uint32_t slot = tag >> index.shift;
  while (index.entries[slot] != 0) slot = (slot + 1) & index.mask;
  index.entries[slot] = Entry{tag} << 32 | (number + 1);
}

void KeyTable::GrowIndex(uint16_t vnode) {
  const Index old = index_[vnode];
  const bool first = old.entries == no_entries_.data();
  const uint32_t capacity = first ? kFirstCapacity : (old.mask + 1) * 2;
  auto* entries = reinterpret_cast<Entry*>(arena_.Allocate(capacity * sizeof(Entry)));
  std::memset(entries, 0, capacity * sizeof(Entry));
  index_[vnode] = {entries, static_cast<uint32_t>(__builtin_clz(capacity - 1)), capacity - 1};
  if (first) return;
  for (uint32_t slot = 0; slot <= old.mask; ++slot) {
    if (old.entries[slot] == 0) continue;
    Store(vnode, TagOf(old.entries[slot]), NumberOf(old.entries[slot]));
  }
  arena_.Free(reinterpret_cast<std::byte*>(old.entries), (size_t{old.mask} + 1) * sizeof(Entry));
}

void KeyTable::Erase(KeyRecord* record) {
  const uint16_t vnode = record->vnode;
  SubTable& table = *tables_[vnode];
  const Index& index = index_[vnode];
  const std::string_view key = record->key();
  const uint32_t tag = Tag(HashBytes(key));
  const Entry sought = Entry{tag} << 32 | (record->number + 1);
  uint32_t hole = tag >> index.shift;
  while (index.entries[hole] != sought) {
    CHECK(index.entries[hole] != 0, "a record that is not in the table is erased");
    hole = (hole + 1) & index.mask;
  }
  // Entries behind the hole move into it unless that is before their own slot.
  for (uint32_t slot = (hole + 1) & index.mask; index.entries[slot] != 0;
       slot = (slot + 1) & index.mask) {
    const uint32_t home = TagOf(index.entries[slot]) >> index.shift;
    if (((slot - home) & index.mask) < ((slot - hole) & index.mask)) continue;
    index.entries[hole] = index.entries[slot];
    hole = slot;
  }
  index.entries[hole] = 0;
  FreeLongKey(*record);
  const uint32_t number = record->number;
  record->number = table.free == kNoNumber ? kNoNumber : table.free | kFreeBit;
  table.free = number;
  --table.live;
  --size_;
}

void KeyTable::FreeLongKey(const KeyRecord& record) {
  if (record.key_size != KeyRecord::kLong) return;
  const std::string_view key = record.key();
  arena_.Free(reinterpret_cast<std::byte*>(const_cast<char*>(key.data())), key.size());
  --long_keys_;
}

void KeyTable::Clear() {
  if (long_keys_ > 0) ForEach([this](KeyRecord* record) { FreeLongKey(*record); });
  for (uint16_t vnode = 0; vnode < kVnodes; ++vnode) {
    if (tables_[vnode] == nullptr) continue;
    SubTable& table = *tables_[vnode];
    table.record_count = table.live = 0;
    table.free = kNoNumber;
    const Index& index = index_[vnode];
    std::memset(index.entries, 0, (size_t{index.mask} + 1) * sizeof(Entry));
  }
  size_ = 0;
}

}  // namespace riverrun::executor
