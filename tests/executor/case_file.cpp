#include "tests/executor/case_file.h"

#include <charconv>
#include <fstream>

#include "types/text/text_format.h"

namespace riverrun::executor::testing {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> out(1);
  for (const char c : text) {
    if (c == separator) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

// "integer:12" or "integer!NULL".
Value ParseArgument(const std::string& text) {
  const size_t mark = text.find_first_of(":!");
  CHECK(mark != std::string::npos, "argument without a type: " + text);
  const Type type = ParseTypeText(text.substr(0, mark));
  if (text[mark] == '!') return Value::Null(type);
  const Result<Value> value = Value::Parse(type, text.substr(mark + 1), CaseSettings(), kCaseNow);
  CHECK(value.has_value(), text + ": " + (value ? "" : value.error().text));
  return *value;
}

FunctionCases ParseHeading(const std::string& line) {
  FunctionCases out;
  const size_t as = line.find(" as ");
  out.signature = line.substr(1, as == std::string::npos ? as : as - 1);
  if (as != std::string::npos) out.result = ParseTypeText(line.substr(as + 4));
  return out;
}

}  // namespace

const Settings& CaseSettings() {
  static const Settings kSettings = [] {
    Settings settings;
    settings.time_zone = *TimeZone::Find("Europe/Berlin");
    return settings;
  }();
  return kSettings;
}

Type ParseTypeText(const std::string& text) {
  const size_t open = text.find('(');
  if (open == std::string::npos) {
    const std::optional<Type> type = TypeByName(text);
    CHECK(type.has_value(), "no type: " + text);
    return *type;
  }
  const size_t close = text.find(')');
  Type type = *TypeByName(text.substr(0, open) + text.substr(close + 1));
  const std::vector<std::string> numbers = Split(text.substr(open + 1, close - open - 1), ',');
  const int first = std::stoi(numbers[0]);
  switch (type.kind) {
    case TypeKind::kNumeric:
      return Type::Decimal(static_cast<uint8_t>(first),
                           static_cast<uint8_t>(numbers.size() > 1 ? std::stoi(numbers[1]) : 0));
    case TypeKind::kText: return Type::Varchar(first);
    case TypeKind::kInterval:
      type.typmod = IntervalTypmod(IntervalRange::kFull, first);
      return type;
    default: type.typmod = first; return type;
  }
}

std::vector<FunctionCases> ReadCases(const std::string& name) {
  std::ifstream in("tests/executor/cases/" + name + ".tsv");
  CHECK(in.good(), "run from the root of the tree: cannot read the cases of " + name);
  std::vector<FunctionCases> out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    if (line.front() == '@' && line.find('\t') == std::string::npos) {
      out.push_back(ParseHeading(line));
      continue;
    }
    CHECK(!out.empty(), "a case before the first function: " + line);
    FunctionCase one{.text = out.back().signature + "  " + line, .args = {}, .expected = {}};
    std::vector<std::string> fields = Split(line, '\t');
    one.expected = fields.back();
    fields.pop_back();
    for (const std::string& field : fields) one.args.push_back(ParseArgument(field));
    out.back().cases.push_back(std::move(one));
  }
  return out;
}

std::string TextOfRow(const Column& column, uint32_t row, const ErrorLane& errors) {
  if (const Error* error = FindError(errors, row)) {
    return "ERROR " + std::string(error->sqlstate.data(), 5) + " " + error->text;
  }
  if (column.IsNull(row)) return "NULL";
  return TextWriter(CaseSettings()).ToText(column, row);
}

}  // namespace riverrun::executor::testing
