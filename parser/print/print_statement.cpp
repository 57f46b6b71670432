// The entry points, and the pieces that every statement uses.
#include <algorithm>

#include "parser/literal.h"
#include "parser/print/printer.h"
#include "parser/scan.h"

namespace riverrun::parser {
namespace {

/// Whether text reads back as itself where any word may stand: lower case, no signs.
bool IsPlainWord(std::string_view text) {
  return !text.empty() && IsNameStart(text[0]) &&
         std::ranges::all_of(text, [](char c) { return IsNamePart(c) && !(c >= 'A' && c <= 'Z'); });
}

template <class Tree>
std::string PrintTree(const Tree& tree, const PrintOptions& options) {
  Printer printer(options);
  printer.Put(tree);
  return printer.Take();
}

}  // namespace

std::string Print(const ast::Statement& statement, const PrintOptions& options) {
  return PrintTree(statement, options);
}
std::string Print(const ast::Query& query, const PrintOptions& options) {
  return PrintTree(query, options);
}
std::string Print(const ast::Expression& expression, const PrintOptions& options) {
  return PrintTree(expression, options);
}
std::string Print(const ast::TypeName& type, const PrintOptions& options) {
  return PrintTree(type, options);
}

void Printer::Put(const ast::Statement& statement) {
  std::visit([this](const auto& node) { Node(node); }, statement.node);
}

void Printer::Name(const ast::Identifier& name) {
  if (!name.text.empty()) Text(QuoteIdentifier(name.text));
}

void Printer::Name(const ast::QualifiedName& name) {
  bool first = true;
  for (const ast::Identifier& part : name.parts) {
    if (!first) Text(".");
    first = false;
    Name(part);
  }
}

void Printer::String(std::string_view value) { Text(QuoteString(value)); }

void Printer::Word(std::string_view word) {
  Text(IsPlainWord(word) ? std::string(word) : QuoteIdentifier(word));
}

void Printer::DottedWord(std::string_view name) {
  for (;;) {
    const size_t dot = name.find('.');
    Text(QuoteIdentifier(name.substr(0, dot)));
    if (dot == std::string_view::npos) return;
    Text(".");
    name.remove_prefix(dot + 1);
  }
}

void Printer::Names(const std::vector<ast::Identifier>& names) {
  List(names, [this](const ast::Identifier& name) { Name(name); });
}

/// " (a, b)", or nothing for no names.
void Printer::NamesInParentheses(const std::vector<ast::Identifier>& names) {
  if (names.empty()) return;
  Text(" (");
  Names(names);
  Text(")");
}

void Printer::Expressions(const std::vector<ast::Expression>& expressions) {
  List(expressions, [this](const ast::Expression& expression) { Put(expression); });
}

void Printer::Clause(std::string_view word, const ast::Box<ast::Expression>& expression) {
  if (!expression) return;
  Text(word);
  Put(*expression);
}

// A key is bare when each of its dotted parts is a word.
void Printer::OptionKey(std::string_view key) {
  bool bare = true;
  std::string_view rest = key;
  for (;;) {
    const size_t dot = rest.find('.');
    bare = bare && IsPlainWord(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  Text(bare ? std::string(key) : QuoteString(key));
}

void Printer::Value(const ast::OptionValue& value) {
  switch (value.kind) {
    case ast::OptionValue::Kind::kString:
      String(value.text);
      break;
    case ast::OptionValue::Kind::kNumber:
      Text(value.text);
      break;
    case ast::OptionValue::Kind::kWord:
      Word(value.text);
      break;
    case ast::OptionValue::Kind::kSecret:
      Text("SECRET ");
      Text(value.text);
      break;
    case ast::OptionValue::Kind::kInterval:
      Text("INTERVAL ");
      String(value.text);
      break;
    case ast::OptionValue::Kind::kStar:
      Text("*");
      break;
    case ast::OptionValue::Kind::kList:
      Text("(");
      List(value.items, [this](const ast::OptionValue& item) { Value(item); });
      Text(")");
      break;
  }
}

void Printer::OptionList(const std::vector<ast::Option>& options, std::string_view separator) {
  List(options, [&](const ast::Option& option) {
    OptionKey(option.key);
    if (!option.value) return;
    Text(separator);
    const bool secret = options_.is_secret && options_.is_secret(option.key) &&
                        option.value->kind != ast::OptionValue::Kind::kSecret;
    if (secret) {
      String("***");
    } else {
      Value(*option.value);
    }
  });
}

void Printer::With(const std::vector<ast::Option>& options) {
  if (options.empty()) return;
  Text(" WITH (");
  OptionList(options, " = ");
  Text(")");
}

void Printer::Columns(const std::vector<ast::ColumnType>& columns) {
  List(columns, [this](const ast::ColumnType& column) {
    Name(column.name);
    Text(" ");
    Put(column.type);
  });
}

}  // namespace riverrun::parser
