// The key columns of groups: which row of a group they are, and how they are read from its record.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "executor/state/key_table.h"
#include "executor/state/ordered_multiset.h"
#include "types/column/batch.h"

namespace riverrun::executor {

/// The keys that a group shows: those of its row with the smallest image. Where equal keys have
/// one image they are read from the record's key; else each group keeps the images of its rows'
/// keys, with weights, in an OrderedMultiset that lies `offset` bytes into its payload.
class GroupKeys {
 public:
  GroupKeys(std::vector<int> columns, std::vector<Type> types, size_t offset);

  /// Whether groups keep images.
  bool keeps_images() const { return keeps_images_; }
  /// Bytes of a group's payload that the images take.
  size_t state_bytes() const { return keeps_images_ ? sizeof(OrderedMultiset) : 0; }
  void Init(std::byte* payload) const;
  void Destroy(std::byte* payload, StateArena& arena) const;

  /// Adds the keys of rows of a batch; payloads[i] belongs to rows[i].
  void Update(const Batch& batch, std::span<const uint16_t> rows,
              std::span<std::byte* const> payloads, StateArena& arena);
  /// Appends the keys of each group, out[k] being the column of key k; nulls for one without rows.
  void Result(std::span<KeyRecord* const> groups, std::span<ColumnBuilder> out) const;

 private:
  OrderedMultiset& Images(std::byte* payload) const {
    return *reinterpret_cast<OrderedMultiset*>(payload + offset_);
  }

  const std::vector<int> columns_;
  const std::vector<Type> types_;
  const size_t offset_;
  bool keeps_images_ = false;
  std::string image_;
};

}  // namespace riverrun::executor
