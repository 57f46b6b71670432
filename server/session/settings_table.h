// The settings of a session: every name that SET knows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "types/error.h"

namespace riverrun::server {

/// A setting, by PostgreSQL's name.
struct SettingDefinition {
  std::string_view name;           // as SHOW prints it
  std::string_view initial;        // what a session begins with
  std::string_view description;
  bool reported = false;           // the client is told of every change (ParameterStatus)
  /// Reads a value and returns it as SHOW prints it; 22023 for a bad one. Null: any text.
  Result<std::string> (*canonical)(const SettingDefinition&, std::string_view) = nullptr;
  bool fixed = false;              // 55P02: cannot be changed
};

/// All of them, in the order of their names.
std::span<const SettingDefinition> SettingDefinitions();
/// By name in any case; null if there is none.
const SettingDefinition* FindSetting(std::string_view name);
/// Milliseconds of a text in the form of a time setting: "5s", "100 ms", "5000".
std::optional<int64_t> ParseMilliseconds(std::string_view text);

/// 22023, `invalid value for parameter "TimeZone": "Mars"`.
Error InvalidSetting(std::string_view name, std::string_view value);

}  // namespace riverrun::server
