// JSON objects, one a record, as rows.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "executor/formats/json_tokens.h"
#include "executor/formats/json_values.h"
#include "executor/formats/record_decoder.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {

/// A column to read out of each record.
struct JsonColumn {
  std::string name;   // the key in the object
  size_t target = 0;  // which column of the batch gets it; that column's type says how
  bool not_null = false;  // a record without a value for it fails
};

/// Reads a record as one JSON object.
///
/// The value of a column is that of the key with the column's name; if there is none, of one that
/// differs in the case of ASCII letters only. Of equal keys the last counts. A missing key and null
/// are NULL, other keys are ignored. Values become SQL as JsonValueReader says. The whole record
/// has to be valid JSON, the parts that are ignored included.
class JsonDecoder : public RecordDecoder {
 public:
  explicit JsonDecoder(std::vector<JsonColumn> columns,
                       TimestampUnit unit = TimestampUnit::kMilliseconds);

  /// Errors of records: those of JsonValueReader with the column's name in front; 22P02 for what is
  /// not a JSON object; 22021 for invalid UTF-8; 54001 for more than kJsonDepthMax levels; 22004
  /// without a value; 23502 for NULL in a column that must have a value.
  void Decode(std::span<const RawRecord> records, BatchBuilder& out,
              std::vector<UndecodedRecord>& failed) override;
  void Want(std::span<const int> columns) override;

 private:
  // Where a column's value was found in the record at hand.
  struct Found {
    uint32_t record = 0;  // the number of the record; older ones do not count
    uint32_t begin = 0, end = 0;
    bool exact = false;
  };
  // A column that a key is for.
  struct Target {
    uint32_t column;
    bool exact;
  };
  // A key that has been met.
  struct Key {
    std::string text;
    std::array<uint64_t, 2> head{}, mask{};  // its first 16 bytes
    bool odd = false;                        // there are quotes or backslashes in it
    std::vector<Target> targets;
  };

  Result<void> DecodeOne(const RawRecord& record, BatchBuilder& out);
  Result<void> ReadValue(size_t column, ColumnBuilder& builder);
  // These return false with error_ set.
  bool FindValues();
  bool TakeMember(size_t member, uint32_t& token);
  bool SkipNested(uint32_t& token);
  bool TakeKey(uint32_t& token, std::string_view& key);
  bool Store(const Key& key, uint32_t begin, uint32_t end);
  bool Unexpected(uint32_t token, std::string_view wanted);
  bool Refuse(SqlState sqlstate, std::string text);

  bool IsValue(std::string_view json) const;
  const Key* Guess(size_t member, uint32_t token) const;
  const Key& KeyAt(size_t member, std::string_view key);
  Key MakeKey(std::string_view text) const;
  char At(uint32_t token) const {
    return token + 1 < tokens_.size() ? text_[tokens_[token]] : '\0';
  }
  uint32_t EndOf(uint32_t token) const {
    uint32_t end = tokens_[token + 1];
    while (IsSpace(text_[end - 1])) --end;
    return end;
  }
  static bool IsSpace(char c) {
    return static_cast<uint8_t>(c) <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
  }
  std::string_view TextOf(uint32_t token) const {
    return {text_.data() + tokens_[token], EndOf(token) - tokens_[token]};
  }

  std::vector<JsonColumn> columns_;
  std::vector<bool> wanted_;
  std::unordered_map<std::string, std::vector<uint32_t>> folded_;  // columns by folded name
  JsonTokens splitter_;
  JsonValueReader values_;
  std::vector<Key> keys_;  // of the last record, in its order: the next one likely has the same
  std::array<char, kJsonDepthMax - 1> nesting_{};  // of what the record itself contains

  // The record at hand.
  std::string_view text_;
  std::span<const uint32_t> tokens_;
  bool escapes_ = false;  // there is a backslash
  uint32_t record_ = 0;
  std::vector<Found> found_;
  Error error_;
  std::string key_;  // a key whose escapes are resolved
};

}  // namespace riverrun::executor
