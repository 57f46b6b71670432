// JSON values as values of SQL types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/column/column_builder.h"
#include "types/error.h"
#include "types/settings.h"
#include "types/text/text_format.h"

namespace riverrun::executor {

/// What a number means where a time is wanted.
enum class TimestampUnit : uint8_t { kSeconds, kMilliseconds, kMicroseconds };

/// Reads single values out of JSON texts. One thread.
///
/// null is NULL. A number for date, time, timestamp and timestamptz counts from 1970 (from midnight
/// for time) in the unit given; for an integer it must be whole, however written (1.0, 1e3). Into
/// text go strings, and anything else as written; into json everything as written; into jsonb
/// everything, canonically. Arrays become arrays. All other scalars are read as PostgreSQL reads
/// their text, times without a zone as UTC.
class JsonValueReader {
 public:
  explicit JsonValueReader(TimestampUnit unit) : unit_(unit), text_(Settings{}) {}

  /// The moment that 'now' in a string refers to.
  void SetNow(Micros now) { text_.SetNow(now); }

  /// Appends the value that `json` is, without spaces around, or nothing if it is none of the
  /// builder's type. `escapes`: whether there may be a backslash in it. REQUIRES an object or array
  /// is valid JSON, a string has its quotes; anything else may be garbage. Errors: 22P02 for what
  /// is no value of the type, and for what is not JSON; 22003, 22008 out of range; 22001 too long
  /// for varchar(n); 22P05 for \u0000; 0A000 for composite types.
  Result<void> Append(std::string_view json, bool escapes, ColumnBuilder& out);

 private:
  Result<void> AppendString(std::string_view json, bool escapes, ColumnBuilder& out);
  Result<void> AppendNumber(std::string_view json, ColumnBuilder& out);
  Result<void> AppendNumberAsTime(std::string_view json, ColumnBuilder& out);
  Result<void> AppendArray(std::string_view json, ColumnBuilder& out);
  Result<int64_t> MicrosOf(std::string_view json) const;

  TimestampUnit unit_;
  TextReader text_;
  std::string characters_;  // of a string with escapes
};

/// Whether this is a JSON number, true, false or null, and nothing else.
bool IsJsonScalar(std::string_view text);
/// Whether this is a JSON string with its quotes, and nothing else.
bool IsJsonString(std::string_view text);

}  // namespace riverrun::executor
