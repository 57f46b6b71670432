// Pieces of strings: substring, left, right, trim, split_part, and where a piece begins.
#include <algorithm>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

// Characters [first, last) of a text, counted from 0 and cut to what is there.
std::string_view Characters(std::string_view text, int64_t first, int64_t last) {
  first = std::max<int64_t>(first, 0);
  if (last <= first) return {};
  text.remove_prefix(SkipCharacters(text, static_cast<size_t>(first)));
  return text.substr(0, SkipCharacters(text, static_cast<size_t>(last - first)));
}

std::string_view BytesOf(std::string_view bytes, int64_t first, int64_t last) {
  first = std::clamp<int64_t>(first, 0, static_cast<int64_t>(bytes.size()));
  if (last <= first) return {};
  return bytes.substr(static_cast<size_t>(first), static_cast<size_t>(last - first));
}

using Slice = std::string_view (*)(std::string_view, int64_t, int64_t);

template <Slice kSlice>
std::string_view From(std::string_view text, int32_t start) {
  return kSlice(text, int64_t{start} - 1, INT64_MAX / 2);
}

template <Slice kSlice>
Result<void> FromFor(std::string& out, std::string_view text, int32_t start, int32_t length) {
  if (length < 0) return Fail(sqlstate::kSubstringError, "negative substring length not allowed");
  out = kSlice(text, int64_t{start} - 1, int64_t{start} - 1 + length);
  return {};
}

int64_t LengthOf(std::string_view text) { return static_cast<int64_t>(CountCharacters(text)); }

// A negative count leaves out that many characters at the other end.
std::string_view Left(std::string_view text, int32_t count) {
  return Characters(text, 0, count < 0 ? LengthOf(text) + count : count);
}
std::string_view Right(std::string_view text, int32_t count) {
  const int64_t length = LengthOf(text);
  return Characters(text, count < 0 ? -int64_t{count} : length - count, length);
}

// Whether the character at the front of `text` is among `set`.
bool StartsWithAny(std::string_view text, std::string_view set) {
  const std::string_view character = text.substr(0, Utf8CharacterBytes(text.front()));
  return set.find(character) != std::string_view::npos;
}

std::string_view TrimLeft(std::string_view text, std::string_view set) {
  while (!text.empty() && StartsWithAny(text, set)) {
    text.remove_prefix(Utf8CharacterBytes(text.front()));
  }
  return text;
}
std::string_view TrimRight(std::string_view text, std::string_view set) {
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && (static_cast<uint8_t>(text[last]) & 0xc0) == 0x80) --last;
    if (!StartsWithAny(text.substr(last), set)) break;
    text = text.substr(0, last);
  }
  return text;
}
std::string_view TrimBoth(std::string_view text, std::string_view set) {
  return TrimRight(TrimLeft(text, set), set);
}
std::string_view TrimSpacesLeft(std::string_view text) { return TrimLeft(text, " "); }
std::string_view TrimSpacesRight(std::string_view text) { return TrimRight(text, " "); }
std::string_view TrimSpaces(std::string_view text) { return TrimBoth(text, " "); }

std::string_view TrimBytesLeft(std::string_view bytes, std::string_view set) {
  return bytes.substr(std::min(bytes.find_first_not_of(set), bytes.size()));
}
std::string_view TrimBytesRight(std::string_view bytes, std::string_view set) {
  return bytes.substr(0, bytes.find_last_not_of(set) + 1);
}
std::string_view TrimBytes(std::string_view bytes, std::string_view set) {
  return TrimBytesRight(TrimBytesLeft(bytes, set), set);
}

int32_t Position(std::string_view text, std::string_view part) {
  const size_t at = text.find(part);
  if (at == std::string_view::npos) return 0;
  return static_cast<int32_t>(CountCharacters(text.substr(0, at))) + 1;
}
int32_t PositionOfBytes(std::string_view bytes, std::string_view part) {
  const size_t at = bytes.find(part);
  return at == std::string_view::npos ? 0 : static_cast<int32_t>(at) + 1;
}

bool StartsWith(std::string_view text, std::string_view prefix) { return text.starts_with(prefix); }

// The n-th field, counted from the end if negative.
Result<void> SplitPart(std::string& out, std::string_view text, std::string_view delimiter,
                       int32_t field) {
  if (field == 0) {
    return Fail(sqlstate::kInvalidParameterValue, "field position must not be zero");
  }
  if (delimiter.empty()) {
    if (field == 1 || field == -1) out = text;
    return {};
  }
  int64_t wanted = field;
  if (field < 0) {
    int64_t fields = 1;
    for (size_t at = 0; (at = text.find(delimiter, at)) != std::string_view::npos;) {
      at += delimiter.size();
      ++fields;
    }
    wanted += fields + 1;
    if (wanted < 1) return {};
  }
  for (; wanted > 1; --wanted) {
    const size_t at = text.find(delimiter);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + delimiter.size());
  }
  out = text.substr(0, text.find(delimiter));
  return {};
}

// Replaces `length` characters from `start` on.
template <Slice kSlice>
Result<void> OverlayFor(std::string& out, std::string_view text, std::string_view part,
                        int32_t start, int32_t length) {
  if (start <= 0) return Fail(sqlstate::kSubstringError, "negative substring length not allowed");
  const int64_t rest = int64_t{start} - 1 + length;
  if (rest > INT32_MAX - 1) {
    return Fail(sqlstate::kNumericValueOutOfRange, "integer out of range");
  }
  out = kSlice(text, 0, int64_t{start} - 1);
  out += part;
  out += kSlice(text, rest, INT64_MAX / 2);
  return {};
}
Result<void> Overlay(std::string& out, std::string_view text, std::string_view part,
                     int32_t start) {
  return OverlayFor<Characters>(out, text, part, start, static_cast<int32_t>(LengthOf(part)));
}
Result<void> OverlayBytes(std::string& out, std::string_view text, std::string_view part,
                          int32_t start) {
  return OverlayFor<BytesOf>(out, text, part, start, static_cast<int32_t>(part.size()));
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

void RegisterPieces(FunctionRegistry& registry) {
  for (const std::string name : {"substring", "substr"}) {
    registry.Scalar(name + "(text, integer) -> text", Viewed<From<Characters>>(),
                    "characters from a position on");
    registry.Scalar(name + "(text, integer, integer) -> text", Appended<FromFor<Characters>>(),
                    kCanFail, "that many characters from a position on");
    registry.Scalar(name + "(bytea, integer) -> bytea", Viewed<From<BytesOf>>(),
                    "bytes from a position on");
    registry.Scalar(name + "(bytea, integer, integer) -> bytea", Appended<FromFor<BytesOf>>(),
                    kCanFail, "that many bytes from a position on");
  }
  registry.Scalar("left(text, integer) -> text", Viewed<Left>(), "the first characters");
  registry.Scalar("right(text, integer) -> text", Viewed<Right>(), "the last characters");
  registry.Scalar("split_part(text, text, integer) -> text", Appended<SplitPart>(), kCanFail,
                  "the n-th field between delimiters; from the end if negative");
  registry.Scalar("overlay(text, text, integer) -> text", Appended<Overlay>(), kCanFail,
                  "replaces as many characters as the new ones");
  registry.Scalar("overlay(text, text, integer, integer) -> text",
                  Appended<OverlayFor<Characters>>(), kCanFail, "replaces that many characters");
  registry.Scalar("overlay(bytea, bytea, integer) -> bytea", Appended<OverlayBytes>(), kCanFail,
                  "replaces as many bytes as the new ones");
  registry.Scalar("overlay(bytea, bytea, integer, integer) -> bytea",
                  Appended<OverlayFor<BytesOf>>(), kCanFail, "replaces that many bytes");
}

}  // namespace

void RegisterSubstringFunctions(FunctionRegistry& registry) {
  RegisterPieces(registry);
  registry.Scalar("ltrim(text) -> text", Viewed<TrimSpacesLeft>(), "without spaces at the front");
  registry.Scalar("rtrim(text) -> text", Viewed<TrimSpacesRight>(), "without spaces at the end");
  registry.Scalar("btrim(text) -> text", Viewed<TrimSpaces>(), "without spaces at both ends");
  registry.Scalar("ltrim(text, text) -> text", Viewed<TrimLeft>(),
                  "without these characters at the front");
  registry.Scalar("rtrim(text, text) -> text", Viewed<TrimRight>(),
                  "without these characters at the end");
  registry.Scalar("btrim(text, text) -> text", Viewed<TrimBoth>(),
                  "without these characters at both ends");
  registry.Scalar("ltrim(bytea, bytea) -> bytea", Viewed<TrimBytesLeft>(),
                  "without these bytes at the front");
  registry.Scalar("rtrim(bytea, bytea) -> bytea", Viewed<TrimBytesRight>(),
                  "without these bytes at the end");
  registry.Scalar("btrim(bytea, bytea) -> bytea", Viewed<TrimBytes>(),
                  "without these bytes at both ends");
  for (const std::string name : {"strpos", "position"}) {
    registry.Scalar(name + "(text, text) -> integer", Map<Position>(),
                    "position of the second text in the first; 0 if it is not there");
  }
  registry.Scalar("position(bytea, bytea) -> integer", Map<PositionOfBytes>(),
                  "position of the second string in the first; 0 if it is not there");
  registry.Scalar("starts_with(text, text) -> boolean", Map<StartsWith>(), "begins with");
  registry.Scalar("^@(text, text) -> boolean", Map<StartsWith>(), "begins with");
}

}  // namespace riverrun::executor
