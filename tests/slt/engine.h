// What a script runs against.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riverrun::slt {

/// Why a statement failed, as a client sees it.
struct Failure {
  std::string state;  // SQLSTATE
  std::string text;
  std::string hint;
  bool lost = false;  // there is no database any more: nothing that follows means anything
};

/// What a statement answered.
struct Answer {
  size_t columns = 0;
  std::vector<std::vector<std::string>> rows;  // texts; NULL and (empty) as these words
  std::optional<Failure> failure;
};

/// How a value, or NULL, stands in an answer: in one line, without tabs, and so that no text can be
/// taken for NULL.
std::string CellText(std::optional<std::string_view> value);

/// A database that answers SQL.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Whether a condition of skipif and onlyif names it.
  virtual bool IsCalled(std::string_view name) const = 0;
  virtual Answer Run(const std::string& sql) = 0;
  /// Adds rows, one a line, tabs between the values.
  virtual Answer Feed(const std::string& relation, const std::vector<std::string>& lines) = 0;
  /// What changed in a view since the last call: "+1" or "-1" and more, then the row.
  virtual Answer Changes(const std::string& view) = 0;
  /// The optimised plan, one line a row.
  virtual Answer Explain(const std::string& sql) = 0;
  /// Ends the process without warning and starts again. An open transaction is lost.
  virtual Answer Restart() = 0;
  virtual bool InTransaction() const { return false; }
  /// Ends the database as a user would, after the last statement. What went wrong, or nothing.
  virtual std::optional<std::string> Close() { return std::nullopt; }
  /// Compares the views that the last query read with their queries run once. The difference in
  /// words, or nothing.
  virtual std::optional<std::string> CheckLaw() = 0;
};

}  // namespace riverrun::slt
