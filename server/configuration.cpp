#include "server/configuration.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include <arpa/inet.h>
#include <unistd.h>

namespace riverrun::server {
namespace {

using Problem = std::optional<std::string>;

const Problem kFine = std::nullopt;
const Problem kNotAllowed = "";

std::optional<int64_t> ReadNumber(std::string_view text, int64_t least, int64_t most) {
  int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::optional<size_t> ReadBytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    int shift;
  };
  static constexpr Unit kUnits[] = {{"kb", 10}, {"mb", 20}, {"gb", 30}, {"tb", 40}};
  const std::string lower = Lower(text);
  for (const auto& [name, shift] : kUnits) {
    if (!lower.ends_with(name)) continue;
    std::string_view digits = std::string_view(lower).substr(0, lower.size() - name.size());
    while (digits.ends_with(' ')) digits.remove_suffix(1);
    const std::optional<int64_t> number = ReadNumber(digits, 1, INT64_MAX >> shift);
    if (!number) return std::nullopt;
    return static_cast<size_t>(*number) << shift;
  }
  const std::optional<int64_t> number = ReadNumber(lower, 1, INT64_MAX);
  if (!number) return std::nullopt;
  return static_cast<size_t>(*number);
}

// Whether an address can be reached from this machine only.
std::optional<bool> IsLoopback(const std::string& address) {
  in_addr four = {};
  in6_addr six = {};
  if (inet_pton(AF_INET, address.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  if (inet_pton(AF_INET6, address.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six) != 0;
  return std::nullopt;
}

Problem TakeDirectory(std::string_view text, Configuration& configuration) {
  if (text.empty()) return kNotAllowed;
  configuration.data_directory = text;
  return kFine;
}

Problem TakeListen(std::string_view text, Configuration& configuration) {
  configuration.listen = text == "localhost" ? "127.0.0.1" : text;
  const std::optional<bool> loopback = IsLoopback(configuration.listen);
  if (!loopback) return kNotAllowed;
  if (*loopback) return kFine;
  return "other machines could then connect, and there are no roles with passwords yet";
}

Problem TakePort(std::string_view text, uint16_t& port) {
  const std::optional<int64_t> number = ReadNumber(text, 0, 65535);
  if (!number) return kNotAllowed;
  port = static_cast<uint16_t>(*number);
  return kFine;
}

Problem TakePgPort(std::string_view text, Configuration& configuration) {
  return TakePort(text, configuration.pg_port);
}

Problem TakeHttpPort(std::string_view text, Configuration& configuration) {
  return TakePort(text, configuration.http_port);
}

constexpr int kWorkersMax = 256;

Problem TakeWorkers(std::string_view text, Configuration& configuration) {
  if (text == "auto") {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    configuration.workers = static_cast<int>(std::clamp<long>(cores - 1, 1, kWorkersMax));
    return kFine;
  }
  const std::optional<int64_t> number = ReadNumber(text, 1, kWorkersMax);
  if (!number) return kNotAllowed;
  configuration.workers = static_cast<int>(*number);
  return kFine;
}

constexpr size_t kMemoryMin = size_t{64} << 20;

Problem TakeMemory(std::string_view text, Configuration& configuration) {
  const std::optional<size_t> bytes = ReadBytes(text);
  if (!bytes || *bytes < kMemoryMin) return kNotAllowed;
  configuration.memory_limit = *bytes;
  return kFine;
}

Problem TakeConnections(std::string_view text, Configuration& configuration) {
  const std::optional<int64_t> number = ReadNumber(text, 1, 10'000);
  if (!number) return kNotAllowed;
  configuration.connections_max = static_cast<int>(*number);
  return kFine;
}

Problem TakeLogLevel(std::string_view text, Configuration& configuration) {
  static constexpr std::pair<std::string_view, LogLevel> kLevels[] = {
      {"trace", LogLevel::kTrace},
      {"debug", LogLevel::kDebug},
      {"info", LogLevel::kInfo},
      {"warning", LogLevel::kWarning},
      {"error", LogLevel::kError}};
  const auto* found =
      std::ranges::find(kLevels, text, &std::pair<std::string_view, LogLevel>::first);
  if (found == std::end(kLevels)) return kNotAllowed;
  configuration.log_level = found->second;
  return kFine;
}

constexpr Setting kSettings[] = {
    {"data_dir", "DIR", "riverrun-data", "the path of a directory",
     "The directory that holds the database; made if it is missing", TakeDirectory},
    {"listen", "ADDRESS", "127.0.0.1", "127.0.0.1, ::1, or another loopback address",
     "The address that clients connect to", TakeListen},
    {"pg_port", "PORT", "5433", "a number from 0 to 65535",
     "The port for psql and PostgreSQL drivers; 0 takes one that is free", TakePgPort},
    {"http_port", "PORT", "8080", "a number from 0 to 65535",
     "The port for HTTP; nothing listens there yet", TakeHttpPort},
    {"workers", "N", "auto", "auto, or a number from 1 to 256",
     "Threads that keep views up to date; auto is one fewer than the cores, at least one",
     TakeWorkers},
    {"memory_limit", "BYTES", "2GB", "at least 64MB, such as 512MB, 2GB or 1073741824",
     "Bytes that state, views and queries may take together", TakeMemory},
    {"max_connections", "N", "100", "a number from 1 to 10000",
     "Clients that may be connected at once", TakeConnections},
    {"log_level", "LEVEL", "info", "trace, debug, info, warning or error",
     "The least important lines that are logged to standard error", TakeLogLevel},
};

// A text and the words that say where it stands.
struct Given {
  std::string text;
  std::string place;
};

std::string Refusal(const Setting& setting, const Given& given, const std::string& problem) {
  std::string sentence = given.place + " is '" + given.text + "', ";
  sentence += problem.empty() ? "which is not allowed" : "but " + problem;
  return sentence + "; allowed: " + std::string(setting.allowed);
}

std::string KnownKeys() {
  std::string keys;
  for (const Setting& setting : kSettings) {
    keys += (keys.empty() ? "" : ", ") + std::string(setting.name);
  }
  return keys;
}

std::expected<SettingTexts, std::string> ReadFile(const std::string& path) {
  if (path.empty()) return SettingTexts{};
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return std::unexpected("the configuration file " + path + " cannot be read");
  std::expected<SettingTexts, std::string> texts = ReadToml(text, path);
  if (!texts) return texts;
  for (const auto& [key, value] : *texts) {
    if (std::ranges::find(kSettings, key, &Setting::name) == std::end(kSettings)) {
      return std::unexpected(path + " has the unknown key '" + key +
                             "'; allowed: " + KnownKeys());
    }
  }
  return texts;
}

const std::string* FindText(const SettingTexts& texts, std::string_view name) {
  const auto found = std::ranges::find(texts, name, &SettingTexts::value_type::first);
  return found == texts.end() ? nullptr : &found->second;
}

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

std::string OptionName(const Setting& setting) {
  std::string name = "--" + std::string(setting.name);
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string VariableName(const Setting& setting) {
  std::string name = "RIVERRUN_" + std::string(setting.name);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name;
}

std::expected<Configuration, std::string> Configure(
    const CommandLine& command_line,
    const std::function<std::optional<std::string>(const std::string&)>& variable) {
  static const std::string kConfigVariable = "RIVERRUN_CONFIG";
  const std::string path = command_line.config_path.empty()
                               ? variable(kConfigVariable).value_or("")
                               : command_line.config_path;
  const std::expected<SettingTexts, std::string> file = ReadFile(path);
  if (!file) return std::unexpected(file.error());

  Configuration configuration;
  for (const Setting& setting : kSettings) {
    Given given{std::string(setting.fallback), "the default of " + OptionName(setting)};
    if (const std::string* text = FindText(*file, setting.name)) {
      given = {*text, "the key " + std::string(setting.name) + " in " + path};
    }
    if (const std::optional<std::string> text = variable(VariableName(setting))) {
      given = {*text, "the environment variable " + VariableName(setting)};
    }
    if (const std::string* text = FindText(command_line.settings, setting.name)) {
      given = {*text, "the option " + OptionName(setting)};
    }
    if (const Problem problem = setting.take(given.text, configuration)) {
      return std::unexpected(Refusal(setting, given, *problem));
    }
  }
  return configuration;
}

}  // namespace riverrun::server
