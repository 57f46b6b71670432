// FROM and MATCH_RECOGNIZE.
#include <array>

#include "parser/print/printer.h"

namespace riverrun::parser {

void Printer::From(const std::vector<ast::TableRef>& items) {
  List(items, [this](const ast::TableRef& item) { Put(item); });
}

void Printer::Put(const ast::TableRef& item) {
  const bool parentheses = item.alias && std::holds_alternative<ast::Join>(item.node);
  if (parentheses) Text("(");
  std::visit([this](const auto& node) { Node(node); }, item.node);
  if (parentheses) Text(")");
  if (item.alias) Put(*item.alias);
}

void Printer::Put(const ast::TableAlias& alias) {
  Text(" AS ");
  Name(alias.name);
  if (!alias.column_types.empty()) {
    Text(alias.name.text.empty() ? "(" : " (");
    Columns(alias.column_types);
    Text(")");
  } else {
    NamesInParentheses(alias.columns);
  }
}

void Printer::Node(const ast::NamedTable& table) {
  if (table.only) Text("ONLY ");
  Name(table.name);
  if (table.system_time) {
    Text(" FOR SYSTEM_TIME AS OF ");
    Operand(*table.system_time, Tightness::kIs);
  }
}

void Printer::Node(const ast::DerivedTable& table) {
  if (table.lateral) Text("LATERAL ");
  InParentheses(*table.query);
}

void Printer::Node(const ast::TableFunction& function) {
  if (function.lateral) Text("LATERAL ");
  if (function.rows_from) Text("ROWS FROM (");
  List(function.functions, [this](const ast::TableFunctionItem& item) {
    Put(item.call, false);
    if (item.column_types.empty()) return;
    Text(" AS (");
    Columns(item.column_types);
    Text(")");
  });
  if (function.rows_from) Text(")");
  if (function.with_ordinality) Text(" WITH ORDINALITY");
}

void Printer::Node(const ast::Join& join) {
  constexpr std::array<std::string_view, 9> kKinds = {
      "JOIN ",           "LEFT JOIN ",      "RIGHT JOIN ", "FULL JOIN ",     "CROSS JOIN ",
      "LEFT SEMI JOIN ", "LEFT ANTI JOIN ", "ASOF JOIN ",  "ASOF LEFT JOIN "};
  Put(*join.left);
  Text(join.natural ? " NATURAL " : " ");
  Text(kKinds[static_cast<size_t>(join.kind)]);
  const bool nested = std::holds_alternative<ast::Join>(join.right->node) && !join.right->alias;
  if (nested) Text("(");
  Put(*join.right);
  if (nested) Text(")");
  if (join.within) {
    const bool both = static_cast<bool>(join.within->after);
    Text(both ? " WITHIN (" : " WITHIN ");
    Put(join.within->before);
    Clause(", ", join.within->after);
    if (both) Text(")");
    Clause(" GRACE PERIOD ", join.within->grace);
  }
  if (join.match_condition) {
    Clause(" MATCH_CONDITION (", join.match_condition);
    Text(")");
  }
  Clause(" ON ", join.on);
  if (!join.using_columns.empty()) {
    Text(" USING");
    NamesInParentheses(join.using_columns);
  }
}

void Printer::Node(const ast::Box<ast::MatchRecognize>& match) {
  const bool nested = std::holds_alternative<ast::Join>(match->input->node) && !match->input->alias;
  if (nested) Text("(");
  Put(*match->input);
  if (nested) Text(")");
  Text(" MATCH_RECOGNIZE (");
  if (!match->partition_by.empty()) {
    Text("PARTITION BY ");
    Expressions(match->partition_by);
    Clause(" INACTIVE AFTER ", match->inactive_after);
  }
  OrderBy(match->order_by);
  if (!match->measures.empty()) {
    Text(" MEASURES ");
    List(match->measures, [this](const ast::Measure& measure) {
      Put(measure.expression);
      Text(" AS ");
      Name(measure.name);
    });
  }
  RowsPerMatch(*match);
  Put(match->after_match);
  Text(" PATTERN (");
  Put(match->pattern);
  Text(")");
  Clause(" WITHIN ", match->within);
  if (!match->subsets.empty()) {
    Text(" SUBSET ");
    List(match->subsets, [this](const ast::PatternSubset& subset) {
      Name(subset.name);
      Text(" =");
      NamesInParentheses(subset.members);
    });
  }
  if (!match->definitions.empty()) {
    Text(" DEFINE ");
    List(match->definitions, [this](const ast::PatternDefinition& definition) {
      Name(definition.variable);
      Text(" AS ");
      Put(definition.condition);
    });
  }
  Text(")");
}

void Printer::RowsPerMatch(const ast::MatchRecognize& match) {
  constexpr std::array<std::string_view, 4> kEmpty = {
      "", " SHOW EMPTY MATCHES", " OMIT EMPTY MATCHES", " WITH UNMATCHED ROWS"};
  Text(match.all_rows ? " ALL ROWS PER MATCH" : " ONE ROW PER MATCH");
  Text(kEmpty[static_cast<size_t>(match.empty_matches)]);
  if (match.timeout_rows) Text(" WITH TIMEOUT ROWS");
}

void Printer::Put(const ast::AfterMatch& after) {
  constexpr std::array<std::string_view, 4> kPlaces = {" PAST LAST ROW", " TO NEXT ROW",
                                                       " TO FIRST ", " TO LAST "};
  Text(" AFTER MATCH SKIP");
  Text(kPlaces[static_cast<size_t>(after.kind)]);
  const bool named =
      after.kind == ast::AfterMatch::Kind::kToFirst || after.kind == ast::AfterMatch::Kind::kToLast;
  if (named) Name(after.variable);
}

void Printer::Put(const ast::Pattern& pattern) {
  std::visit([this](const auto& node) { Node(node); }, pattern.node);
}

// The operand of a quantifier, or of a sequence: whatever is longer stands in parentheses.
void Printer::PatternOperand(const ast::Pattern& pattern) {
  const bool long_form = std::holds_alternative<ast::PatternSequence>(pattern.node) ||
                         std::holds_alternative<ast::PatternAlternation>(pattern.node) ||
                         std::holds_alternative<ast::PatternRepetition>(pattern.node);
  const auto* sequence = std::get_if<ast::PatternSequence>(&pattern.node);
  const bool parentheses = long_form && !(sequence && sequence->parts.empty());
  if (parentheses) Text("(");
  Put(pattern);
  if (parentheses) Text(")");
}

void Printer::Node(const ast::PatternVariable& variable) { Name(variable.name); }
void Printer::Node(const ast::PatternAnchor& anchor) { Text(anchor.end ? "$" : "^"); }

void Printer::Node(const ast::PatternSequence& sequence) {
  if (sequence.parts.empty()) Text("()");
  bool first = true;
  for (const ast::Pattern& part : sequence.parts) {
    if (!first) Text(" ");
    first = false;
    if (std::holds_alternative<ast::PatternRepetition>(part.node)) {
      Put(part);
    } else {
      PatternOperand(part);
    }
  }
}

void Printer::Node(const ast::PatternAlternation& alternation) {
  bool first = true;
  for (const ast::Pattern& option : alternation.options) {
    if (!first) Text(" | ");
    first = false;
    if (std::holds_alternative<ast::PatternAlternation>(option.node)) {
      PatternOperand(option);
    } else {
      Put(option);
    }
  }
}

void Printer::Node(const ast::PatternPermutation& permutation) {
  Text("PERMUTE (");
  List(permutation.parts, [this](const ast::Pattern& part) { Put(part); });
  Text(")");
}

void Printer::Node(const ast::PatternExclusion& exclusion) {
  Text("{- ");
  Put(*exclusion.part);
  Text(" -}");
}

void Printer::Node(const ast::PatternRepetition& repetition) {
  PatternOperand(*repetition.part);
  const bool unbounded = !repetition.most;
  if (repetition.least == 0 && unbounded) {
    Text("*");
  } else if (repetition.least == 1 && unbounded) {
    Text("+");
  } else if (repetition.least == 0 && repetition.most == 1U) {
    Text("?");
  } else if (repetition.most == repetition.least) {
    Text("{" + std::to_string(repetition.least) + "}");
  } else {
    Text("{" + std::to_string(repetition.least) + ",");
    if (!unbounded) Text(std::to_string(*repetition.most));
    Text("}");
  }
  if (repetition.reluctant) Text("?");
}

}  // namespace riverrun::parser
