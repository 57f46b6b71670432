// The values of a session's settings, and how transactions take them back.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "types/error.h"
#include "types/settings.h"

namespace riverrun::server {

/// One session's. One thread.
class SessionSettings {
 public:
  SessionSettings();

  /// Sets what RESET goes back to, and the value: a setting of the startup packet.
  Result<void> Begin(std::string_view name, std::string_view value);
  /// Errors: 42704 unknown, 22023 bad value, 55P02 fixed. `local`: until the transaction's end.
  Result<void> Set(std::string_view name, std::string_view value, bool local);
  Result<void> Reset(std::string_view name, bool local = false);
  void ResetAll();
  /// The value as SHOW prints it. Errors: 42704.
  Result<std::string> Show(std::string_view name) const;

  /// What a query is bound under.
  const Settings& settings() const { return current_->settings; }
  const std::vector<std::string>& search_path() const { return current_->search_path; }
  int64_t statement_timeout_ms() const { return current_->statement_timeout_ms; }
  bool synchronous_commit() const { return Value("synchronous_commit") != "off"; }
  /// REQUIRES the name of the table, in its case.
  const std::string& Value(std::string_view name) const;
  /// Sets a value whose form is known to be good, whatever the table says.
  void Put(std::string_view name, std::string value);

  // Transactions. What SET did since Mark is undone by Restore; SET LOCAL ends with EndLocal.

  struct Values {
    std::map<std::string, std::string, std::less<>> values;
    Settings settings;
    std::vector<std::string> search_path = {"public"};
    int64_t statement_timeout_ms = 0;
  };
  /// Values never change; a change makes new ones. So a mark, which every transaction takes, costs
  /// two pointers.
  using ValuesRef = std::shared_ptr<const Values>;
  struct Mark {
    ValuesRef current, lasting;
  };
  Mark TakeMark() const { return {current_, lasting_}; }
  void Restore(Mark mark);
  void EndLocal() { current_ = lasting_; }

  /// Those reported whose value is another than at the last call, with their values.
  std::vector<std::pair<std::string, std::string>> TakeChanges();
  /// All that are reported.
  std::vector<std::pair<std::string, std::string>> Reported() const;

 private:
  static Result<void> Apply(ValuesRef& state, std::string_view name, std::string_view value);
  static void Store(ValuesRef& state, std::string_view name, std::string value);
  static void Interpret(Values& state, std::string_view name, const std::string& value);

  ValuesRef current_, lasting_;
  ValuesRef told_of_;  // at the last TakeChanges
  std::map<std::string, std::string, std::less<>> initial_;  // what RESET goes back to
  std::map<std::string, std::string, std::less<>> told_;
};

}  // namespace riverrun::server
