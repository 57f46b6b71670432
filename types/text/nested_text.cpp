// The text of arrays and rows: '{1,NULL,"a b"}' and '(1,"a b",)'.
#include <vector>

#include "types/codec/key.h"
#include "types/text/text_format.h"

namespace riverrun {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void SkipSpaces(std::string_view text, size_t& at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
}

bool IsNullWord(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' &&
         (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l';
}

std::unexpected<Error> Malformed(std::string_view what, std::string_view text) {
  return Fail(sqlstate::kInvalidTextRepresentation,
              "malformed " + std::string(what) + " literal: \"" + std::string(text) + "\"");
}

// One element's text without quotes and escapes.
struct Item {
  std::string text;
  bool quoted = false;  // quotes or escapes keep NULL from meaning NULL, and braces from nesting
  bool nested = false;  // begins with a brace of its own: the text of an inner array
};

// The text from an opening brace to its partner, or nothing.
std::string_view Braced(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == '{') {
      ++depth;
    } else if (!quoted && text[i] == '}' && --depth == 0) {
      return text.substr(0, i + 1);
    }
  }
  return {};
}

// Reads an element that begins at `at` and moves `at` to the delimiter behind it; false if the
// text is malformed.
bool ReadArrayItem(std::string_view text, size_t& at, Item& item) {
  SkipSpaces(text, at);
  if (at < text.size() && text[at] == '{') {
    item.nested = true;
    item.text = Braced(text.substr(at));
    at += item.text.size();
    SkipSpaces(text, at);
    return !item.text.empty() && at < text.size() && (text[at] == ',' || text[at] == '}');
  }
  size_t kept = 0;  // spaces at the end do not belong to the element, unless quoted or escaped
  bool closed = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      if (!item.text.empty() || item.quoted) return false;
      item.quoted = closed = true;
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && ++at == text.size()) return false;
        item.text.push_back(text[at]);
      }
      if (at == text.size()) return false;
      kept = item.text.size();
    } else if (c == ',' || c == '}') {
      break;
    } else if (c == '{') {
      return false;
    } else if (IsSpace(c)) {
      item.text.push_back(c);
    } else {
      if (closed) return false;
      if (c == '\\') {
        if (++at == text.size()) return false;
        item.quoted = true;
      }
      item.text.push_back(text[at]);
      kept = item.text.size();
    }
  }
  item.text.resize(kept);
  return at < text.size() && (item.quoted || !item.text.empty());
}

// Reads a field that begins at `at` and moves `at` to the comma or parenthesis behind it. A field
// of no characters at all is NULL (`given` stays false).
bool ReadRowItem(std::string_view text, size_t& at, std::string& field, bool& given) {
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (!quoted && (c == ',' || c == ')')) return true;
    given = true;
    if (c == '\\') {
      if (++at == text.size()) return false;
      field.push_back(text[at]);
    } else if (c != '"') {
      field.push_back(c);
    } else if (!quoted) {
      quoted = true;
    } else if (text.substr(at + 1, 1) == "\"") {
      field.push_back('"');
      ++at;
    } else {
      quoted = false;
    }
  }
  return false;
}

}  // namespace

Result<void> TextReader::AppendArray(std::string_view text, ColumnBuilder& out) {
  size_t at = 0;
  SkipSpaces(text, at);
  if (at < text.size() && text[at] == '[') {
    return Fail(sqlstate::kFeatureNotSupported, "array bounds in the text of an array");
  }
  if (at == text.size() || text[at] != '{') return Malformed("array", text);
  const Type& element_type = out.type().element();
  ColumnBuilder elements(element_type);
  SkipSpaces(text, ++at);
  const bool empty = at < text.size() && text[at] == '}';
  for (bool first = true; !empty && (first || text[at] != '}'); first = false) {
    if (!first) ++at;  // the comma
    Item item;
    if (!ReadArrayItem(text, at, item)) return Malformed("array", text);
    if (item.nested && element_type.kind != TypeKind::kArray) {
      return Fail(sqlstate::kFeatureNotSupported,
                  "several dimensions in a value of type " + TypeName(out.type()));
    }
    if (!item.quoted && !item.nested && IsNullWord(item.text)) {
      elements.AppendNull();
    } else if (Result<void> read = Append(item.text, elements); !read) {
      return read;
    }
  }
  SkipSpaces(text, ++at);
  if (at < text.size()) return Malformed("array", text);
  std::string value;
  const uint32_t count = elements.rows();
  AppendArrayValue(elements.Finish(), count, value);
  out.AppendBytes(value);
  return {};
}

Result<void> TextReader::AppendRow(std::string_view text, ColumnBuilder& out) {
  const std::vector<Type>& types = *out.type().children;
  size_t at = 0;
  SkipSpaces(text, at);
  if (at == text.size() || text[at] != '(') return Malformed("record", text);
  std::string value;
  for (size_t i = 0; i < types.size(); ++i) {
    // What stands at `at` is the parenthesis before the first field, else the comma.
    if (i > 0 && text[at] != ',') return Malformed("record", text);
    std::string field;
    bool given = false;
    if (!ReadRowItem(text, ++at, field, given)) return Malformed("record", text);
    ColumnBuilder builder(types[i]);
    if (!given) {
      builder.AppendNull();
    } else if (Result<void> read = Append(field, builder); !read) {
      return read;
    }
    AppendImage(builder.Finish(), 0, value);
  }
  if (types.empty()) ++at;
  if (at == text.size() || text[at] != ')') return Malformed("record", text);
  SkipSpaces(text, ++at);
  if (at < text.size()) return Malformed("record", text);
  out.AppendBytes(value);
  return {};
}

}  // namespace riverrun
