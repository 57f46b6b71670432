#include "server/session/settings_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "types/time/time_text.h"
#include "types/time/time_zone.h"

namespace riverrun::server {
namespace {

using Definition = SettingDefinition;

std::string Folded(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

Result<std::string> Boolean(const Definition& setting, std::string_view value) {
  const std::string folded = Folded(value);
  for (const std::string_view yes : {"on", "true", "yes", "1", "t", "y", "tr", "tru", "ye"}) {
    if (folded == yes) return "on";
  }
  for (const std::string_view no :
       {"off", "false", "no", "0", "f", "n", "fa", "fal", "fals", "of"}) {
    if (folded == no) return "off";
  }
  return std::unexpected(Error{sqlstate::kInvalidParameterValue,
                               "parameter \"" + std::string(setting.name) +
                                   "\" requires a Boolean value"});
}

Result<std::string> Integer(const Definition& setting, std::string_view value) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    return std::unexpected(InvalidSetting(setting.name, value));
  }
  return std::to_string(number);
}

Result<std::string> FloatDigits(const Definition& setting, std::string_view value) {
  Result<std::string> number = Integer(setting, value);
  if (!number) return number;
  const int64_t digits = std::stoll(*number);
  if (digits >= -15 && digits <= 3) return number;
  return Fail(sqlstate::kInvalidParameterValue,
              *number + " is outside the valid range for parameter \"extra_float_digits\" "
                        "(-15 .. 3)");
}

// As PostgreSQL prints a time: the largest unit that divides it.
std::string TimeText(int64_t milliseconds) {
  if (milliseconds == 0) return "0";
  static constexpr std::pair<int64_t, const char*> kUnits[] = {
      {86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1'000, "s"}};
  for (const auto& [unit, name] : kUnits) {
    if (milliseconds % unit == 0) return std::to_string(milliseconds / unit) + name;
  }
  return std::to_string(milliseconds) + "ms";
}

Result<std::string> Milliseconds(const Definition& setting, std::string_view value) {
  const std::optional<int64_t> parsed = ParseMilliseconds(value);
  if (!parsed) return std::unexpected(InvalidSetting(setting.name, value));
  if (*parsed < 0 || *parsed > INT32_MAX) {
    return Fail(sqlstate::kInvalidParameterValue,
                std::to_string(*parsed) + " ms is outside the valid range for parameter \"" +
                    std::string(setting.name) + "\" (0 .. 2147483647)");
  }
  return TimeText(*parsed);
}

Result<std::string> Bytes(const Definition& setting, std::string_view value) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  std::string unit(end, value.data() + value.size());
  std::erase(unit, ' ');
  static constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"", 1}, {"B", 1}, {"kB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}};
  for (const auto& [name, bytes] : kUnits) {
    if (error == std::errc() && number >= 0 && unit == name) return std::to_string(number * bytes);
  }
  Error wrong = InvalidSetting(setting.name, value);
  wrong.hint = "Valid units for this parameter are \"B\", \"kB\", \"MB\", and \"GB\".";
  return std::unexpected(std::move(wrong));
}

Result<std::string> Zone(const Definition& setting, std::string_view value) {
  const auto zone = TimeZone::Find(value);
  if (!zone) return std::unexpected(InvalidSetting(setting.name, value));
  return (*zone)->name();
}

Result<std::string> DateStyleOf(const Definition& setting, std::string_view value) {
  DateTimeStyle style;
  if (!ParseDateStyle(value, style)) return std::unexpected(InvalidSetting(setting.name, value));
  return DateStyleText(style);
}

Result<std::string> IntervalStyleOf(const Definition& setting, std::string_view value) {
  riverrun::IntervalStyle style{};
  if (!ParseIntervalStyle(value, style)) {
    return std::unexpected(InvalidSetting(setting.name, value));
  }
  return std::string(IntervalStyleText(style));
}

// PostgreSQL compares encodings by their letters and digits alone.
Result<std::string> Encoding(const Definition& setting, std::string_view value) {
  std::string letters = Folded(value);
  std::erase_if(letters, [](char c) { return !(std::isalnum(static_cast<unsigned char>(c))); });
  if (letters == "utf8" || letters == "unicode") return "UTF8";
  Error wrong = InvalidSetting(setting.name, value);
  wrong.hint = "The one client encoding is UTF8.";
  return std::unexpected(std::move(wrong));
}

Result<std::string> OneOf(const Definition& setting, std::string_view value,
                          std::initializer_list<std::string_view> words) {
  const std::string folded = Folded(value);
  std::string known;
  for (const std::string_view word : words) {
    if (folded == word) return folded;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  Error wrong = InvalidSetting(setting.name, value);
  wrong.hint = "Available values: " + known + ".";
  return std::unexpected(std::move(wrong));
}

Result<std::string> ByteaOutputOf(const Definition& setting, std::string_view value) {
  return OneOf(setting, value, {"escape", "hex"});
}
Result<std::string> MessageLevel(const Definition& setting, std::string_view value) {
  return OneOf(setting, value, {"debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice",
                                "warning", "error"});
}
Result<std::string> Isolation(const Definition& setting, std::string_view value) {
  Result<std::string> level = OneOf(setting, value, {"serializable", "repeatable read",
                                                     "read committed", "read uncommitted"});
  if (level && *level == "serializable") {
    return std::unexpected(Error{
        sqlstate::kFeatureNotSupported, "isolation level SERIALIZABLE is not supported", {},
        "REPEATABLE READ reads one epoch, and a write conflict is 40001."});
  }
  return level;
}
Result<std::string> OnOnly(const Definition& setting, std::string_view value) {
  Result<std::string> on = Boolean(setting, value);
  if (!on || *on == "on") return on;
  return std::unexpected(InvalidSetting(setting.name, value));
}
// remote_apply and the others mean "durable" where there is one server.
Result<std::string> SynchronousCommit(const Definition& setting, std::string_view value) {
  const std::string folded = Folded(value);
  if (folded == "local" || folded == "remote_write" || folded == "remote_apply") return folded;
  return Boolean(setting, value);
}
Result<std::string> Name63(const Definition&, std::string_view value) {
  std::string name(value.substr(0, 63));
  for (char& c : name) {
    if (c < 32 || c > 126) c = '?';
  }
  return name;
}

constexpr std::string_view kDiscarded = "Accepted; it changes nothing here.";

const std::array kSettings = std::to_array<Definition>({
    {"application_name", "", "What the client calls itself.", true, Name63},
    {"bytea_output", "hex", "How bytea is printed.", false, ByteaOutputOf},
    {"check_function_bodies", "on", kDiscarded, false, Boolean},
    {"client_encoding", "UTF8", "Encoding of the client.", true, Encoding},
    {"client_min_messages", "notice", "Notices below this level are not sent.", false,
     MessageLevel},
    {"DateStyle", "ISO, MDY", "How dates are printed and read.", true, DateStyleOf},
    {"default_transaction_deferrable", "off", kDiscarded, false, Boolean},
    {"default_transaction_isolation", "read committed", "Isolation of new transactions.", false,
     Isolation},
    {"default_transaction_read_only", "off", "Whether new transactions refuse to write.", true,
     Boolean},
    {"extra_float_digits", "1", "Digits of floats beyond the standard number.", false, FloatDigits},
    {"idle_in_transaction_session_timeout", "0", kDiscarded, false, Milliseconds},
    {"idle_session_timeout", "0", kDiscarded, false, Milliseconds},
    {"in_hot_standby", "off", "Never.", true, Boolean, true},
    {"integer_datetimes", "on", "Times are 64-bit integers.", true, OnOnly, true},
    {"IntervalStyle", "postgres", "How intervals are printed.", true, IntervalStyleOf},
    {"is_superuser", "on", "Whether the session's role is a superuser.", true, Boolean, true},
    {"jit", "off", kDiscarded, false, Boolean},
    {"lc_messages", "C", kDiscarded},
    {"lock_timeout", "0", kDiscarded, false, Milliseconds},
    {"max_identifier_length", "63", "Bytes of an identifier.", false, Integer, true},
    {"row_security", "on", kDiscarded, false, Boolean},
    {"search_path", "public", "Schemas in which names are looked up."},
    {"server_encoding", "UTF8", "Encoding of stored text.", true, Encoding, true},
    {"server_version", "15.0 (Riverrun 0.1)", "The PostgreSQL version that is spoken.", true,
     nullptr, true},
    {"server_version_num", "150000", "The same as a number.", false, Integer, true},
    {"session_authorization", "riverrun", "The role that connected.", true, nullptr, true},
    {"standard_conforming_strings", "on", "Backslashes in '...' are literal.", true, OnOnly},
    {"statement_timeout", "0", "Statements end with 57014 after this time; 0 means never.", false,
     Milliseconds},
    {"synchronous_commit", "on", "off: COMMIT does not wait for the disk.", false,
     SynchronousCommit},
    {"TimeZone", "UTC", "The zone of timestamps with time zone.", true, Zone},
    {"transaction_deferrable", "off", kDiscarded, false, Boolean},
    {"transaction_isolation", "read committed", "Isolation of this transaction.", false,
     Isolation},
    {"transaction_max_bytes", "1073741824", "What a transaction may write, in bytes.", false,
     Bytes},
    {"transaction_read_only", "off", "Whether this transaction refuses to write.", false,
     Boolean},
    {"work_mem", "4194304", kDiscarded, false, Bytes},
    {"xmloption", "content", kDiscarded},
});

}  // namespace

std::span<const SettingDefinition> SettingDefinitions() { return kSettings; }

const SettingDefinition* FindSetting(std::string_view name) {
  const std::string folded = Folded(name);
  const auto found = std::ranges::find_if(
      kSettings, [&](const Definition& setting) { return Folded(setting.name) == folded; });
  return found == kSettings.end() ? nullptr : &*found;
}

std::optional<int64_t> ParseMilliseconds(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || std::fabs(number) > 1e15) {
    return std::nullopt;
  }
  std::string unit(end, text.data() + text.size());
  std::erase(unit, ' ');
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"", 1},       {"ms", 1},        {"us", 0.001},    {"s", 1000},
      {"min", 60e3}, {"h", 3'600'000}, {"d", 86'400'000}};
  for (const auto& [name, factor] : kUnits) {
    if (unit == name) return std::llround(number * factor);
  }
  return std::nullopt;
}

Error InvalidSetting(std::string_view name, std::string_view value) {
  return {sqlstate::kInvalidParameterValue, "invalid value for parameter \"" + std::string(name) +
                                                "\": \"" + std::string(value) + "\""};
}

}  // namespace riverrun::server
