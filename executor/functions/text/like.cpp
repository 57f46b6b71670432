// LIKE and ILIKE: the operators ~~ and ~~* with their negations, and ESCAPE.
#include <memory>
#include <string>
#include <vector>

#include "executor/functions/arrays/array_items.h"
#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "executor/functions/text/letter_case.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

enum class Match : uint8_t { kNo, kYes, kBadPattern };

Error EndsWithEscape() {
  return {sqlstate::kInvalidEscapeSequence, "LIKE pattern must not end with escape character",
          {}, {}};
}

// Matches byte by byte; only '_' needs to know where a character ends. When a branch fails, the
// text behind the last '%' is tried one character further: no recursion, quadratic at worst.
Match MatchLike(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0;
  size_t star_pattern = std::string_view::npos, star_text = 0;
  while (true) {
    if (p < pattern.size() && pattern[p] == '%') {
      star_pattern = ++p;
      star_text = t;
      if (p == pattern.size()) return Match::kYes;
      continue;
    }
    if (t == text.size()) return p == pattern.size() ? Match::kYes : Match::kNo;
    if (p < pattern.size()) {
      if (pattern[p] == '_') {
        t += Utf8CharacterBytes(text[t]);
        ++p;
        continue;
      }
      const bool escaped = pattern[p] == '\\';
      if (escaped && p + 1 == pattern.size()) return Match::kBadPattern;
      if (pattern[p + (escaped ? 1 : 0)] == text[t]) {
        p += escaped ? 2 : 1;
        ++t;
        continue;
      }
    }
    if (star_pattern == std::string_view::npos) return Match::kNo;
    star_text += Utf8CharacterBytes(text[star_text]);
    t = star_text;
    p = star_pattern;
  }
}

// A constant pattern, looked at once. Most are a plain text with '%' at an end or at both.
class LikePattern {
 public:
  explicit LikePattern(std::string_view pattern) : pattern_(pattern) {
    std::string_view body = pattern_;
    const bool open_front = body.starts_with('%');
    if (open_front) body.remove_prefix(1);
    const bool open_back = body.ends_with('%');
    if (open_back) body.remove_suffix(1);
    if (body.find_first_of("%_\\") != std::string_view::npos) return;
    literal_ = body;
    form_ = open_front ? (open_back ? Form::kContains : Form::kSuffix)
                       : (open_back ? Form::kPrefix : Form::kEqual);
  }

  Match Matches(std::string_view text) const {
    switch (form_) {
      case Form::kEqual: return text == literal_ ? Match::kYes : Match::kNo;
      case Form::kPrefix: return text.starts_with(literal_) ? Match::kYes : Match::kNo;
      case Form::kSuffix: return text.ends_with(literal_) ? Match::kYes : Match::kNo;
      case Form::kContains:
        return text.find(literal_) != std::string_view::npos ? Match::kYes : Match::kNo;
      case Form::kGeneral: break;
    }
    return MatchLike(text, pattern_);
  }

 private:
  enum class Form : uint8_t { kGeneral, kEqual, kPrefix, kSuffix, kContains };

  std::string pattern_;
  std::string literal_;
  Form form_ = Form::kGeneral;
};

std::string Lowered(std::string_view text) {
  std::string out;
  AppendLower(out, text);
  return out;
}

template <bool kFold>
Result<Prepared> Prepare(const PrepareInput& input) {
  if (input.constants[1] == nullptr) return Prepared{};
  const std::string_view pattern = input.constants[1]->BytesAt(0);
  return std::make_shared<const LikePattern>(kFold ? Lowered(pattern) : std::string(pattern));
}

template <bool kFold, bool kNegate>
void Like(const KernelInput& in, KernelOutput& out) {
  const auto* prepared = static_cast<const LikePattern*>(in.prepared);
  auto* result = out.values<uint8_t>();
  const auto put = [&](uint32_t row, Match match) {
    if (match == Match::kBadPattern) return out.Fail(row, EndsWithEscape());
    result[row] = (match == Match::kYes) != kNegate;
  };
  if (prepared == nullptr) {
    ForEachCall<std::string_view, std::string_view>(
        in, out, [&](uint32_t row, std::string_view text, std::string_view pattern) {
          put(row, kFold ? MatchLike(Lowered(text), Lowered(pattern)) : MatchLike(text, pattern));
        });
    return;
  }
  const StringReader text(in.args[0]);
  ForEachValid(in, out, [&](uint32_t row) {
    put(row, prepared->Matches(kFold ? std::string_view(Lowered(text[row])) : text[row]));
  });
}

template <bool kBytes>
Result<void> LikeEscape(std::string& out, std::string_view pattern, std::string_view escape) {
  const size_t one = escape.empty() ? 0 : kBytes ? 1 : Utf8CharacterBytes(escape.front());
  if (escape.size() != one) {
    return Fail(sqlstate::kInvalidEscapeSequence, "invalid escape string");
  }
  if (escape == "\\") {
    out = pattern;
    return {};
  }
  bool after_escape = false;
  for (size_t at = 0; at < pattern.size();) {
    const size_t bytes = kBytes ? 1 : Utf8CharacterBytes(pattern[at]);
    const std::string_view character = pattern.substr(at, bytes);
    at += bytes;
    if (!escape.empty() && character == escape && !after_escape) {
      out.push_back('\\');
      after_escape = true;
      continue;
    }
    if (character == "\\" && !after_escape) out.push_back('\\');
    out += character;
    after_escape = false;
  }
  return {};
}

// x LIKE ANY (patterns), x NOT ILIKE ALL (patterns), ...: as for other operators, over no pattern
// ANY is false and ALL true, and a null leaves the answer open unless another pattern gives it.
template <bool kFold, bool kNegate, bool kAll>
void LikeQuantified(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<uint8_t>();
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[1].IsNull(row)) return out.SetNull(row);
    const std::vector<ArrayItem> items = ItemsOf(in.args[1].type, in.args[1].BytesAt(row));
    result[row] = kAll;
    if (items.empty()) return;
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    const std::string text = kFold ? Lowered(in.args[0].BytesAt(row))
                                   : std::string(in.args[0].BytesAt(row));
    bool open = false;
    for (const ArrayItem& item : items) {
      if (item.IsNull()) {
        open = true;
        continue;
      }
      ColumnBuilder builder(Type::Text());
      DecodeImage(item.image, builder);
      const Column pattern = builder.Finish();
      const Match match = kFold ? MatchLike(text, Lowered(pattern.BytesAt(0)))
                                : MatchLike(text, pattern.BytesAt(0));
      if (match == Match::kBadPattern) return out.Fail(row, EndsWithEscape());
      if (((match == Match::kYes) != kNegate) == kAll) continue;
      result[row] = !kAll;
      return;
    }
    if (open) out.SetNull(row);
  });
}

template <bool kAll>
void RegisterQuantified(FunctionRegistry& registry, const std::string& word) {
  constexpr FunctionOptions kOptions = {.strict = false, .can_fail = CanFail::kYes};
  const auto add = [&](const std::string& op, Kernel kernel) {
    registry.Scalar(op + " " + word + "(text, text[]) -> boolean", kernel, kOptions,
                    "LIKE with several patterns");
  };
  add("~~", LikeQuantified<false, false, kAll>);
  add("!~~", LikeQuantified<false, true, kAll>);
  add("~~*", LikeQuantified<true, false, kAll>);
  add("!~~*", LikeQuantified<true, true, kAll>);
}

}  // namespace

void RegisterLike(FunctionRegistry& registry) {
  constexpr FunctionOptions kExact = {.can_fail = CanFail::kYes, .prepare = Prepare<false>};
  constexpr FunctionOptions kFolded = {.can_fail = CanFail::kYes, .prepare = Prepare<true>};
  for (const std::string types : {"(text, text) -> boolean", "(bytea, bytea) -> boolean"}) {
    registry.Scalar("~~" + types, Like<false, false>, kExact, "LIKE");
    registry.Scalar("!~~" + types, Like<false, true>, kExact, "NOT LIKE");
  }
  registry.Scalar("~~*(text, text) -> boolean", Like<true, false>, kFolded, "ILIKE");
  registry.Scalar("!~~*(text, text) -> boolean", Like<true, true>, kFolded, "NOT ILIKE");
  RegisterQuantified<false>(registry, "any");
  RegisterQuantified<true>(registry, "all");
  registry.Scalar("like_escape(text, text) -> text", Appended<LikeEscape<false>>(),
                  {.can_fail = CanFail::kYes}, "the pattern with backslash for its ESCAPE");
  registry.Scalar("like_escape(bytea, bytea) -> bytea", Appended<LikeEscape<true>>(),
                  {.can_fail = CanFail::kYes}, "the pattern with backslash for its ESCAPE");
}

}  // namespace riverrun::executor
