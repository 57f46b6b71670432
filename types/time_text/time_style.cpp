// The settings DateStyle and IntervalStyle as text.
#include <algorithm>
#include <optional>

#include "types/time/time_text.h"
#include "types/time_text/time_words.h"

namespace riverrun {
namespace {

std::string Lowered(std::string_view text) {
  while (!text.empty() && IsAsciiSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsAsciiSpace(text.back())) text.remove_suffix(1);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), ToLowerAscii);
  return lower;
}

/// Sets what a word says; false if it was said differently before.
template <class T>
bool SetOnce(T value, std::optional<T>& slot) {
  if (slot && *slot != value) return false;
  slot = value;
  return true;
}

/// What one value of DateStyle says.
struct Said {
  std::optional<DateStyle> style;
  std::optional<DateOrder> order;
  std::optional<DateOrder> implied_order;  // counts where no order is said
};

bool ReadStyleWord(const std::string& word, Said& said) {
  if (word == "iso") return SetOnce(DateStyle::kIso, said.style);
  if (word == "sql") return SetOnce(DateStyle::kSql, said.style);
  if (word.starts_with("postgres")) return SetOnce(DateStyle::kPostgres, said.style);
  if (word == "german") {
    said.implied_order = DateOrder::kDmy;
    return SetOnce(DateStyle::kGerman, said.style);
  }
  if (word == "ymd") return SetOnce(DateOrder::kYmd, said.order);
  if (word == "dmy" || word.starts_with("euro")) return SetOnce(DateOrder::kDmy, said.order);
  if (word == "mdy" || word == "us" || word.starts_with("noneuro")) {
    return SetOnce(DateOrder::kMdy, said.order);
  }
  if (word != "default") return false;
  if (!said.style) said.style = DateStyle::kIso;
  if (!said.implied_order) said.implied_order = DateOrder::kMdy;
  return true;
}

}  // namespace

bool ParseDateStyle(std::string_view text, DateTimeStyle& style) {
  Said said;
  while (true) {
    const size_t comma = text.find(',');
    if (!ReadStyleWord(Lowered(text.substr(0, comma)), said)) return false;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  style.style = said.style.value_or(style.style);
  style.order = said.order ? *said.order : said.implied_order.value_or(style.order);
  return true;
}

std::string DateStyleText(const DateTimeStyle& style) {
  constexpr std::string_view kStyles[] = {"ISO", "SQL", "Postgres", "German"};
  constexpr std::string_view kOrders[] = {"MDY", "DMY", "YMD"};
  std::string text(kStyles[static_cast<size_t>(style.style)]);
  text += ", ";
  text += kOrders[static_cast<size_t>(style.order)];
  return text;
}

namespace {
constexpr std::string_view kIntervalStyles[] = {"postgres", "postgres_verbose", "sql_standard",
                                                "iso_8601"};
}  // namespace

bool ParseIntervalStyle(std::string_view text, IntervalStyle& style) {
  const auto* found = std::ranges::find(kIntervalStyles, Lowered(text));
  if (found == std::end(kIntervalStyles)) return false;
  style = static_cast<IntervalStyle>(found - std::begin(kIntervalStyles));
  return true;
}

std::string_view IntervalStyleText(IntervalStyle style) {
  return kIntervalStyles[static_cast<size_t>(style)];
}

}  // namespace riverrun
