// Calls and windows.
#include <algorithm>
#include <array>

#include "parser/keywords.h"
#include "parser/literal.h"
#include "parser/print/printer.h"

namespace riverrun::parser {
namespace {

/// Calls that have a rule of their own in the grammar (keywordCall), without anything after them.
bool IsWordCall(const ast::FunctionCall& call) {
  constexpr std::array<std::string_view, 5> kWords = {"extract", "substring", "position", "overlay",
                                                      "grouping"};
  const bool plain = call.order_by.empty() && call.within_group.empty() && !call.filter &&
                     !call.over && !call.over_name && !call.star && !call.distinct &&
                     call.null_treatment == ast::FunctionCall::NullTreatment::kDefault &&
                     call.evaluation == ast::FunctionCall::Evaluation::kDefault;
  const bool positional = std::ranges::all_of(call.arguments, [](const ast::Argument& argument) {
    return !argument.name && !argument.variadic && !ast::As<ast::TableArgument>(argument.value) &&
           !ast::As<ast::DescriptorArgument>(argument.value) &&
           !ast::As<ast::ModelArgument>(argument.value);
  });
  return plain && positional && std::ranges::find(kWords, call.name.Last().text) != kWords.end();
}

/// Whether a word that is quoted as a column may stand bare as a function.
bool IsBareFunction(const std::string& word) {
  if (QuoteIdentifier(word) == word) return true;
  const auto number = FindKeyword(word);
  if (!number) return false;
  const KeywordClass keyword_class = AllKeywords()[*number].keyword_class;
  return keyword_class == KeywordClass::kReservedExceptFunction ||
         keyword_class == KeywordClass::kNotBareAlias;
}

}  // namespace

void Printer::FunctionName(const ast::FunctionCall& call, bool word_calls) {
  const bool one_name = call.name.parts.size() == 1;
  const std::string& word = call.name.Last().text;
  if (one_name && ((word_calls && IsWordCall(call)) || IsBareFunction(word))) {
    Text(word);
  } else {
    Name(call.name);
  }
}

void Printer::Node(const ast::FunctionCall& call) { Put(call, true); }

void Printer::Put(const ast::FunctionCall& call, bool word_calls) {
  using Evaluation = ast::FunctionCall::Evaluation;
  using Nulls = ast::FunctionCall::NullTreatment;
  if (call.evaluation != Evaluation::kDefault) {
    Text(call.evaluation == Evaluation::kRunning ? "RUNNING " : "FINAL ");
  }
  FunctionName(call, word_calls);
  Text("(");
  if (call.star) Text("*");
  if (call.distinct) Text("DISTINCT ");
  List(call.arguments, [this](const ast::Argument& argument) { Put(argument); });
  OrderBy(call.order_by);
  Text(")");
  if (!call.within_group.empty()) {
    Text(" WITHIN GROUP (");
    OrderBy(call.within_group);
    Text(")");
  }
  if (call.filter) {
    Clause(" FILTER (WHERE ", call.filter);
    Text(")");
  }
  if (call.null_treatment != Nulls::kDefault) {
    Text(call.null_treatment == Nulls::kRespect ? " RESPECT NULLS" : " IGNORE NULLS");
  }
  if (call.over_name) {
    Text(" OVER ");
    Name(*call.over_name);
  }
  if (call.over) {
    Text(" OVER ");
    Put(*call.over);
  }
}

void Printer::Put(const ast::Argument& argument) {
  if (argument.variadic) Text("VARIADIC ");
  if (argument.name) {
    Name(*argument.name);
    Text(" => ");
  }
  Put(argument.value);
}

void Printer::Node(const ast::TableArgument& table) {
  Text("TABLE ");
  if (table.query) {
    InParentheses(*table.query);
  } else {
    Name(table.name);
  }
  if (!table.partition_by.empty()) {
    Text(" PARTITION BY ");
    Expressions(table.partition_by);
  }
  OrderBy(table.order_by);
}

void Printer::Node(const ast::DescriptorArgument& descriptor) {
  Text("DESCRIPTOR");
  NamesInParentheses(descriptor.columns);
}

void Printer::Node(const ast::ModelArgument& model) {
  Text("MODEL ");
  Name(model.name);
}

void Printer::Put(const ast::WindowSpecification& window) {
  Text("(");
  const auto next = [this] {
    if (!out_.ends_with('(')) Text(" ");
  };
  if (window.base) Name(*window.base);
  if (!window.partition_by.empty()) {
    next();
    Text("PARTITION BY ");
    Expressions(window.partition_by);
  }
  OrderBy(window.order_by);
  if (window.frame) {
    next();
    Put(*window.frame);
  }
  Text(")");
}

void Printer::Put(const ast::Frame& frame) {
  constexpr std::array<std::string_view, 3> kUnits = {"ROWS ", "RANGE ", "GROUPS "};
  constexpr std::array<std::string_view, 5> kExclusions = {
      "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE NO OTHERS"};
  Text(kUnits[static_cast<size_t>(frame.units)]);
  if (frame.end) Text("BETWEEN ");
  Put(frame.start);
  if (frame.end) {
    Text(" AND ");
    Put(*frame.end);
  }
  Text(kExclusions[static_cast<size_t>(frame.exclusion)]);
}

void Printer::Put(const ast::FrameBound& bound) {
  constexpr std::array<std::string_view, 5> kWords = {
      "UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW", " FOLLOWING", "UNBOUNDED FOLLOWING"};
  if (bound.offset) {
    // A column called unbounded or current would read as the word.
    const bool literal = TightnessOf(*bound.offset) == Tightness::kAtom &&
                         !ast::As<ast::ColumnReference>(*bound.offset);
    if (!literal) Text("(");
    Put(*bound.offset);
    if (!literal) Text(")");
  }
  Text(kWords[static_cast<size_t>(bound.kind)]);
}

void Printer::Put(const ast::SortKey& key) {
  constexpr std::array<std::string_view, 3> kDirections = {"", " ASC", " DESC"};
  constexpr std::array<std::string_view, 3> kNulls = {"", " NULLS FIRST", " NULLS LAST"};
  Put(key.expression);
  Text(kDirections[static_cast<size_t>(key.direction)]);
  Text(kNulls[static_cast<size_t>(key.nulls)]);
}

void Printer::OrderBy(const std::vector<ast::SortKey>& keys) {
  if (keys.empty()) return;
  Text(out_.ends_with('(') ? "ORDER BY " : " ORDER BY ");
  List(keys, [this](const ast::SortKey& key) { Put(key); });
}

}  // namespace riverrun::parser
