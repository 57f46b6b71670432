// What a session tells its client. The protocol implements it: PostgreSQL's wire today.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/column/batch.h"
#include "types/data_type.h"
#include "types/error.h"
#include "types/id.h"
#include "types/text/text_format.h"

namespace riverrun::server {

/// A column of a result, as RowDescription has it.
struct Field {
  std::string name;
  Type type;
  ObjectId table = {};   // 0: not a column of a relation
  int16_t column = 0;    // of the table, from 1; 0: none
};

enum class Severity : uint8_t { kDebug, kLog, kInfo, kNotice, kWarning, kError, kFatal };

/// An error or a notice as the client sees it.
struct Report {
  Severity severity = Severity::kError;
  Error error;
  /// In characters, from 1, in the text that the client sent.
  std::optional<uint32_t> position = {};
};

/// Takes a session's answers, in order. Methods may wait for a client that reads slowly; once the
/// client is gone they do nothing, and the session's cancel is requested.
class Client {
 public:
  virtual ~Client() = default;
  /// The columns of the rows that follow.
  virtual void Describe(const std::vector<Field>& fields) = 0;
  /// Rows of a result: each selected row as often as its weight says. `writer` prints values under
  /// the session's settings. Weights are positive.
  virtual void Rows(const Batch& rows, TextWriter& writer) = 0;
  /// A statement ended; "INSERT 0 1".
  virtual void Complete(std::string_view tag) = 0;
  /// A portal has delivered as many rows as asked for, and may have more.
  virtual void Suspended() = 0;
  /// The text had no statement.
  virtual void EmptyQuery() = 0;
  /// An error or a notice.
  virtual void Tell(const Report& report) = 0;
  /// A setting that clients follow has a new value; sent before the next "ready".
  virtual void Setting(std::string_view name, std::string_view value) = 0;
};

}  // namespace riverrun::server
