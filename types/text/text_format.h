// Values as text: what PostgreSQL's input and output functions read and print.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/column/column.h"
#include "types/column/column_builder.h"
#include "types/error.h"
#include "types/settings.h"

namespace riverrun {

/// Prints values exactly as PostgreSQL 15's output functions do under the given settings.
/// Cheap to make, cheaper to keep: it remembers the time zone's span. One thread.
class TextWriter {
 public:
  explicit TextWriter(const Settings& settings);
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  /// Appends the text of one value. REQUIRES !column.IsNull(row): NULL has no text of its own.
  /// Types that name an object (regclass and its like) print its number.
  void Append(const Column& column, uint32_t row, std::string& out);
  /// The same as a new string.
  std::string ToText(const Column& column, uint32_t row);

 private:
  void AppendArray(const Type& type, std::string_view value, std::string& out);
  void AppendRow(const Type& type, std::string_view value, std::string& out);
  void AppendBytea(std::string_view bytes, std::string& out) const;

  Settings settings_;  // keeps the zone alive
  ZoneCursor zone_;
};

/// Reads text exactly as PostgreSQL 15's input functions do under the given settings. One thread.
class TextReader {
 public:
  /// `now` is the moment that 'now', 'today' and a zone without a date refer to. Without one they
  /// are refused with 0A000: where a text that is read again must give the same value.
  explicit TextReader(const Settings& settings, std::optional<Micros> now = 0);
  TextReader(const TextReader&) = delete;
  TextReader& operator=(const TextReader&) = delete;

  /// The moment that 'now' refers to from here on.
  void SetNow(Micros now) { input_.now = now; }

  /// Parses a text and appends the value to a builder of any type but kNull, whose typmod counts.
  /// Appends nothing if it fails. Errors are PostgreSQL's: 22P02 for what is no value of the type,
  /// 22003 and 22008 out of range, 22001 for a string too long unless the excess is spaces, 22021
  /// for NUL and for what is not UTF-8. 0A000 for arrays with bounds or, unless the type says so,
  /// of several dimensions, and for the name of an object.
  Result<void> Append(std::string_view text, ColumnBuilder& out);

 private:
  Result<void> AppendNumber(std::string_view text, ColumnBuilder& out);
  Result<void> AppendTime(std::string_view text, ColumnBuilder& out);
  Result<void> AppendString(std::string_view text, ColumnBuilder& out);
  Result<void> AppendArray(std::string_view text, ColumnBuilder& out);
  Result<void> AppendRow(std::string_view text, ColumnBuilder& out);

  Settings settings_;  // keeps the zone alive
  ZoneCursor zone_;
  TimeZoneCache zones_;
  DateTimeInput input_;
};

}  // namespace riverrun
