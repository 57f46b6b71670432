#include "executor/state/ordered_multiset.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "types/error.h"

namespace riverrun::executor {
namespace {

constexpr size_t kChunkFirst = 128;
constexpr size_t kChunkMax = 4096;
constexpr size_t kMergedMax = kChunkMax * 3 / 4;
constexpr size_t kMergeBelow = kChunkMax / 4;
constexpr uint32_t kListFirst = 4;

// Weights wrap: only sums that matter are looked at, and those fit.
Weight Plus(Weight a, Weight b) {
  return static_cast<Weight>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

uint64_t HeadOf(std::string_view key) {
  uint64_t head = 0;
  if (!key.empty()) std::memcpy(&head, key.data(), std::min(key.size(), sizeof(head)));
  return std::byteswap(head);
}

}  // namespace

OrderedMultiset::Chunk* OrderedMultiset::MakeChunk(size_t bytes, StateArena& arena) {
  // The powers of two are whole cache lines; what is larger holds one large key.
  const size_t capacity = bytes <= kChunkMax ? std::max(kChunkFirst, std::bit_ceil(bytes)) : bytes;
  auto* chunk = reinterpret_cast<Chunk*>(arena.Allocate(capacity));
  *chunk = {static_cast<uint32_t>(capacity), 0, static_cast<uint32_t>(capacity), 0};
  return chunk;
}

void OrderedMultiset::FreeChunk(Chunk* chunk, StateArena& arena) {
  arena.Free(reinterpret_cast<std::byte*>(chunk), chunk->capacity);
}

// REQUIRES there is room.
void OrderedMultiset::InsertAt(Chunk& chunk, uint32_t at, std::string_view key, Weight weight) {
  Slot* slots = chunk.slots();
  std::memmove(slots + at + 1, slots + at, (chunk.count - at) * sizeof(Slot));
  chunk.low -= static_cast<uint32_t>(key.size());
  if (!key.empty()) {
    std::memcpy(reinterpret_cast<char*>(&chunk) + chunk.low, key.data(), key.size());
  }
  slots[at] = {HeadOf(key), chunk.low, static_cast<uint32_t>(key.size()), weight};
  ++chunk.count;
}

void OrderedMultiset::AppendAll(Chunk& to, const Chunk& from, uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; ++i) {
    InsertAt(to, to.count, from.key(i), from.slots()[i].weight);
  }
}

// The order of a slot's key and another: below, equal to or above 0.
int OrderedMultiset::Compare(const Chunk& chunk, uint32_t at, uint64_t head, std::string_view key) {
  const uint64_t other = chunk.slots()[at].head;
  if (other != head) return other < head ? -1 : 1;
  return chunk.key(at).compare(key);
}

// The first slot whose key is not less.
uint32_t OrderedMultiset::LowerBound(const Chunk& chunk, uint64_t head, std::string_view key) {
  uint32_t begin = 0;
  uint32_t end = chunk.count;
  while (begin < end) {
    const uint32_t middle = (begin + end) / 2;
    if (Compare(chunk, middle, head, key) < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

Weight OrderedMultiset::WeightOf(const Chunk& chunk) {
  Weight sum = 0;
  for (uint32_t i = 0; i < chunk.count; ++i) sum = Plus(sum, chunk.slots()[i].weight);
  return sum;
}

// The last chunk that begins with a key not greater, else the first. REQUIRES not empty.
uint32_t OrderedMultiset::FindChunk(uint64_t head, std::string_view key) const {
  uint32_t begin = 0;
  uint32_t end = chunk_count_;
  while (end - begin > 1) {
    const uint32_t middle = (begin + end) / 2;
    if (Compare(*ChunkAt(middle), 0, head, key) <= 0) {
      begin = middle;
    } else {
      end = middle;
    }
  }
  return begin;
}

Weight OrderedMultiset::Add(std::string_view key, Weight weight, StateArena& arena) {
  weight_ = Plus(weight_, weight);
  if (chunk_count_ == 0) {
    if (weight == 0) return 0;
    single_ = MakeChunk(sizeof(Chunk) + sizeof(Slot) + key.size(), arena);
    chunk_count_ = 1;
  }
  const uint64_t head = HeadOf(key);
  uint32_t i = FindChunk(head, key);
  uint32_t at = LowerBound(*ChunkAt(i), head, key);
  const bool found = at < ChunkAt(i)->count && Compare(*ChunkAt(i), at, head, key) == 0;
  if (!found) {
    if (weight == 0) return 0;
    MakeRoom(i, at, sizeof(Slot) + key.size(), arena);
    InsertAt(*ChunkAt(i), at, key, 0);
    ++size_;
  }
  if (is_list()) list_[i].weight = Plus(list_[i].weight, weight);
  Weight& stored = ChunkAt(i)->slots()[at].weight;
  const Weight total = Plus(stored, weight);
  stored = total;
  if (total == 0) Remove(i, at, arena);
  return total;
}

// Sees that slot `at` of chunk `i` can be inserted with its key; both may change.
void OrderedMultiset::MakeRoom(uint32_t& i, uint32_t& at, size_t bytes, StateArena& arena) {
  Chunk* chunk = ChunkAt(i);
  if (chunk->free_bytes() >= bytes) return;
  const size_t used = chunk->used_bytes() + bytes;
  if (used <= chunk->capacity - chunk->capacity / 8) {  // enough is dead
    Rebuild(i, chunk->capacity, arena);
  } else if (used <= kChunkMax && chunk->capacity < kChunkMax) {
    Rebuild(i, std::max(used, size_t{chunk->capacity} * 2), arena);
  } else {
    Split(i, at, bytes, arena);
    MakeRoom(i, at, bytes, arena);
  }
}

void OrderedMultiset::Rebuild(uint32_t i, size_t bytes, StateArena& arena) {
  Chunk* old = ChunkAt(i);
  Chunk* chunk = MakeChunk(bytes, arena);
  AppendAll(*chunk, *old, 0, old->count);
  FreeChunk(old, arena);
  SetChunk(i, chunk);
}

// Divides a chunk where it is full: at its end or beginning by a chunk for the coming key alone,
// so that keys in order fill chunks, else in the middle.
void OrderedMultiset::Split(uint32_t& i, uint32_t& at, size_t bytes, StateArena& arena) {
  Chunk* old = ChunkAt(i);
  if (at == 0 || at == old->count) {
    const bool behind = at != 0;
    InsertChunk(i + (behind ? 1 : 0), MakeChunk(sizeof(Chunk) + bytes, arena), arena);
    i += behind ? 1 : 0;
    at = 0;
    return;
  }
  const uint32_t middle = old->count / 2;
  size_t left_bytes = sizeof(Chunk);
  for (uint32_t k = 0; k < middle; ++k) left_bytes += sizeof(Slot) + old->slots()[k].size;
  const size_t right_bytes = old->used_bytes() + sizeof(Chunk) - left_bytes;
  Chunk* left = MakeChunk(std::max(left_bytes, kChunkMax), arena);
  Chunk* right = MakeChunk(std::max(right_bytes, kChunkMax), arena);
  AppendAll(*left, *old, 0, middle);
  AppendAll(*right, *old, middle, old->count);
  FreeChunk(old, arena);
  SetChunk(i, left);
  if (is_list()) list_[i].weight = WeightOf(*left);
  InsertChunk(i + 1, right, arena);
  if (at <= middle) return;
  ++i;
  at -= middle;
}

void OrderedMultiset::Remove(uint32_t i, uint32_t at, StateArena& arena) {
  Chunk& chunk = *ChunkAt(i);
  const Slot gone = chunk.slots()[at];
  if (gone.offset == chunk.low) {
    chunk.low += gone.size;
  } else {
    chunk.dead += gone.size;
  }
  std::memmove(chunk.slots() + at, chunk.slots() + at + 1, (chunk.count - at - 1) * sizeof(Slot));
  --chunk.count;
  --size_;
  if (chunk.count == 0) return RemoveChunk(i, arena);
  if (!is_list() || chunk.used_bytes() >= kMergeBelow) return;
  const auto fits = [&](uint32_t left) {
    return ChunkAt(left)->used_bytes() + ChunkAt(left + 1)->used_bytes() <= kMergedMax;
  };
  if (i + 1 < chunk_count_ && fits(i)) return MergeWithNext(i, arena);
  if (i > 0 && fits(i - 1)) MergeWithNext(i - 1, arena);
}

void OrderedMultiset::MergeWithNext(uint32_t i, StateArena& arena) {
  Chunk* left = ChunkAt(i);
  Chunk* right = ChunkAt(i + 1);
  Chunk* merged = MakeChunk(kChunkMax, arena);
  AppendAll(*merged, *left, 0, left->count);
  AppendAll(*merged, *right, 0, right->count);
  FreeChunk(left, arena);
  SetChunk(i, merged);
  list_[i].weight = Plus(list_[i].weight, list_[i + 1].weight);
  RemoveChunk(i + 1, arena);
}

void OrderedMultiset::InsertChunk(uint32_t i, Chunk* chunk, StateArena& arena) {
  if (chunk_count_ == list_capacity_ || !is_list()) {
    const uint32_t capacity = std::max(kListFirst, list_capacity_ * 2);
    auto* list = reinterpret_cast<Listed*>(arena.Allocate(capacity * sizeof(Listed)));
    if (is_list()) {
      std::memcpy(list, list_, chunk_count_ * sizeof(Listed));
      arena.Free(reinterpret_cast<std::byte*>(list_), list_capacity_ * sizeof(Listed));
    } else {
      list[0] = {single_, WeightOf(*single_)};
    }
    list_ = list;
    list_capacity_ = capacity;
  }
  std::memmove(list_ + i + 1, list_ + i, (chunk_count_ - i) * sizeof(Listed));
  list_[i] = {chunk, WeightOf(*chunk)};
  ++chunk_count_;
}

void OrderedMultiset::RemoveChunk(uint32_t i, StateArena& arena) {
  FreeChunk(ChunkAt(i), arena);
  --chunk_count_;
  if (is_list()) {
    std::memmove(list_ + i, list_ + i + 1, (chunk_count_ - i) * sizeof(Listed));
    if (chunk_count_ > 0) return;
    arena.Free(reinterpret_cast<std::byte*>(list_), list_capacity_ * sizeof(Listed));
    list_capacity_ = 0;
  }
  single_ = nullptr;
}

void OrderedMultiset::Clear(StateArena& arena) {
  while (chunk_count_ > 0) RemoveChunk(chunk_count_ - 1, arena);
  size_ = 0;
  weight_ = 0;
}

OrderedMultiset::Entry OrderedMultiset::First() const {
  const Chunk& chunk = *ChunkAt(0);
  return {chunk.key(0), chunk.slots()[0].weight};
}

OrderedMultiset::Entry OrderedMultiset::Last() const {
  const Chunk& chunk = *ChunkAt(chunk_count_ - 1);
  return {chunk.key(chunk.count - 1), chunk.slots()[chunk.count - 1].weight};
}

OrderedMultiset::Cursor OrderedMultiset::Begin() const { return {this, 0, 0}; }

OrderedMultiset::Cursor OrderedMultiset::Seek(std::string_view key) const {
  if (chunk_count_ == 0) return {this, 0, 0};
  const uint64_t head = HeadOf(key);
  const uint32_t i = FindChunk(head, key);
  const uint32_t at = LowerBound(*ChunkAt(i), head, key);
  if (at < ChunkAt(i)->count) return {this, i, at};
  return {this, i + 1, 0};
}

OrderedMultiset::Cursor OrderedMultiset::AtRank(Weight rank, Weight& into) const {
  into = 0;
  if (rank >= weight_) return {this, chunk_count_, 0};
  uint32_t i = 0;
  for (; is_list() && rank >= list_[i].weight; ++i) rank -= list_[i].weight;
  const Slot* slots = ChunkAt(i)->slots();
  uint32_t at = 0;
  for (; rank >= slots[at].weight; ++at) rank -= slots[at].weight;
  into = rank;
  return {this, i, at};
}

}  // namespace riverrun::executor
