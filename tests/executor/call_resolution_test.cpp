// Overloads, casts and common types as PostgreSQL chooses them.
#include <gtest/gtest.h>

#include <fstream>

#include "executor/functions/call_resolution.h"
#include "tests/executor/case_file.h"

namespace riverrun::executor {
namespace {

std::string PlainName(Type type) {
  if (type.kind == TypeKind::kDecimal) type = Type::Numeric();
  type.typmod = -1;
  return TypeName(type);
}

Type TypeOrUnknown(const std::string& name) {
  return name == "unknown" ? Type::Null() : testing::ParseTypeText(name);
}

std::vector<Type> ParseTypes(const std::string& text) {
  std::vector<Type> out;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(", ", begin), text.size());
    out.push_back(TypeOrUnknown(text.substr(begin, end - begin)));
    begin = end + 2;
  }
  return out;
}

std::string Resolve(std::string_view name, const std::vector<Type>& types) {
  const Result<ResolvedCall> call = ResolveCall(BuiltinFunctions(), name, types);
  if (!call) {
    return "ERROR " + std::string(call.error().sqlstate.data(), 5) + " " + call.error().text;
  }
  return PlainName(call->result);
}

TEST(CallResolutionTest, ResultTypesArePostgres) {
  std::ifstream in("tests/executor/cases/resolution.tsv");
  ASSERT_TRUE(in.good());
  int count = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) continue;
    const size_t first = line.find('\t'), second = line.find('\t', first + 1);
    const std::string name = line.substr(0, first);
    const std::string types = line.substr(first + 1, second - first - 1);
    EXPECT_EQ(Resolve(name, ParseTypes(types)), line.substr(second + 1)) << name << " " << types;
    ++count;
  }
  EXPECT_GT(count, 500);
}

TEST(CallResolutionTest, EveryArgumentCanBeCast) {
  const FunctionRegistry& registry = BuiltinFunctions();
  const std::vector<Type> types = {Type::Int2(), Type::Int8()};
  const Result<ResolvedCall> call = ResolveCall(registry, "+", types);
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->function->text, "+(bigint, bigint) -> bigint");
  EXPECT_TRUE(NeedsCast(types[0], call->arg_types[0]));
  EXPECT_FALSE(NeedsCast(types[1], call->arg_types[1]));
  const auto path = FindCast(registry, types[0], call->arg_types[0], CastContext::kImplicit);
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->function->text, "cast(smallint) -> bigint");
}

TEST(CallResolutionTest, DecimalsGrowAndBecomeNumeric) {
  const auto result = [](std::string_view name, const Type& a, const Type& b) {
    const Type types[] = {a, b};
    return TypeName(ResolveCall(BuiltinFunctions(), name, types)->result);
  };
  EXPECT_EQ(result("+", Type::Decimal(10, 2), Type::Decimal(10, 2)), "numeric(11,2)");
  EXPECT_EQ(result("-", Type::Decimal(10, 2), Type::Decimal(5, 4)), "numeric(13,4)");
  EXPECT_EQ(result("*", Type::Decimal(10, 2), Type::Decimal(5, 4)), "numeric(15,6)");
  EXPECT_EQ(result("*", Type::Decimal(20, 2), Type::Decimal(19, 4)), "numeric");
  EXPECT_EQ(result("+", Type::Decimal(38, 2), Type::Decimal(38, 2)), "numeric");
  EXPECT_EQ(result("+", Type::Decimal(10, 2), Type::Int4()), "numeric(13,2)");
  EXPECT_EQ(result("*", Type::Int8(), Type::Decimal(10, 2)), "numeric(29,2)");
  EXPECT_EQ(result("/", Type::Decimal(10, 2), Type::Decimal(10, 2)), "numeric");
  EXPECT_EQ(result("+", Type::Decimal(10, 2), Type::Null()), "numeric");
}

TEST(CallResolutionTest, UnknownFunctionsHaveANearName) {
  EXPECT_EQ(BuiltinFunctions().NearestName("sqtr"), "sqrt");
  EXPECT_EQ(BuiltinFunctions().NearestName("quite_another_thing"), std::nullopt);
}

std::string Common(const std::vector<Type>& types) {
  const std::optional<Type> type = CommonType(BuiltinFunctions(), types);
  return type ? TypeName(*type) : "none";
}

TEST(CommonTypeTest, IsPostgres) {
  EXPECT_EQ(Common({Type::Int4(), Type::Int8()}), "bigint");
  EXPECT_EQ(Common({Type::Int4(), Type::Numeric(), Type::Float8()}), "double precision");
  EXPECT_EQ(Common({Type::Null(), Type::Null()}), "text");
  EXPECT_EQ(Common({Type::Null(), Type::Date()}), "date");
  EXPECT_EQ(Common({Type::Date(), Type::TimestampTz()}), "timestamp with time zone");
  EXPECT_EQ(Common({Type::Int4(), Type::Text()}), "none");
  EXPECT_EQ(Common({Type::Varchar(3), Type::Varchar(5)}), "character varying");
  EXPECT_EQ(Common({Type::Varchar(3), Type::Varchar(3)}), "character varying(3)");
  EXPECT_EQ(Common({Type::Varchar(3), Type::Text()}), "character varying");
  EXPECT_EQ(Common({Type::Text(), Type::Varchar(3)}), "text");
}

TEST(CommonTypeTest, DecimalsGiveOneThatHoldsAll) {
  EXPECT_EQ(Common({Type::Decimal(10, 2), Type::Decimal(5, 4)}), "numeric(12,4)");
  EXPECT_EQ(Common({Type::Decimal(10, 2), Type::Int4()}), "numeric(12,2)");
  EXPECT_EQ(Common({Type::Int8(), Type::Decimal(3, 1)}), "numeric(20,1)");
  EXPECT_EQ(Common({Type::Decimal(38, 0), Type::Decimal(38, 38)}), "numeric");
  EXPECT_EQ(Common({Type::Decimal(10, 2), Type::Numeric()}), "numeric");
}

struct CastCase {
  Type from, to;
  // The narrowest context in which PostgreSQL casts: i, a, e, or - for none.
  char context;
};

TEST(FindCastTest, ContextsArePostgres) {
  const std::vector<CastCase> cases = {
      {Type::Int4(), Type::Int8(), 'i'},          {Type::Int8(), Type::Int4(), 'a'},
      {Type::Int4(), Type::Bool(), 'e'},          {Type::Int8(), Type::Bool(), '-'},
      {Type::Float8(), Type::Numeric(), 'a'},     {Type::Numeric(), Type::Float8(), 'i'},
      {Type::Int4(), Type::Text(), 'a'},          {Type::Text(), Type::Int4(), 'e'},
      {Type::Varchar(5), Type::Text(), 'i'},      {Type::Text(), Type::Varchar(5), 'i'},
      {Type::Date(), Type::TimestampTz(), 'i'},   {Type::TimestampTz(), Type::Date(), 'a'},
      {Type::Time(), Type::Interval(), 'i'},      {Type::Interval(), Type::Time(), 'a'},
      {Type::Json(), Type::Jsonb(), 'a'},         {Type::Jsonb(), Type::Int4(), 'e'},
      {Type::Uuid(), Type::Int4(), '-'},          {Type::Uuid(), Type::Text(), 'a'},
      {Type::Int4(), Type::Oid(), 'i'},           {Type::Oid(), Type::Int4(), 'a'},
      {Type::Array(Type::Int4()), Type::Array(Type::Int8()), 'i'},
      {Type::Array(Type::Int8()), Type::Array(Type::Int4()), 'a'},
      {Type::Array(Type::Int4()), Type::Text(), 'a'},
      {Type::Array(Type::Int4()), Type::Int4(), '-'},
      {Type::Null(), Type::Uuid(), 'i'},          {Type::Decimal(5, 1), Type::Decimal(4, 2), 'i'},
  };
  for (const CastCase& one : cases) {
    const auto found = [&](CastContext context) {
      return FindCast(BuiltinFunctions(), one.from, one.to, context).has_value();
    };
    const std::string name = TypeName(one.from) + " to " + TypeName(one.to);
    EXPECT_EQ(found(CastContext::kImplicit), one.context == 'i') << name;
    EXPECT_EQ(found(CastContext::kAssignment), one.context == 'i' || one.context == 'a') << name;
    EXPECT_EQ(found(CastContext::kExplicit), one.context != '-') << name;
  }
}

TEST(SignatureTest, IsPrintedAsItIsRead) {
  for (const std::string text :
       {"length(text) -> integer", "concat(variadic any) -> text",
        "array_append(anycompatiblearray, anycompatible) -> anycompatiblearray",
        "+(double precision, double precision) -> double precision",
        "now() -> timestamp with time zone"}) {
    EXPECT_EQ(ParseSignature(text).ToString(), text);
  }
}

void Nothing(const KernelInput&, KernelOutput&) {}

TEST(ResolvePolymorphicTest, ElementsAndArraysAgree) {
  FunctionRegistry registry;
  registry.Scalar("first_of(anyarray) -> anyelement", Nothing, "test");
  registry.Scalar("contains(anyarray, anyelement) -> boolean", Nothing, "test");
  registry.Scalar("joined(text, variadic any) -> text", Nothing, "test");
  const auto resolve = [&](std::string_view name, std::vector<Type> types) {
    const Result<ResolvedCall> call = ResolveCall(registry, name, types);
    return call ? TypeName(call->result) : call.error().text;
  };
  const Type ints = Type::Array(Type::Int4());
  EXPECT_EQ(resolve("first_of", {ints}), "integer");
  EXPECT_EQ(resolve("first_of", {Type::Int4()}), "function first_of(integer) does not exist");
  EXPECT_EQ(resolve("contains", {ints, Type::Int4()}), "boolean");
  EXPECT_EQ(resolve("contains", {ints, Type::Null()}), "boolean");
  EXPECT_EQ(resolve("contains", {ints, Type::Text()}),
            "function contains(integer[], text) does not exist");
  EXPECT_EQ(resolve("joined", {Type::Text(), Type::Int4(), Type::Date()}), "text");
  EXPECT_EQ(resolve("joined", {Type::Text()}), "function joined(text) does not exist");
}

}  // namespace
}  // namespace riverrun::executor
