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
};

/// What a statement answered.
struct Answer {
  size_t columns = 0;
  std::vector<std::vector<std::string>> rows;  // texts; NULL and (empty) as these words
  std::optional<Failure> failure;
};

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
  /// Ends the process without warning and starts again.
  virtual Answer Restart() = 0;
  /// Compares the views that the last query read with their queries run once. The difference in
  /// words, or nothing.
  virtual std::optional<std::string> CheckLaw() = 0;
};

}  // namespace riverrun::slt
