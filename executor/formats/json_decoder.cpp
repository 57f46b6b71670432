#include "executor/formats/json_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "types/text/json_scanner.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

constexpr SqlState kNullValueNotAllowed = State("22004");
// Objects with more members than this have the rest of them looked up by name.
constexpr size_t kKeysKept = 1024;
constexpr size_t kHeadBytes = 16;
constexpr size_t kReasonBytesMax = 400;

std::string Folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return out;
}

// Reasons quote what they complain about, which may be a record of many megabytes.
void Shorten(std::string& reason) {
  if (reason.size() <= kReasonBytesMax) return;
  size_t bytes = kReasonBytesMax;
  while (bytes > 0 && (static_cast<uint8_t>(reason[bytes]) & 0xc0) == 0x80) --bytes;
  reason.resize(bytes);
  reason += "...";
}

}  // namespace

JsonDecoder::JsonDecoder(std::vector<JsonColumn> columns, TimestampUnit unit)
    : columns_(std::move(columns)),
      wanted_(columns_.size(), true),
      values_(unit),
      found_(columns_.size()) {
  for (uint32_t i = 0; i < columns_.size(); ++i) folded_[Folded(columns_[i].name)].push_back(i);
}

void JsonDecoder::Want(std::span<const int> columns) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    wanted_[i] = std::ranges::find(columns, static_cast<int>(columns_[i].target)) != columns.end();
  }
}

void JsonDecoder::Decode(std::span<const RawRecord> records, BatchBuilder& out,
                         std::vector<UndecodedRecord>& failed) {
  for (uint32_t i = 0; i < records.size(); ++i) {
    Result<void> decoded = DecodeOne(records[i], out);
    if (decoded) continue;
    Shorten(decoded.error().text);
    failed.push_back({i, std::move(decoded.error())});
  }
}

Result<void> JsonDecoder::DecodeOne(const RawRecord& record, BatchBuilder& out) {
  if (!record.has_value) return Fail(kNullValueNotAllowed, "the record has no value (a tombstone)");
  text_ = record.value;
  const Result<std::span<const uint32_t>> tokens = splitter_.Split(text_);
  if (!tokens) return std::unexpected(tokens.error());
  tokens_ = *tokens;
  escapes_ = !text_.empty() && std::memchr(text_.data(), '\\', text_.size()) != nullptr;
  if (++record_ == 0) {  // the numbers begin again: what stands in found_ would seem new
    std::ranges::fill(found_, Found{});
    record_ = 1;
  }
  if (!FindValues()) [[unlikely]] return std::unexpected(std::move(error_));
  values_.SetNow(record.timestamp);
  for (size_t i = 0; i < columns_.size(); ++i) {
    ColumnBuilder& builder = out.column(columns_[i].target);
    Result<void> read = ReadValue(i, builder);
    if (read) continue;
    for (size_t done = 0; done < i; ++done) out.column(columns_[done].target).RemoveLast();
    read.error().text = "column \"" + columns_[i].name + "\": " + read.error().text;
    return read;
  }
  return {};
}

Result<void> JsonDecoder::ReadValue(size_t column, ColumnBuilder& builder) {
  const Found& found = found_[column];
  const bool is_there = found.record == record_;
  const auto json = is_there ? text_.substr(found.begin, found.end - found.begin) : "null";
  if (columns_[column].not_null && json == "null") {
    return Fail(sqlstate::kNotNullViolation, "NULL violates the not-null constraint");
  }
  // A string without escapes is a text, whatever stands in it.
  const Type& type = builder.type();
  const bool surely_valid =
      type.kind == TypeKind::kText && type.typmod < 0 && json.front() == '"' && !escapes_;
  if (!is_there || (!wanted_[column] && surely_valid)) {
    builder.AppendNull();
    return {};
  }
  return values_.Append(json, escapes_, builder);
}

bool JsonDecoder::Unexpected(uint32_t token, std::string_view wanted) {
  const bool ends = token + 1 >= tokens_.size();
  std::string text = "invalid JSON: it has ";
  text += ends ? "its end" : "\"" + std::string(TextOf(token).substr(0, 40)) + "\"";
  text += " where " + std::string(wanted) + " should be, at byte ";
  text += std::to_string(ends ? text_.size() : tokens_[token]);
  // The cut may have gone through a character.
  if (const size_t bad = FindInvalidUtf8(text); bad != std::string_view::npos) {
    text = "invalid JSON at byte " + std::to_string(tokens_[token]);
  }
  return Refuse(sqlstate::kInvalidTextRepresentation, std::move(text));
}

bool JsonDecoder::Refuse(SqlState sqlstate, std::string text) {
  error_ = {sqlstate, std::move(text)};
  return false;
}

// Notes where the values of the columns stand, and checks all that is passed over.
bool JsonDecoder::FindValues() {
  if (At(0) != '{') {
    return Refuse(sqlstate::kInvalidTextRepresentation,
                IsJsonScalar(TextOf(0)) || At(0) == '"' || At(0) == '['
                    ? "the record is not a JSON object"
                    : "invalid JSON: it does not begin with a brace");
  }
  uint32_t token = 1;
  if (At(token) == '}') {
    ++token;
  } else {
    for (size_t member = 0;; ++member) {
      if (!TakeMember(member, token)) return false;
      const char next = At(token++);
      if (next == '}') break;
      if (next != ',') return Unexpected(token - 1, "a comma or a closing brace");
    }
  }
  if (token + 1 != tokens_.size()) return Unexpected(token, "its end");
  return true;
}

bool JsonDecoder::TakeMember(size_t member, uint32_t& token) {
  const Key* guess = Guess(member, token);
  if (guess != nullptr) [[likely]] {
    token += 2;
  } else {
    std::string_view text;
    if (!TakeKey(token, text)) return false;
    guess = &KeyAt(member, text);
  }
  const Key& key = *guess;
  const uint32_t begin = token;
  const char first = At(token);
  if (first == '{' || first == '[') {
    if (!SkipNested(token)) return false;
    if (key.targets.empty()) return true;
    return Store(key, tokens_[begin], tokens_[token - 1] + 1);
  }
  if (first == '\0') return Unexpected(token, "a value");
  ++token;
  // A value that is wanted is checked when it is read.
  if (!key.targets.empty()) return Store(key, tokens_[begin], EndOf(begin));
  if (!IsValue(TextOf(begin))) return Unexpected(begin, "a value");
  return true;
}

// The key that the last record had as this member, if this one has it too, with a colon.
const JsonDecoder::Key* JsonDecoder::Guess(size_t member, uint32_t token) const {
  if (member >= keys_.size() || token + 2 >= tokens_.size()) return nullptr;
  const Key& guess = keys_[member];
  const size_t at = tokens_[token], bytes = guess.text.size();
  if (bytes > kHeadBytes || at + kHeadBytes + 1 >= text_.size()) return nullptr;
  const char* const quote = text_.data() + at;
  std::array<uint64_t, 2> head;
  std::memcpy(head.data(), quote + 1, kHeadBytes);
  const bool equal = quote[0] == '"' && quote[bytes + 1] == '"' &&
                     (head[0] & guess.mask[0]) == guess.head[0] &&
                     (head[1] & guess.mask[1]) == guess.head[1];
  // A key with escapes or quotes in it never gets here: its bytes are not those of the text.
  return equal && !guess.odd && text_[tokens_[token + 1]] == ':' ? &guess : nullptr;
}

// Of a string or scalar only; objects and arrays have been checked when they were passed over.
bool JsonDecoder::IsValue(std::string_view json) const {
  switch (json.front()) {
    case '{':
    case '[': return true;
    case '"': return !escapes_ || IsJsonString(json);
    default: return IsJsonScalar(json);
  }
}

// A key and its colon.
bool JsonDecoder::TakeKey(uint32_t& token, std::string_view& key) {
  if (At(token) != '"') return Unexpected(token, "a key");
  const std::string_view text = TextOf(token);
  key = text.substr(1, text.size() - 2);
  if (escapes_ && key.find('\\') != std::string_view::npos) {
    if (!IsJsonString(text)) return Unexpected(token, "a key");
    key_.clear();
    // A key that no text can be names no column; it is passed over like any other.
    if (!AppendJsonCharacters(text, key_)) key_.assign(1, '\0');
    key = key_;
  }
  if (At(++token) != ':') return Unexpected(token, "a colon");
  ++token;
  return true;
}

// Passes over the object or array that begins at `token`.
bool JsonDecoder::SkipNested(uint32_t& token) {
  size_t depth = 0;
  std::string_view key;
  do {
    // A value begins.
    const char first = At(token);
    if (first == '{' || first == '[') {
      if (depth == nesting_.size()) {
        return Refuse(sqlstate::kStatementTooComplex,
                    "invalid JSON: more than " + std::to_string(kJsonDepthMax) + " levels");
      }
      const char closing = first == '{' ? '}' : ']';
      nesting_[depth++] = closing;
      if (At(++token) != closing) {
        if (first == '[') continue;
        if (!TakeKey(token, key)) return false;
        continue;
      }
    } else {
      if (first == '\0' || !IsValue(TextOf(token))) return Unexpected(token, "a value");
      ++token;
    }
    // A value has ended, and with it maybe what it is in.
    while (depth > 0) {
      const char next = At(token++);
      if (next == nesting_[depth - 1]) {
        --depth;
      } else if (next != ',') {
        return Unexpected(token - 1, "a comma or the end of a list");
      } else {
        if (nesting_[depth - 1] == ']') break;
        if (!TakeKey(token, key)) return false;
        break;
      }
    }
  } while (depth > 0);
  return true;
}

JsonDecoder::Key JsonDecoder::MakeKey(std::string_view text) const {
  Key key;
  key.text = text;
  key.odd = text.find_first_of("\"\\") != std::string_view::npos;
  const size_t bytes = std::min(text.size(), kHeadBytes);
  if (bytes > 0) {
    std::memcpy(key.head.data(), text.data(), bytes);
    std::memset(key.mask.data(), 0xff, bytes);
  }
  const auto columns = folded_.find(Folded(text));
  if (columns == folded_.end()) return key;
  for (const uint32_t column : columns->second) {
    key.targets.push_back({column, columns_[column].name == text});
  }
  return key;
}

const JsonDecoder::Key& JsonDecoder::KeyAt(size_t member, std::string_view text) {
  if (member < keys_.size() && keys_[member].text == text) return keys_[member];
  if (member >= kKeysKept) member = kKeysKept;
  if (member >= keys_.size()) keys_.resize(member + 1);
  keys_[member] = MakeKey(text);
  return keys_[member];
}

bool JsonDecoder::Store(const Key& key, uint32_t begin, uint32_t end) {
  for (const auto& [column, exact] : key.targets) {
    Found& found = found_[column];
    if (found.record == record_) [[unlikely]] {
      // Only one of the two will be read, so that both are checked here.
      if (!IsValue(text_.substr(begin, end - begin)) ||
          !IsValue(text_.substr(found.begin, found.end - found.begin))) {
        return Refuse(sqlstate::kInvalidTextRepresentation,
                      "invalid JSON: one of two equal keys has no value");
      }
      if (found.exact && !exact) continue;
    }
    found = {record_, begin, end, exact};
  }
  return true;
}

}  // namespace riverrun::executor
