// What a function is called, what it takes and what it returns, read from its SQL text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/data_type.h"
#include "types/error.h"

namespace riverrun::executor {

/// A type in a signature: one type, or one of PostgreSQL's polymorphic pseudo-types.
struct TypePattern {
  enum class Kind : uint8_t {
    kExact,               // this SQL type, whatever its modifiers
    kAny,                 // any type, each argument for itself
    kAnyElement,          // one type for every anyelement; the element of anyarray
    kAnyArray,
    kAnyNonArray,         // as anyelement, but no array
    kAnyCompatible,       // as anyelement, but arguments are cast to their common type
    kAnyCompatibleArray,
    kAnyRow,              // record
  };
  Kind kind = Kind::kExact;
  Type type = {};  // kExact only

  bool operator==(const TypePattern&) const = default;
};

/// A signature as PostgreSQL writes it: `length(text) -> integer`, `concat(variadic any) -> text`.
/// `numeric` stands for both physical forms, kDecimal and kNumeric.
struct Signature {
  std::string name;
  std::vector<TypePattern> args;
  /// The last argument may occur any number of times, at least once.
  bool variadic = false;
  TypePattern result;

  /// The canonical text: the function's identity in stored plans.
  std::string ToString() const;
};

/// Parses the text of a signature. CHECKs that it is one: signatures stand in our sources.
Signature ParseSignature(std::string_view text);

/// The pattern's name: "integer", "anyarray".
std::string PatternName(const TypePattern& pattern);

}  // namespace riverrun::executor
