#include "planner/bind/settings_text.h"

#include <charconv>

#include "parser/literal.h"

namespace riverrun::planner {
namespace {

// Reads `a, "B c"` as SET search_path does.
std::vector<std::string> ReadNames(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const bool quoted = text.front() == '"';
    size_t end = quoted ? 1 : 0;
    while (end < text.size()) {
      if (quoted && text.substr(end, 2) == "\"\"") {
        end += 2;
        continue;
      }
      if (text[end] == (quoted ? '"' : ',')) break;
      ++end;
    }
    if (quoted) ++end;
    names.push_back(parser::DecodeIdentifier(text.substr(0, end), 0));
    const size_t next = text.find_first_not_of(", ", end);
    text.remove_prefix(std::min(next, text.size()));
  }
  return names;
}

}  // namespace

SettingTexts TextsOf(const BindContext& context) {
  const Settings& settings = context.settings;
  std::string path;
  for (const std::string& schema : context.search_path) {
    path += (path.empty() ? "" : ", ") + parser::QuoteIdentifier(schema);
  }
  return {{"TimeZone", settings.time_zone->name()},
          {"DateStyle", DateStyleText(settings.date_time)},
          {"IntervalStyle", std::string(IntervalStyleText(settings.date_time.interval))},
          {"bytea_output", settings.bytea_output == ByteaOutput::kHex ? "hex" : "escape"},
          {"extra_float_digits", std::to_string(settings.extra_float_digits)},
          {"search_path", path},
          {"now", std::to_string(context.now)}};
}

BindContext WithSettings(const BindContext& context, const SettingTexts& texts) {
  BindContext out = context;
  out.parameters.clear();
  Settings& settings = out.settings;
  for (const auto& [name, text] : texts) {
    if (name == "TimeZone") {
      Result<std::shared_ptr<const TimeZone>> zone = TimeZone::FindOrAbbreviation(text);
      CHECK(zone.has_value(), "a stored time zone is not known: " + text);
      settings.time_zone = *zone;
    } else if (name == "DateStyle") {
      CHECK(ParseDateStyle(text, settings.date_time), "a stored DateStyle is not known: " + text);
    } else if (name == "IntervalStyle") {
      CHECK(ParseIntervalStyle(text, settings.date_time.interval),
            "a stored IntervalStyle is not known: " + text);
    } else if (name == "bytea_output") {
      settings.bytea_output = text == "hex" ? ByteaOutput::kHex : ByteaOutput::kEscape;
    } else if (name == "extra_float_digits") {
      std::from_chars(text.data(), text.data() + text.size(), settings.extra_float_digits);
    } else if (name == "search_path") {
      out.search_path = ReadNames(text);
    } else if (name == "now") {
      std::from_chars(text.data(), text.data() + text.size(), out.now);
      out.now_is_fixed = true;
    }
  }
  return out;
}

}  // namespace riverrun::planner
