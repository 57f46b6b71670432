// A multiset of byte strings with signed weights, in the order of the bytes: the values of a
// group's min or max under retraction, the images of a group's key, the rows of a Top-N.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "executor/state/state_arena.h"
#include "types/id.h"

namespace riverrun::executor {

/// Keys with weights. A key whose weights add up to 0 is not in it; negative weights are legal
/// until the barrier, so nothing here asks for their sign.
///
/// Two levels: sorted chunks of up to some 4 KiB, listed in order; up to one chunk there is no
/// list. All memory lies in an arena, the same for every call; Clear gives it back and must be
/// called before the multiset goes. All bytes zero is an empty multiset, so that it may lie in a
/// record. One thread. Views and cursors are good until the next change.
class OrderedMultiset {
 public:
  struct Entry {
    std::string_view key;
    Weight weight;
  };
  class Cursor;

  OrderedMultiset() = default;
  OrderedMultiset(const OrderedMultiset&) = delete;
  OrderedMultiset& operator=(const OrderedMultiset&) = delete;

  /// Adds to the weight of a key and returns what it comes to. Weights wrap modulo 2^64.
  /// REQUIRES key.size() < 2^32.
  Weight Add(std::string_view key, Weight weight, StateArena& arena);
  /// Takes everything out.
  void Clear(StateArena& arena);

  bool empty() const { return size_ == 0; }
  /// Number of different keys.
  uint64_t size() const { return size_; }
  /// Sum of all weights.
  Weight weight() const { return weight_; }

  /// The smallest and the greatest entry. REQUIRES not empty.
  Entry First() const;
  Entry Last() const;
  /// At the first entry; at the end if empty.
  Cursor Begin() const;
  /// At the first entry whose key is not less.
  Cursor Seek(std::string_view key) const;
  /// At the entry that holds the copy with `rank` copies before it, counted from 0; at the end if
  /// there are no more copies. Sets `into` to the number of copies of that entry before it.
  /// REQUIRES no weight is negative, rank >= 0.
  Cursor AtRank(Weight rank, Weight& into) const;

 private:
  // A key's place in a chunk: its bytes grow down from the chunk's end, slots up from its header.
  // Most comparisons end at its head: the first 8 bytes as a number, padded with zeros.
  struct Slot {
    uint64_t head;
    uint32_t offset;
    uint32_t size;
    Weight weight;
  };
  struct Chunk {
    uint32_t capacity;  // bytes, header included
    uint32_t count;     // slots
    uint32_t low;       // offset of the lowest key byte in use
    uint32_t dead;      // key bytes of entries that are gone

    Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
    const Slot* slots() const { return reinterpret_cast<const Slot*>(this + 1); }
    std::string_view key(uint32_t i) const {
      return {reinterpret_cast<const char*>(this) + slots()[i].offset, slots()[i].size};
    }
    uint32_t free_bytes() const {
      return low - static_cast<uint32_t>(sizeof(Chunk) + count * sizeof(Slot));
    }
    uint32_t used_bytes() const { return capacity - free_bytes() - dead; }
  };
  struct Listed {
    Chunk* chunk;
    Weight weight;
  };

  static Chunk* MakeChunk(size_t bytes, StateArena& arena);
  static void FreeChunk(Chunk* chunk, StateArena& arena);
  static void InsertAt(Chunk& chunk, uint32_t at, std::string_view key, Weight weight);
  static void AppendAll(Chunk& to, const Chunk& from, uint32_t begin, uint32_t end);
  static int Compare(const Chunk& chunk, uint32_t at, uint64_t head, std::string_view key);
  static uint32_t LowerBound(const Chunk& chunk, uint64_t head, std::string_view key);
  static Weight WeightOf(const Chunk& chunk);

  bool is_list() const { return list_capacity_ != 0; }
  Chunk* ChunkAt(uint32_t i) const { return is_list() ? list_[i].chunk : single_; }
  void SetChunk(uint32_t i, Chunk* chunk) { (is_list() ? list_[i].chunk : single_) = chunk; }
  uint32_t FindChunk(uint64_t head, std::string_view key) const;
  void Rebuild(uint32_t i, size_t bytes, StateArena& arena);
  void MakeRoom(uint32_t& i, uint32_t& at, size_t bytes, StateArena& arena);
  void Split(uint32_t& i, uint32_t& at, size_t bytes, StateArena& arena);
  void Remove(uint32_t i, uint32_t at, StateArena& arena);
  void MergeWithNext(uint32_t i, StateArena& arena);
  void InsertChunk(uint32_t i, Chunk* chunk, StateArena& arena);
  void RemoveChunk(uint32_t i, StateArena& arena);

  union {
    Chunk* single_ = nullptr;  // the only chunk, or null
    Listed* list_;             // if list_capacity_ is not 0
  };
  uint32_t chunk_count_ = 0;
  uint32_t list_capacity_ = 0;
  uint64_t size_ = 0;
  Weight weight_ = 0;
};

/// A place in a multiset, or behind its last entry.
class OrderedMultiset::Cursor {
 public:
  bool at_end() const { return chunk_ >= set_->chunk_count_; }
  /// REQUIRES not at the end.
  Entry entry() const {
    const Chunk& chunk = *set_->ChunkAt(chunk_);
    return {chunk.key(slot_), chunk.slots()[slot_].weight};
  }
  void Next() {
    if (++slot_ < set_->ChunkAt(chunk_)->count) return;
    ++chunk_;
    slot_ = 0;
  }

  /// Only the multiset knows the numbers.
  Cursor(const OrderedMultiset* set, uint32_t chunk, uint32_t slot)
      : set_(set), chunk_(chunk), slot_(slot) {}

 private:
  const OrderedMultiset* set_;
  uint32_t chunk_;
  uint32_t slot_;
};

}  // namespace riverrun::executor
