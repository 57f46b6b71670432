// SQL values as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "types/column/column.h"
#include "types/text/text_format.h"

namespace riverrun::executor {

/// Writes values as to_json does. One thread.
class JsonWriter {
 public:
  explicit JsonWriter(const Settings& settings);

  /// Appends one value as JSON text; null is null. Not canonical: an object's members keep their
  /// order, json values their spelling.
  void Append(const Column& column, uint32_t row, std::string& out);
  /// Appends a value as the key of an object, in quotes. REQUIRES not null and IsKey(type).
  void AppendKey(const Column& column, uint32_t row, std::string& out);
  /// Whether values of a type can be keys: no arrays, rows or JSON.
  static bool IsKey(const Type& type);

 private:
  void AppendArray(const Type& type, std::string_view value, std::string& out);
  void AppendRow(const Type& type, std::string_view value, std::string& out);
  std::string TextOf(const Column& column, uint32_t row);

  TextWriter text_;
};

}  // namespace riverrun::executor
