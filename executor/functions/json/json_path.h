// Parts of JSON texts, found without building a tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riverrun::executor {

// All REQUIRE valid JSON: values of type json or jsonb.

/// What json_typeof calls a value.
std::string_view JsonKind(std::string_view json);
/// True for an array or an object.
bool IsJsonContainer(std::string_view json);

/// The value without the white space around it.
std::string_view TrimmedJson(std::string_view json);

/// The member of an object with this key (the last if there are several), as written; absent if
/// the value is no object or has none.
std::optional<std::string_view> JsonMember(std::string_view json, std::string_view key);
/// The element of an array at an index from 0, or from -1 at the end; absent if the value is no
/// array or has none.
std::optional<std::string_view> JsonElement(std::string_view json, int64_t index);
/// One step of a path: a key of an object, or an index of an array given in digits.
std::optional<std::string_view> JsonStep(std::string_view json, std::string_view step);

/// Number of elements or members; 0 for scalars.
uint32_t CountJsonItems(std::string_view json);

/// Appends what ->> gives of a value: the characters of a string, else the text. False for null.
/// A string with \u0000, which no text holds, is false too and sets `untranslatable`.
bool AppendJsonText(std::string_view json, std::string& out, bool& untranslatable);

}  // namespace riverrun::executor
