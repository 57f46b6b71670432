// From the bytes of a record to a row: the seam between connectors and formats.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "types/column/batch.h"
#include "types/error.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {

/// A record as its log has it. The bytes are borrowed.
struct RawRecord {
  std::string_view value = {};
  bool has_value = true;  // false: a tombstone
  Micros timestamp = 0;   // when it was appended; what 'now' in it refers to
};

/// A record of which no row can be made, by its index in the records given.
struct UndecodedRecord {
  uint32_t record = 0;
  Error error;
};

/// Decodes the records of one source into its columns. One thread.
class RecordDecoder {
 public:
  virtual ~RecordDecoder() = default;
  /// For each record that decodes, in order, appends one value to each of the decoder's columns
  /// of `out` (others belong to the caller, who also ends the rows), and an entry to `failed` for
  /// each other one. Whether a record decodes depends on nothing but its bytes, its timestamp and
  /// its columns, wanted or not.
  virtual void Decode(std::span<const RawRecord> records, BatchBuilder& out,
                      std::vector<UndecodedRecord>& failed) = 0;
  /// From here on only these columns of the batch need values; the others are checked all the same.
  virtual void Want(std::span<const int> columns) { (void)columns; }
};

}  // namespace riverrun::executor
