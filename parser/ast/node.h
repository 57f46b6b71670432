// What every AST node is made of: source spans, names, and Box, the owning pointer that copies and
// compares like the value it holds. AST nodes are plain structs; they copy, move and compare with
// ==, and == ignores where a node stood in the text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riverrun::parser::ast {

/// Names the bytes [begin, end) of the text that was parsed, counted from 0. A node that was not
/// written (a default) has begin == end. Spans never make two nodes different.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const Span&) const { return true; }
};

/// Owns one T or nothing. Copies deeply and compares by value, so that trees of structs keep value
/// semantics; T may be incomplete where the Box is declared.
template <class T>
class Box {
 public:
  Box() = default;
  Box(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: a value boxes itself
  Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Box(Box&&) noexcept = default;
  Box& operator=(const Box& other) {
    if (this != &other) value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
    return *this;
  }
  Box& operator=(Box&&) noexcept = default;

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

  bool operator==(const Box& other) const {
    if (!value_ || !other.value_) return !value_ && !other.value_;
    return *value_ == *other.value_;
  }

 private:
  std::unique_ptr<T> value_;
};

/// A name as it counts: folded to lower case, or as written when it was quoted.
struct Identifier {
  std::string text;
  bool quoted = false;  // for hints only: "x" and x are the same name
  Span span;

  bool operator==(const Identifier& other) const { return text == other.text; }
};

/// A name with its qualifiers, outermost first: schema, relation, column. Has at least one part.
struct QualifiedName {
  std::vector<Identifier> parts;
  Span span;

  /// The last part, which names the object itself.
  const Identifier& Last() const { return parts.back(); }
  bool operator==(const QualifiedName&) const = default;
};

/// The value of an option, as written. What it means is for the owner of the option to say.
struct OptionValue {
  enum class Kind {
    kString,    // text is the decoded string
    kNumber,    // text is the number, with its sign
    kWord,      // text is an identifier or keyword, folded: true, earliest, json
    kSecret,    // SECRET name; text is the dotted name, quoted where SQL needs it
    kInterval,  // INTERVAL '...'; text is the string with its unit
    kStar,      // *
    kList,      // items
  };
  Kind kind = Kind::kString;
  std::string text;
  std::vector<OptionValue> items;
  Span span;

  bool operator==(const OptionValue&) const = default;
};

/// One entry of WITH (...), of COPY's or EXPLAIN's options. The key is folded when it was bare, as
/// written when it was a string; dots belong to it: properties.security.protocol.
struct Option {
  std::string key;
  std::optional<OptionValue> value;  // absent: the key stands alone
  Span span;

  bool operator==(const Option&) const = default;
};

}  // namespace riverrun::parser::ast
