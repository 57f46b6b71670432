// ~ and the regexp functions: regexp_match, regexp_replace, regexp_split_to_array and their kin.
#include <optional>
#include <string>
#include <vector>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "executor/functions/text/posix_regex.h"
#include "types/codec/key.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

using re2::StringPiece;

StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }
std::string_view View(const StringPiece& piece) { return {piece.data(), piece.size()}; }

// A pattern with its flags, constant in the query.
struct PreparedRegex {
  RegexRef regex;
  RegexFlags flags;
};

Result<PreparedRegex> MakeRegex(std::string_view pattern, std::string_view flag_text,
                                bool fold_case) {
  Result<RegexFlags> flags = ParseRegexFlags(flag_text);
  if (!flags) return std::unexpected(std::move(flags).error());
  if (fold_case) flags->fold_case = true;
  Result<RegexRef> regex = CompileRegex(pattern, *flags);
  if (!regex) return std::unexpected(std::move(regex).error());
  return PreparedRegex{*std::move(regex), *flags};
}

// Prepares from the pattern in argument 1 and the flags in argument kFlags (0: none).
template <int kFlags, bool kFold>
Result<Prepared> Prepare(const PrepareInput& input) {
  const Column* pattern = input.constants[1];
  const Column* flags = kFlags > 0 ? input.constants[kFlags] : nullptr;
  if (pattern == nullptr || (kFlags > 0 && flags == nullptr)) return Prepared{};
  Result<PreparedRegex> regex = MakeRegex(
      pattern->BytesAt(0), kFlags > 0 ? flags->BytesAt(0) : std::string_view(), kFold);
  if (!regex) return std::unexpected(std::move(regex).error());
  return std::make_shared<const PreparedRegex>(*std::move(regex));
}

// The pattern of each row: the prepared one, or compiled when it differs from the row before.
template <int kFlags, bool kFold>
class RegexOfRow {
 public:
  explicit RegexOfRow(const KernelInput& in)
      : in_(in), prepared_(static_cast<const PreparedRegex*>(in.prepared)) {}

  // Null if the pattern is none; the row has failed then.
  const PreparedRegex* At(uint32_t row, KernelOutput& out) {
    if (prepared_ != nullptr) return prepared_;
    const std::string_view pattern = in_.args[1].BytesAt(row);
    const std::string_view flags =
        kFlags > 0 ? in_.args[kFlags].BytesAt(row) : std::string_view();
    if (!last_ || pattern != pattern_ || flags != flags_) {
      pattern_ = pattern;
      flags_ = flags;
      last_ = MakeRegex(pattern, flags, kFold);
    }
    if (*last_) return &**last_;
    out.Fail(row, last_->error());
    return nullptr;
  }

 private:
  const KernelInput& in_;
  const PreparedRegex* prepared_;
  std::string pattern_, flags_;
  std::optional<Result<PreparedRegex>> last_;
};

bool Find(const re2::RE2& regex, std::string_view text, size_t from,
          std::vector<StringPiece>& groups) {
  return regex.Match(Piece(text), from, text.size(), re2::RE2::UNANCHORED, groups.data(),
                     static_cast<int>(groups.size()));
}

std::vector<StringPiece> GroupsOf(const re2::RE2& regex) {
  return std::vector<StringPiece>(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1);
}

size_t OffsetIn(std::string_view text, const StringPiece& piece) {
  return static_cast<size_t>(piece.data() - text.data());
}

// Calls f(groups) for each match from `from` on; f returns false to stop. Behind an empty match
// the search goes on one character further.
template <class F>
void ForEachMatch(const re2::RE2& regex, std::string_view text, size_t from, F&& f) {
  std::vector<StringPiece> groups = GroupsOf(regex);
  while (from <= text.size() && Find(regex, text, from, groups)) {
    if (!f(groups)) return;
    const size_t end = OffsetIn(text, groups[0]) + groups[0].size();
    if (!groups[0].empty()) {
      from = end;
    } else {
      from = end < text.size() ? end + Utf8CharacterBytes(text[end]) : end + 1;
    }
  }
}

template <bool kFold, bool kNegate>
void Matches(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<0, kFold> regexes(in);
  const StringReader text(in.args[0]);
  auto* result = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    result[row] = re2::RE2::PartialMatch(Piece(text[row]), *regex->regex) != kNegate;
  });
}

std::unexpected<Error> NotGlobal(std::string_view function) {
  return Fail(sqlstate::kInvalidParameterValue,
              std::string(function) + " does not support the \"global\" option");
}

// The position of the argument named in an error, from 1 on.
Result<size_t> StartOffset(std::string_view text, int32_t start) {
  if (start <= 0) {
    return Fail(sqlstate::kInvalidParameterValue,
                "invalid value for parameter \"start\": " + std::to_string(start));
  }
  const size_t characters = static_cast<size_t>(start) - 1;
  const size_t at = SkipCharacters(text, characters);
  // Behind the end nothing matches, not even an empty pattern.
  if (at == text.size() && CountCharacters(text) < characters) return text.size() + 1;
  return at;
}

template <int kFlags>
void Like(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kFlags, false> regexes(in);
  auto* result = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    if (regex->flags.global) return out.Fail(row, NotGlobal("regexp_like()").error());
    result[row] = re2::RE2::PartialMatch(Piece(in.args[0].BytesAt(row)), *regex->regex);
  });
}

void AppendText(ColumnBuilder& builder, const StringPiece& group) {
  if (group.data() == nullptr) return builder.AppendNull();
  builder.AppendBytes(View(group));
}

void SetTextArray(KernelOutput& out, uint32_t row, ColumnBuilder& elements) {
  std::string value;
  const uint32_t count = elements.rows();
  AppendArrayValue(elements.Finish(), count, value);
  out.SetString(row, value);
}

// The groups of the first match, or all of it if there are none.
template <int kFlags>
void FirstMatch(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kFlags, false> regexes(in);
  ColumnBuilder elements(Type::Text());
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    if (regex->flags.global) return out.Fail(row, NotGlobal("regexp_match()").error());
    std::vector<StringPiece> groups = GroupsOf(*regex->regex);
    if (!Find(*regex->regex, in.args[0].BytesAt(row), 0, groups)) return out.SetNull(row);
    for (size_t i = groups.size() > 1 ? 1 : 0; i < groups.size(); ++i) {
      AppendText(elements, groups[i]);
    }
    SetTextArray(out, row, elements);
  });
}

// substring(text from pattern): the first group, or the whole match if there is none.
void Substring(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<0, false> regexes(in);
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    std::vector<StringPiece> groups = GroupsOf(*regex->regex);
    if (!Find(*regex->regex, in.args[0].BytesAt(row), 0, groups)) return out.SetNull(row);
    const StringPiece& found = groups[groups.size() > 1 ? 1 : 0];
    if (found.data() == nullptr) return out.SetNull(row);
    out.SetString(row, View(found));
  });
}

// Writes the replacement of a match: \1 to \9 are groups, \& the match, \\ a backslash.
void AppendReplacement(std::string_view replacement, const std::vector<StringPiece>& groups,
                       std::string& out) {
  for (size_t at = 0; at < replacement.size(); ++at) {
    if (replacement[at] != '\\' || at + 1 == replacement.size()) {
      out.push_back(replacement[at]);
      continue;
    }
    const char c = replacement[at + 1];
    if (c >= '1' && c <= '9') {
      const auto group = static_cast<size_t>(c - '0');
      if (group < groups.size()) out += View(groups[group]);
    } else if (c == '&') {
      out += View(groups[0]);
    } else {
      out.push_back('\\');
      if (c != '\\') continue;
    }
    ++at;
  }
}

// Replaces the n-th match from `from` on, or all if n is 0.
void AppendReplaced(const re2::RE2& regex, std::string_view text, std::string_view replacement,
                    size_t from, int32_t n, std::string& out) {
  size_t copied = 0;
  int32_t count = 0;
  ForEachMatch(regex, text, from, [&](const std::vector<StringPiece>& groups) {
    if (++count < n) return true;
    const size_t begin = OffsetIn(text, groups[0]);
    out += text.substr(copied, begin - copied);
    AppendReplacement(replacement, groups, out);
    copied = begin + groups[0].size();
    return n == 0;
  });
  out += text.substr(copied);
}

template <int kFlags>
void Replace(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kFlags, false> regexes(in);
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    text.clear();
    AppendReplaced(*regex->regex, in.args[0].BytesAt(row), in.args[2].BytesAt(row), 0,
                   regex->flags.global ? 0 : 1, text);
    out.SetString(row, text);
  });
}

// regexp_replace(text, pattern, replacement, start [, n [, flags]]): without n, all or the first
// by the flags; there are none then, so the first.
template <int kArguments>
void ReplaceFrom(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kArguments == 6 ? 5 : 0, false> regexes(in);
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    const std::string_view given = in.args[0].BytesAt(row);
    const Result<size_t> from = StartOffset(given, in.args[3].At<int32_t>(row));
    if (!from) return out.Fail(row, from.error());
    const int32_t n = kArguments >= 5 ? in.args[4].At<int32_t>(row) : 1;
    if (n < 0) {
      return out.Fail(row, {sqlstate::kInvalidParameterValue,
                            "invalid value for parameter \"n\": " + std::to_string(n), {}, {}});
    }
    text.clear();
    AppendReplaced(*regex->regex, given, in.args[2].BytesAt(row), *from, n, text);
    out.SetString(row, text);
  });
}

// Empty matches at the ends and right behind another match split nothing.
template <int kFlags>
void Split(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kFlags, false> regexes(in);
  ColumnBuilder elements(Type::Text());
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    if (regex->flags.global) return out.Fail(row, NotGlobal("regexp_split_to_array()").error());
    const std::string_view text = in.args[0].BytesAt(row);
    size_t piece = 0;
    ForEachMatch(*regex->regex, text, 0, [&](const std::vector<StringPiece>& groups) {
      const size_t begin = OffsetIn(text, groups[0]);
      if (groups[0].empty() && (begin == piece || begin >= text.size())) return true;
      elements.AppendBytes(text.substr(piece, begin - piece));
      piece = begin + groups[0].size();
      return true;
    });
    elements.AppendBytes(text.substr(piece));
    SetTextArray(out, row, elements);
  });
}

template <int kArguments>
void Count(const KernelInput& in, KernelOutput& out) {
  RegexOfRow<kArguments == 4 ? 3 : 0, false> regexes(in);
  auto* result = out.values<int32_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    const PreparedRegex* regex = regexes.At(row, out);
    if (regex == nullptr) return;
    if (regex->flags.global) return out.Fail(row, NotGlobal("regexp_count()").error());
    const std::string_view text = in.args[0].BytesAt(row);
    const Result<size_t> from =
        kArguments >= 3 ? StartOffset(text, in.args[2].At<int32_t>(row)) : Result<size_t>(0);
    if (!from) return out.Fail(row, from.error());
    int32_t count = 0;
    ForEachMatch(*regex->regex, text, *from, [&](const auto&) { return ++count, true; });
    result[row] = count;
  });
}

Result<void> SimilarWithEscape(std::string& out, std::string_view pattern,
                               std::string_view escape) {
  Result<std::string> regex = SimilarToRegex(pattern, escape);
  if (!regex) return std::unexpected(std::move(regex).error());
  out = *std::move(regex);
  return {};
}
Result<void> Similar(std::string& out, std::string_view pattern) {
  return SimilarWithEscape(out, pattern, "\\");
}

// substring(text similar pattern escape e): what stands between the pattern's two escaped quotes.
Result<void> FindBetweenQuotes(std::string_view text, std::string_view pattern,
                               std::string_view escape, std::optional<std::string>& found) {
  Result<std::string> similar = SimilarToRegex(pattern, escape, true);
  if (!similar) return std::unexpected(std::move(similar).error());
  Result<RegexRef> regex = CompileRegex(*similar, {});
  if (!regex) return std::unexpected(std::move(regex).error());
  std::vector<StringPiece> groups = GroupsOf(**regex);
  if (Find(**regex, text, 0, groups)) found = View(groups[groups.size() > 1 ? 1 : 0]);
  return {};
}

void SubstringSimilar(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view, std::string_view, std::string_view>(
      in, out,
      [&](uint32_t row, std::string_view text, std::string_view pattern, std::string_view escape) {
        std::optional<std::string> found;
        Result<void> done = FindBetweenQuotes(text, pattern, escape, found);
        if (!done) return out.Fail(row, std::move(done).error());
        found ? out.SetString(row, *found) : out.SetNull(row);
      });
}

void RegisterReplace(FunctionRegistry& registry) {
  const auto options = [](PrepareHook prepare) {
    return FunctionOptions{.can_fail = CanFail::kYes, .prepare = prepare};
  };
  registry.Scalar("regexp_replace(text, text, text) -> text", Replace<0>,
                  options(Prepare<0, false>), "the first match replaced");
  registry.Scalar("regexp_replace(text, text, text, text) -> text", Replace<3>,
                  options(Prepare<3, false>), "matches replaced; flag g for all of them");
  registry.Scalar("regexp_replace(text, text, text, integer) -> text", ReplaceFrom<4>,
                  options(Prepare<0, false>), "the first match from a position on replaced");
  registry.Scalar("regexp_replace(text, text, text, integer, integer) -> text", ReplaceFrom<5>,
                  options(Prepare<0, false>), "the n-th match from a position on replaced");
  registry.Scalar("regexp_replace(text, text, text, integer, integer, text) -> text",
                  ReplaceFrom<6>, options(Prepare<5, false>),
                  "the n-th match from a position on replaced");
}

}  // namespace

void RegisterRegex(FunctionRegistry& registry) {
  const auto options = [](PrepareHook prepare) {
    return FunctionOptions{.can_fail = CanFail::kYes, .prepare = prepare};
  };
  registry.Scalar("~(text, text) -> boolean", Matches<false, false>, options(Prepare<0, false>),
                  "matches a regular expression");
  registry.Scalar("!~(text, text) -> boolean", Matches<false, true>, options(Prepare<0, false>),
                  "does not match a regular expression");
  registry.Scalar("~*(text, text) -> boolean", Matches<true, false>, options(Prepare<0, true>),
                  "matches a regular expression in any case");
  registry.Scalar("!~*(text, text) -> boolean", Matches<true, true>, options(Prepare<0, true>),
                  "does not match a regular expression in any case");
  registry.Scalar("regexp_like(text, text) -> boolean", Like<0>, options(Prepare<0, false>),
                  "matches a regular expression");
  registry.Scalar("regexp_like(text, text, text) -> boolean", Like<2>,
                  options(Prepare<2, false>), "matches a regular expression");
  registry.Scalar("regexp_match(text, text) -> text[]", FirstMatch<0>,
                  options(Prepare<0, false>), "the groups of the first match");
  registry.Scalar("regexp_match(text, text, text) -> text[]", FirstMatch<2>,
                  options(Prepare<2, false>), "the groups of the first match");
  registry.Scalar("regexp_split_to_array(text, text) -> text[]", Split<0>,
                  options(Prepare<0, false>), "the pieces between matches");
  registry.Scalar("regexp_split_to_array(text, text, text) -> text[]", Split<2>,
                  options(Prepare<2, false>), "the pieces between matches");
  registry.Scalar("regexp_count(text, text) -> integer", Count<2>, options(Prepare<0, false>),
                  "number of matches");
  registry.Scalar("regexp_count(text, text, integer) -> integer", Count<3>,
                  options(Prepare<0, false>), "number of matches from a position on");
  registry.Scalar("regexp_count(text, text, integer, text) -> integer", Count<4>,
                  options(Prepare<3, false>), "number of matches from a position on");
  registry.Scalar("substring(text, text) -> text", Substring, options(Prepare<0, false>),
                  "the part that matches a regular expression");
  registry.Scalar("substring(text, text, text) -> text", SubstringSimilar,
                  {.can_fail = CanFail::kYes}, "the part between a pattern's escaped quotes");
  registry.Scalar("similar_to_escape(text) -> text", Appended<Similar>(),
                  {.can_fail = CanFail::kYes}, "a pattern of SIMILAR TO for ~");
  registry.Scalar("similar_to_escape(text, text) -> text", Appended<SimilarWithEscape>(),
                  {.can_fail = CanFail::kYes}, "a pattern of SIMILAR TO for ~");
  RegisterReplace(registry);
}

}  // namespace riverrun::executor
