#include "executor/functions/text/quoting.h"

#include <algorithm>
#include <array>
#include <optional>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "types/text/text_format.h"

namespace riverrun::executor {
namespace {

// PostgreSQL 15's keywords that are reserved in at least one place; ordered.
constexpr std::array<std::string_view, 151> kReserved = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast",
    "char", "character", "check", "coalesce", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant",
    "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout",
    "int", "integer", "intersect", "interval", "into", "is", "isnull", "join", "lateral",
    "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "national",
    "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric",
    "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing",
    "position", "precision", "primary", "real", "references", "returning", "right", "row",
    "select", "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric",
    "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim",
    "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose",
    "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
    "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable"};

bool IsPlainIdentifier(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char c : name) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
  }
  return !std::binary_search(kReserved.begin(), kReserved.end(), name);
}

// quote_literal and quote_nullable of any type: of its text.
template <bool kNullable>
void QuoteAny(const KernelInput& in, KernelOutput& out) {
  TextWriter writer(*in.context.settings);
  std::string text, quoted;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) {
      return kNullable ? out.SetString(row, "NULL") : out.SetNull(row);
    }
    text.clear();
    quoted.clear();
    if (in.args[0].type.kind == TypeKind::kBool) {
      text = in.args[0].At<uint8_t>(row) != 0 ? "true" : "false";
    } else {
      writer.Append(in.args[0], row, text);
    }
    AppendQuotedLiteral(quoted, text);
    out.SetString(row, quoted);
  });
}

}  // namespace

void AppendQuotedLiteral(std::string& out, std::string_view text) {
  if (text.find('\\') != std::string_view::npos) out.push_back('E');
  out.push_back('\'');
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back(c);
    out.push_back(c);
  }
  out.push_back('\'');
}

void AppendQuotedIdentifier(std::string& out, std::string_view name) {
  if (IsPlainIdentifier(name)) {
    out += name;
    return;
  }
  out.push_back('"');
  for (const char c : name) {
    if (c == '"') out.push_back(c);
    out.push_back(c);
  }
  out.push_back('"');
}

void RegisterQuoting(FunctionRegistry& registry) {
  registry.Scalar("quote_ident(text) -> text", Appended<AppendQuotedIdentifier>(),
                  "as an identifier in SQL");
  registry.Scalar("quote_literal(text) -> text", QuoteAny<false>, {.strict = false},
                  "as a literal in SQL");
  registry.Scalar("quote_literal(anyelement) -> text", QuoteAny<false>,
                  {.strict = false, .volatility = Volatility::kStable}, "as a literal in SQL");
  registry.Scalar("quote_nullable(text) -> text", QuoteAny<true>, {.strict = false},
                  "as a literal in SQL, NULL included");
  registry.Scalar("quote_nullable(anyelement) -> text", QuoteAny<true>,
                  {.strict = false, .volatility = Volatility::kStable},
                  "as a literal in SQL, NULL included");
}

}  // namespace riverrun::executor
