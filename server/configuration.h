// How the server is set up: one table of settings, read from the command line, the environment and
// a TOML file.
//
// A setting `pg_port` is the option --pg-port, the variable RIVERRUN_PG_PORT and the key pg_port of
// the file. Where several give it, the first of these three counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/log.h"

namespace riverrun::server {

/// What `riverrun serve` runs with. The table has the defaults.
struct Configuration {
  std::string data_directory;
  std::string listen;  // an address of this machine
  uint16_t pg_port = 0;  // 0: any that is free
  uint16_t http_port = 0;
  int workers = 0;
  size_t memory_limit = 0;  // bytes
  int connections_max = 0;
  LogLevel log_level = LogLevel::kInfo;
};

/// One setting.
struct Setting {
  std::string_view name;     // "pg_port"
  std::string_view value;    // what stands for a value in --help: "PORT"
  std::string_view fallback; // the default, as a user would write it
  std::string_view allowed;  // "a number from 0 to 65535"
  std::string_view help;     // a sentence without a full stop
  /// Takes a text. Returns what is wrong with it, in words after "but"; empty if only `allowed`
  /// needs to be said.
  std::optional<std::string> (*take)(std::string_view text, Configuration& configuration);
};

/// Every setting, in the order of --help.
std::span<const Setting> Settings();

/// "--pg-port" and "RIVERRUN_PG_PORT".
std::string OptionName(const Setting& setting);
std::string VariableName(const Setting& setting);

/// Texts by the setting's name.
using SettingTexts = std::vector<std::pair<std::string, std::string>>;

/// Reads a text of TOML; `path` is for messages. Numbers and booleans come as they are written in
/// TOML. The failure is a sentence. No key is checked but for being no table.
std::expected<SettingTexts, std::string> ReadToml(std::string_view text, const std::string& path);

/// What a command line asks for.
struct CommandLine {
  enum class Kind { kServe, kPrint, kRefuse };
  Kind kind = Kind::kRefuse;
  std::string text;              // to print; or why it is refused
  SettingTexts settings = {};    // given as options
  std::string config_path = {};  // of --config; empty: not given
};

/// Reads arguments, without the program's name.
CommandLine ReadCommandLine(const std::vector<std::string>& arguments, std::string_view version);

/// Puts together what options, the environment and the file say. `variable` looks a variable of the
/// environment up. The failure is a sentence that names the place, the setting and what is allowed.
std::expected<Configuration, std::string> Configure(
    const CommandLine& command_line,
    const std::function<std::optional<std::string>(const std::string&)>& variable);

}  // namespace riverrun::server
