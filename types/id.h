// Names of things that outlive a function call. An id of one kind cannot be passed as another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace riverrun {

template <class Tag>
struct Id {
  uint32_t value = 0;
  auto operator<=>(const Id&) const = default;
};

/// A catalog object: table, stream, view, index, sink. Never reused.
using ObjectId = Id<struct ObjectTag>;
/// An operator of a stored dataflow; prefix of its state's keys. Allocated by the catalog, never
/// reused.
using OperatorId = Id<struct OperatorTag>;
/// A column inside one logical plan; never a position.
using ColumnId = Id<struct ColumnTag>;

/// Multiplicity of a row in a Z-set: +1 inserted, -1 deleted. Overflow is error 22003.
using Weight = int64_t;
/// Number of a moment of visibility. Monotone across restarts, never reused.
using Epoch = uint64_t;
/// Position in the journal, in bytes since its first frame.
using Lsn = uint64_t;
/// Microseconds since 1970-01-01 00:00 UTC.
using Micros = int64_t;

}  // namespace riverrun

template <class Tag>
struct std::hash<riverrun::Id<Tag>> {
  size_t operator()(const riverrun::Id<Tag>& id) const noexcept { return id.value; }
};
