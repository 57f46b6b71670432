#include "types/text/jsonb.h"

#include <algorithm>
#include <vector>

#include "types/codec/bytes.h"
#include "types/text/json_scanner.h"
#include "types/number/numeric.h"
#include "types/text/utf8.h"

namespace riverrun {
namespace {

std::unexpected<Error> TooDeep() {
  return Fail(sqlstate::kStatementTooComplex,
              "JSON is nested deeper than " + std::to_string(kJsonDepthMax) + " levels");
}

// Recursive descent over the tokens. `Canonical` writes the canonical form; without it the text
// is only checked.
template <bool Canonical>
class JsonParser {
 public:
  JsonParser(std::string_view text, std::string* out) : scanner_(text), out_(out) {}

  Result<void> Run() {
    if (Result<void> read = ReadValue(scanner_.Next(), 0); !read) return read;
    if (scanner_.Next() != JsonToken::kEnd) return InvalidJson();
    return {};
  }

 private:
  // A member of an object: its key, and where `"key": value` lies in the output.
  struct Member {
    std::string key;
    size_t begin = 0;
    size_t end = 0;
  };

  void Write(std::string_view text) {
    if constexpr (Canonical) out_->append(text);
  }

  Result<void> ReadValue(JsonToken token, int depth) {
    if (depth > kJsonDepthMax) return TooDeep();
    switch (token) {
      case JsonToken::kBeginObject: return ReadObject(depth);
      case JsonToken::kBeginArray: return ReadArray(depth);
      case JsonToken::kString: return ReadString();
      case JsonToken::kNumber: return ReadNumber();
      case JsonToken::kTrue:
      case JsonToken::kFalse:
      case JsonToken::kNull: Write(scanner_.token()); return {};
      default: return InvalidJson();
    }
  }

  Result<void> ReadString() {
    if constexpr (Canonical) {
      std::string characters;
      if (Result<void> read = AppendJsonCharacters(scanner_.token(), characters); !read) {
        return read;
      }
      AppendJsonString(characters, *out_);
    }
    return {};
  }

  Result<void> ReadNumber() {
    if constexpr (Canonical) {
      const Result<Numeric> number = ParseNumeric(scanner_.token());
      if (!number) return std::unexpected(number.error());
      AppendNumericText(*number, *out_);
    }
    return {};
  }

  Result<void> ReadArray(int depth) {
    Write("[");
    JsonToken token = scanner_.Next();
    for (bool first = true; first || token != JsonToken::kEndArray; first = false) {
      if (first && token == JsonToken::kEndArray) break;
      if (!first) {
        if (token != JsonToken::kComma) return InvalidJson();
        Write(", ");
        token = scanner_.Next();
      }
      if (Result<void> read = ReadValue(token, depth + 1); !read) return read;
      token = scanner_.Next();
    }
    Write("]");
    return {};
  }

  Result<void> ReadObject(int depth) {
    Write("{");
    std::vector<Member> members;
    JsonToken token = scanner_.Next();
    for (bool first = true; first || token != JsonToken::kEndObject; first = false) {
      if (first && token == JsonToken::kEndObject) break;
      if (!first) {
        if (token != JsonToken::kComma) return InvalidJson();
        Write(", ");
        token = scanner_.Next();
      }
      if (token != JsonToken::kString) return InvalidJson();
      if (Result<void> read = ReadMember(depth, members); !read) return read;
      token = scanner_.Next();
    }
    if constexpr (Canonical) Arrange(members);
    Write("}");
    return {};
  }

  Result<void> ReadMember(int depth, std::vector<Member>& members) {
    Member member;
    if constexpr (Canonical) {
      member.begin = out_->size();
      if (Result<void> read = AppendJsonCharacters(scanner_.token(), member.key); !read) {
        return read;
      }
      AppendJsonString(member.key, *out_);
    }
    if (scanner_.Next() != JsonToken::kColon) return InvalidJson();
    Write(": ");
    if (Result<void> read = ReadValue(scanner_.Next(), depth + 1); !read) return read;
    if constexpr (Canonical) {
      member.end = out_->size();
      members.push_back(std::move(member));
    }
    return {};
  }

  // Brings the members that were just written into the order of their keys.
  void Arrange(std::vector<Member>& members) {
    const auto before = [](const Member& a, const Member& b) {
      if (a.key.size() != b.key.size()) return a.key.size() < b.key.size();
      return a.key < b.key;
    };
    const auto not_ascending = [&](const Member& a, const Member& b) { return !before(a, b); };
    if (std::adjacent_find(members.begin(), members.end(), not_ascending) == members.end()) return;
    const size_t begin = members.front().begin;
    const std::string written = out_->substr(begin);
    out_->resize(begin);
    // The sort is stable, so that of members with one key the last is the one to keep.
    std::stable_sort(members.begin(), members.end(), before);
    for (size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && members[i].key == members[i + 1].key) continue;
      if (out_->size() > begin) out_->append(", ");
      out_->append(written, members[i].begin - begin, members[i].end - members[i].begin);
    }
  }

  JsonScanner scanner_;
  std::string* out_;
};

// Of the key. PostgreSQL orders kinds like this; an empty array that is the whole value comes
// before everything (its authors call it an accident, but it is how jsonb sorts).
enum KeyTag : char {
  kEmptyTopArray = 1,
  kNullTag = 2,
  kStringTag = 3,
  kNumberTag = 4,
  kFalseTag = 5,
  kTrueTag = 6,
  kArrayTag = 7,
  kObjectTag = 8,
};

void AppendKeyString(std::string_view token, std::string& out) {
  std::string characters;
  const Result<void> read = AppendJsonCharacters(token, characters);
  CHECK(read.has_value(), "not canonical JSON");
  // Characters are never NUL, so one ends the string.
  out.append(characters);
  out.push_back('\0');
}

void AppendKeyValue(JsonScanner& scanner, JsonToken token, bool top, std::string& out);

// Appends the tag, the number of elements or members, and these.
void AppendKeyContainer(JsonScanner& scanner, bool object, bool top, std::string& out) {
  const size_t begin = out.size();
  out.push_back(object ? kObjectTag : kArrayTag);
  out.append(sizeof(uint32_t), '\0');
  uint32_t count = 0;
  for (JsonToken token = scanner.Next();
       token != JsonToken::kEndObject && token != JsonToken::kEndArray; token = scanner.Next()) {
    CHECK(token != JsonToken::kEnd && token != JsonToken::kInvalid, "not canonical JSON");
    if (token == JsonToken::kComma) continue;
    if (object) {
      AppendKeyString(scanner.token(), out);
      scanner.Next();
      token = scanner.Next();
    }
    AppendKeyValue(scanner, token, false, out);
    ++count;
  }
  if (top && !object && count == 0) {
    out.resize(begin);
    out.push_back(kEmptyTopArray);
    return;
  }
  std::string size;
  AppendBigEndian(size, count);
  out.replace(begin + 1, size.size(), size);
}

void AppendKeyValue(JsonScanner& scanner, JsonToken token, bool top, std::string& out) {
  switch (token) {
    case JsonToken::kBeginObject: return AppendKeyContainer(scanner, true, top, out);
    case JsonToken::kBeginArray: return AppendKeyContainer(scanner, false, top, out);
    case JsonToken::kString:
      out.push_back(kStringTag);
      return AppendKeyString(scanner.token(), out);
    case JsonToken::kNumber: {
      const Result<Numeric> number = ParseNumeric(scanner.token());
      CHECK(number.has_value(), "not canonical JSON");
      out.push_back(kNumberTag);
      return AppendNumericKey(*number, out);
    }
    case JsonToken::kTrue: return out.push_back(kTrueTag);
    case JsonToken::kFalse: return out.push_back(kFalseTag);
    case JsonToken::kNull: return out.push_back(kNullTag);
    default: CHECK(false, "not canonical JSON");
  }
}

}  // namespace

Result<void> CanonicalJson(std::string_view text, std::string& out) {
  if (Result<void> valid = CheckText(text); !valid) return valid;
  const size_t begin = out.size();
  Result<void> read = JsonParser<true>(text, &out).Run();
  if (!read) out.resize(begin);
  return read;
}

Result<void> CheckJson(std::string_view text) {
  if (Result<void> valid = CheckText(text); !valid) return valid;
  return JsonParser<false>(text, nullptr).Run();
}

void AppendJsonbKey(std::string_view canonical, std::string& out) {
  JsonScanner scanner(canonical);
  AppendKeyValue(scanner, scanner.Next(), true, out);
}

}  // namespace riverrun
