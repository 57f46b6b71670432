// parse(print(tree)) == tree for random expressions and queries. A failure names its seed.
#include <gtest/gtest.h>

#include <random>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

/// Builds random trees of the shapes that the parser itself can build.
class TreeMaker {
 public:
  explicit TreeMaker(uint32_t seed) : random_(seed) {}

  ast::Expression Expression(int depth) {
    if (depth <= 0 || Roll(5) == 0) return Leaf();
    switch (Roll(22)) {
      case 0:
        return {ast::Not{Expression(depth - 1)}, {}};
      case 1:
        return Logical(depth);
      case 2:
        return {ast::IsTest{Expression(depth - 1), static_cast<ast::IsTest::Kind>(Roll(4)), Coin()},
                {}};
      case 3:
        return {ast::IsDistinct{Expression(depth - 1), Expression(depth - 1), Coin()}, {}};
      case 4:
        return {ast::Between{Expression(depth - 1), Expression(depth - 1), Expression(depth - 1),
                             Coin(), Coin()},
                {}};
      case 5:
        return Like(depth);
      case 6:
        return {ast::InList{Expression(depth - 1), List(depth, 1), Coin()}, {}};
      case 7:
        return {ast::InQuery{Expression(depth - 1), Query(depth - 1), Coin()}, {}};
      case 8:
        return {ast::Exists{Query(depth - 1)}, {}};
      case 9:
        return {ast::ScalarSubquery{Query(depth - 1)}, {}};
      case 10:
        return {ast::ArrayLiteral{List(depth, 0)}, {}};
      case 11:
        return {ast::Row{List(depth, 2), Coin()}, {}};
      case 12:
        return Case(depth);
      case 13:
        return {ast::Cast{Expression(depth - 1), Type()}, {}};
      case 14:
        return {ast::Box<ast::Collate>(ast::Collate{Expression(depth - 1), Name(2)}), {}};
      case 15:
        return {ast::Box<ast::FunctionCall>(Call(depth)), {}};
      case 16:
        return Subscript(depth);
      case 17:
        return {ast::Box<ast::FieldSelection>(ast::FieldSelection{
                    ast::Expression{ast::Box<ast::FunctionCall>(Call(depth)), {}}, Identifier()}),
                {}};
      case 18:
        return {ast::Box<ast::UnaryOperation>(ast::UnaryOperation{
                    {Pick({"-", "+", "@", "~"}), {}, {}}, Expression(depth - 1)}),
                {}};
      default:
        return Binary(depth);
    }
  }

  ast::Query Query(int depth) {
    ast::Query query;
    if (depth > 1 && Roll(6) == 0) {
      query.body = ast::SetOperation{static_cast<ast::SetOperator>(Roll(3)), Coin(),
                                     Query(depth - 2), Query(depth - 2)};
    } else {
      query.body = Select(depth);
    }
    if (Roll(3) == 0) query.order_by.push_back(Key(depth));
    if (Roll(4) == 0) query.limit = ast::Expression{ast::NumberLiteral{"5"}, {}};
    if (Roll(6) == 0) query.offset = Expression(depth - 2);
    if (Roll(8) == 0) query.emit = ast::Emit{static_cast<ast::Emit::Kind>(Roll(2)), {}, {}};
    if (Roll(8) == 0 && depth > 1) {
      query.with = ast::With{
          Coin(),
          {{Identifier(), {}, ast::CommonTable::Materialized::kDefault, Query(depth - 2), {}}}};
    }
    return query;
  }

 private:
  uint32_t Roll(uint32_t sides) { return static_cast<uint32_t>(random_() % sides); }
  bool Coin() { return Roll(2) == 0; }
  std::string Pick(std::initializer_list<const char*> words) {
    return words.begin()[Roll(static_cast<uint32_t>(words.size()))];
  }

  ast::Identifier Identifier() {
    return {Pick({"a",        "b",    "stream", "pattern", "Foo",          "select",    "emit",
                  "x y",      "q\"r", "row",    "year",    "left",         "unbounded", "values",
                  "interval", "time", "final",  "größe",   "current_date", "not"}),
            false,
            {}};
  }
  ast::QualifiedName Name(uint32_t parts) {
    ast::QualifiedName name;
    for (uint32_t i = Roll(parts); i < parts; ++i) name.parts.push_back(Identifier());
    return name;
  }

  ast::Expression Leaf() {
    switch (Roll(9)) {
      case 0:
        return {ast::NullLiteral{}, {}};
      case 1:
        return {ast::BooleanLiteral{Coin()}, {}};
      case 2:
        return {
            ast::NumberLiteral{Pick({"0", "1", "1.5", ".5", "5.", "1e10", "99999999999999999999"})},
            {}};
      case 3:
        return {
            ast::StringLiteral{Pick({"", "a", "it's", "back\\slash", "line\nbreak", "--", "ü"})},
            {}};
      case 4:
        return {ast::Parameter{1 + Roll(9)}, {}};
      case 5:
        return {ast::Box<ast::BitStringLiteral>(ast::BitStringLiteral{"101", Coin()}), {}};
      case 6:
        return {ast::CurrentValue{static_cast<ast::CurrentValue::Kind>(Roll(10)), {}}, {}};
      default:
        return {ast::ColumnReference{Name(3)}, {}};
    }
  }

  ast::TypeName Type() {
    ast::TypeName type;
    type.name.parts.push_back({Pick({"int", "text", "numeric", "interval", "timestamptz", "char",
                                     "time", "Weird", "bpchar", "left"}),
                               false,
                               {}});
    if (type.name.Last().text == "interval" && Coin())
      type.interval_fields = Pick({"day", "year to month", "day to second"});
    if (Roll(4) == 0) type.dimensions.push_back(Coin() ? std::optional<int64_t>(3) : std::nullopt);
    return type;
  }

  std::vector<ast::Expression> List(int depth, uint32_t least) {
    std::vector<ast::Expression> list;
    for (uint32_t i = 0, n = least + Roll(3); i < n; ++i) list.push_back(Expression(depth - 1));
    // A lone subquery in a list's parentheses is the subquery, not a list.
    if (list.size() == 1 && ast::As<ast::ScalarSubquery>(list[0])) list.push_back(Leaf());
    return list;
  }

  ast::Expression Logical(int depth) {
    return {ast::Logical{Coin() ? ast::LogicalOperator::kAnd : ast::LogicalOperator::kOr,
                         List(depth, 2)},
            {}};
  }
  ast::Expression Like(int depth) {
    ast::Like like{Expression(depth - 1),
                   Expression(depth - 1),
                   {},
                   static_cast<ast::Like::Kind>(Roll(3)),
                   Coin()};
    if (Coin()) like.escape = Expression(depth - 1);
    return {std::move(like), {}};
  }
  ast::Expression Case(int depth) {
    ast::Case choice;
    if (Coin()) choice.operand = Expression(depth - 1);
    for (uint32_t i = 0, n = 1 + Roll(2); i < n; ++i)
      choice.branches.push_back({Expression(depth - 1), Expression(depth - 1)});
    if (Coin()) choice.otherwise = Expression(depth - 1);
    return {ast::Box<ast::Case>(std::move(choice)), {}};
  }
  ast::Expression Binary(int depth) {
    ast::OperatorName op{
        Pick({"+", "-", "*", "/", "%", "^", "||", "->", "@>", "=", "<", "<>", ">=", "~*", "&&"}),
        {},
        {}};
    if (Roll(10) == 0) op.schema.push_back(Identifier());
    return {ast::Box<ast::BinaryOperation>(
                ast::BinaryOperation{std::move(op), Expression(depth - 1), Expression(depth - 1)}),
            {}};
  }
  ast::Expression Subscript(int depth) {
    ast::Subscript subscript;
    subscript.base = Expression(depth - 1);
    subscript.slice = Coin();
    if (!subscript.slice || Coin()) subscript.lower = Expression(depth - 1);
    if (subscript.slice && Coin()) subscript.upper = Expression(depth - 1);
    return {ast::Box<ast::Subscript>(std::move(subscript)), {}};
  }
  ast::SortKey Key(int depth) {
    return {Expression(depth - 1),
            static_cast<ast::SortKey::Direction>(Roll(3)),
            static_cast<ast::SortKey::Nulls>(Roll(3)),
            {}};
  }

  ast::FunctionCall Call(int depth) {
    ast::FunctionCall call;
    call.name.parts.push_back(
        {Pick({"f", "count", "left", "extract", "substring", "year", "Foo", "coalesce", "values"}),
         false,
         {}});
    for (uint32_t i = 0, n = Roll(3); i < n; ++i) {
      ast::Argument argument{std::nullopt, Expression(depth - 1), false};
      if (Roll(5) == 0) argument.name = Identifier();
      call.arguments.push_back(std::move(argument));
    }
    call.distinct = !call.arguments.empty() && Roll(6) == 0;
    if (!call.arguments.empty() && Roll(6) == 0) call.order_by.push_back(Key(depth));
    if (Roll(6) == 0) call.filter = Expression(depth - 1);
    if (Roll(6) == 0) call.over = Window(depth);
    if (!call.over && Roll(8) == 0) call.over_name = Identifier();
    return call;
  }
  ast::WindowSpecification Window(int depth) {
    ast::WindowSpecification window;
    if (Coin()) window.partition_by = List(depth, 1);
    if (Coin()) window.order_by.push_back(Key(depth));
    if (Coin()) {
      ast::Frame frame;
      frame.units = static_cast<ast::Frame::Units>(Roll(3));
      frame.start = {ast::FrameBound::Kind::kPreceding, Expression(depth - 1)};
      if (Coin()) frame.end = ast::FrameBound{ast::FrameBound::Kind::kUnboundedFollowing, {}};
      frame.exclusion = static_cast<ast::Frame::Exclusion>(Roll(5));
      window.frame = std::move(frame);
    }
    return window;
  }

  ast::Select Select(int depth) {
    ast::Select select;
    select.distinct = Roll(5) == 0;
    for (uint32_t i = 0, n = 1 + Roll(2); i < n; ++i) {
      ast::SelectItem item{Expression(depth - 1), std::nullopt, {}};
      if (Coin()) item.alias = Identifier();
      select.items.push_back(std::move(item));
    }
    for (uint32_t i = 0, n = Roll(3); i < n; ++i) select.from.push_back(Table(depth));
    if (Coin()) select.where = Expression(depth - 1);
    if (Roll(4) == 0) select.group_by.push_back({Expression(depth - 1), {}});
    if (Roll(8) == 0) select.group_by.push_back({ast::Rollup{List(depth, 1), Coin()}, {}});
    if (Roll(6) == 0) select.having = Expression(depth - 1);
    if (Roll(8) == 0) select.qualify = Expression(depth - 1);
    return select;
  }
  ast::TableRef Table(int depth) {
    ast::TableRef table;
    switch (depth > 1 ? Roll(4) : 0) {
      case 1:
        table.node = ast::DerivedTable{Query(depth - 2), Coin()};
        break;
      case 2:
        table.node = ast::TableFunction{{{Call(depth - 1), {}}}, false, Coin(), Coin()};
        break;
      case 3: {
        ast::Join join;
        join.kind = static_cast<ast::JoinKind>(Roll(4));
        join.left = Table(depth - 1);
        join.right = Table(depth - 1);
        if (Coin()) {
          join.on = Expression(depth - 1);
        } else {
          join.using_columns.push_back(Identifier());
        }
        table.node = std::move(join);
        break;
      }
      default:
        table.node = ast::NamedTable{Name(2), false, {}};
    }
    if (Coin()) table.alias = ast::TableAlias{Identifier(), {}, {}};
    return table;
  }

  std::mt19937 random_;
};

template <class Tree, class Parse>
void ExpectRoundTrip(const Tree& tree, uint32_t seed, Parse parse) {
  const std::string printed = Print(tree);
  try {
    EXPECT_TRUE(parse(printed) == tree) << "seed " << seed << "\n"
                                        << printed << "\n"
                                        << Print(parse(printed));
  } catch (const SqlError& error) {
    FAIL() << "seed " << seed << ": " << error.error.text << "\n" << printed;
  }
}

TEST(RandomTree, ExpressionsRoundTrip) {
  for (uint32_t seed = 0; seed < 3000 && !testing::Test::HasFailure(); ++seed) {
    ExpectRoundTrip(TreeMaker(seed).Expression(4), seed, ParseExpression);
  }
}

TEST(RandomTree, QueriesRoundTrip) {
  for (uint32_t seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
    ExpectRoundTrip(TreeMaker(seed).Query(4), seed, [](std::string_view text) {
      return std::get<ast::Query>(ParseStatements(text).at(0).node);
    });
  }
}

}  // namespace
}  // namespace riverrun::parser
