#include "executor/dataflow.h"

#include <algorithm>
#include <map>
#include <set>

#include "types/time/interval.h"
#include "types/time/time_text.h"

namespace riverrun::executor {
namespace {

using Columns = std::vector<OutputColumn>;

// Checks one operator against its inputs; an empty string means that it is well-formed.
struct SpecChecker {
  const std::vector<const Columns*>& inputs;
  const Columns& output;

  std::string operator()(const SourceSpec& s) {
    if (!inputs.empty()) return "a source has no inputs";
    return s.columns.size() == output.size() ? "" : "output differs from the columns read";
  }
  std::string operator()(const FilterSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    if (TypeOf(*s.predicate).kind != TypeKind::kBool) return "the predicate is not boolean";
    if (output != *inputs[0]) return "output differs from the input";
    return CheckColumns(*s.predicate);
  }
  std::string operator()(const ProjectSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    if (s.outputs.size() != output.size()) return "as many outputs as expressions are needed";
    for (size_t i = 0; i < output.size(); ++i) {
      if (!(TypeOf(*s.outputs[i]) == output[i].type)) return "type of " + output[i].name;
      if (std::string problem = CheckColumns(*s.outputs[i]); !problem.empty()) return problem;
    }
    return "";
  }
  std::string operator()(const UnionSpec&) {
    if (inputs.empty()) return "a union has inputs";
    for (const Columns* input : inputs) {
      if (!SameTypes(*input)) return "an input has other column types";
    }
    return "";
  }
  std::string operator()(const AggregateSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    if (s.global && !s.keys.empty()) return "a global group has no keys";
    return CheckGroups(s.keys, s.calls);
  }
  std::string operator()(const TopNSpec& s) {
    if (std::string problem = SameColumns(); !problem.empty()) return problem;
    for (const SortColumn& key : s.order) {
      if (!InRange(key.column)) return "order column out of range";
    }
    return "";
  }
  std::string operator()(const LimitSpec&) { return SameColumns(); }
  std::string operator()(const MaterializeSpec& s) {
    if (std::string problem = SameColumns(); !problem.empty()) return problem;
    const bool in_range = std::ranges::all_of(s.key, [&](int c) { return InRange(c); });
    return in_range ? "" : "key column out of range";
  }
  std::string operator()(const ValuesSpec& s) {
    if (!inputs.empty()) return "values have no inputs";
    for (const std::vector<Value>& row : s.rows) {
      const bool fits = std::ranges::equal(
          row, output, [](const Value& v, const OutputColumn& c) { return v.type() == c.type; });
      if (!fits) return "a row of the values has other types";
    }
    return "";
  }
  std::string operator()(const WindowSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    if (!InRange(s.time) || !IsTimestamp((*inputs[0])[s.time].type)) return "no time column";
    if (s.row_watermark &&
        (!InRange(*s.row_watermark) || !IsTimestamp((*inputs[0])[*s.row_watermark].type))) {
      return "no watermark column";
    }
    if (s.size <= 0 || s.slide <= 0) return "a window has no length";
    const bool slices = s.mode == WindowSpec::Mode::kSlices;
    const size_t added = !slices ? 3 : s.row_watermark ? 2 : 1;
    if (output.size() != inputs[0]->size() + added) return "output is the input and the window";
    for (size_t i = 0; i < output.size(); ++i) {
      const size_t like = i < inputs[0]->size() ? i : static_cast<size_t>(s.time);
      if (!(output[i].type == (*inputs[0])[like].type)) return "type of " + output[i].name;
    }
    return "";
  }
  std::string operator()(const CloseGroupsSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    if (std::string problem = CheckGroups(s.keys, s.calls); !problem.empty()) return problem;
    if (s.window < 0 || static_cast<size_t>(s.window) >= s.keys.size()) return "no window key";
    const Type& type = output[s.window].type;
    return IsTimestamp(type) ? "" : "the window key is no time";
  }
  std::string operator()(const PartialAggregateSpec& s) {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    return CheckGroups(s.keys, s.calls);
  }

 private:
  std::string CheckGroups(const std::vector<int>& keys, const std::vector<AggregateCall>& calls) {
    if (output.size() != keys.size() + calls.size()) return "output is keys and calls";
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!InRange(keys[i])) return "key out of range";
      if (!(output[i].type == (*inputs[0])[keys[i]].type)) return "type of a key";
    }
    for (size_t i = 0; i < calls.size(); ++i) {
      const AggregateCall& call = calls[i];
      if (!std::ranges::all_of(call.arguments, [&](int c) { return InRange(c); })) {
        return "argument out of range";
      }
      if (call.filter && !InRange(*call.filter)) return "filter out of range";
      if (!(output[keys.size() + i].type == call.result)) return "type of " + call.signature;
    }
    return "";
  }
  static bool IsTimestamp(const Type& type) {
    return type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestampTz;
  }
  std::string OneInput() { return inputs.size() == 1 ? "" : "one input is needed"; }
  std::string SameColumns() {
    if (std::string problem = OneInput(); !problem.empty()) return problem;
    return SameTypes(*inputs[0]) ? "" : "output differs from the input";
  }
  bool InRange(int column) {
    return column >= 0 && static_cast<size_t>(column) < inputs[0]->size();
  }
  bool SameTypes(const Columns& input) {
    return std::ranges::equal(input, output, [](const OutputColumn& a, const OutputColumn& b) {
      return a.type == b.type;
    });
  }
  std::string CheckColumns(const Expression& expression) {
    if (const auto* column = std::get_if<ColumnRef>(&expression.node)) {
      if (!InRange(static_cast<int>(column->index))) return "column out of range";
      if (!(column->type == (*inputs[0])[column->index].type)) return "type of a column";
    }
    for (const ExpressionRef& child : Children(expression)) {
      if (std::string problem = CheckColumns(*child); !problem.empty()) return problem;
    }
    return "";
  }
};

std::string NameOf(const Columns& columns, int index) { return columns[index].name; }

std::string List(const Columns& columns, const std::vector<int>& indexes) {
  std::string text;
  for (const int index : indexes) text += (text.empty() ? "" : ", ") + NameOf(columns, index);
  return text;
}

std::vector<std::string> Names(const Columns& columns) {
  std::vector<std::string> names;
  for (const OutputColumn& column : columns) names.push_back(column.name);
  return names;
}

// One line that says what an operator does.
struct SpecPrinter {
  const Columns& input;  // of port 0; for a source, its output
  const Columns& output;

  std::string operator()(const SourceSpec& s) {
    std::string columns;
    for (const OutputColumn& c : output) columns += (columns.empty() ? "" : ", ") + c.name;
    return "Source object " + std::to_string(s.object.value) + " (" + columns + ")" +
           (s.key.empty() ? "" : " by key");
  }
  std::string operator()(const FilterSpec& s) {
    return "Filter " + ToSql(*s.predicate, Names(input));
  }
  std::string operator()(const ProjectSpec& s) {
    std::string text = "Project ";
    for (size_t i = 0; i < s.outputs.size(); ++i) {
      text += (i > 0 ? ", " : "") + output[i].name + " := " + ToSql(*s.outputs[i], Names(input));
    }
    return text;
  }
  std::string operator()(const UnionSpec&) { return "Union"; }
  std::string operator()(const AggregateSpec& s) {
    return Groups(s.keys, s.calls) + (s.append_only ? " (append-only)" : "");
  }
  std::string operator()(const TopNSpec& s) {
    std::string text = s.limit ? "TopN " + std::to_string(*s.limit) : "Sort";
    if (s.offset > 0) text += " offset " + std::to_string(s.offset);
    for (size_t i = 0; i < s.order.size(); ++i) {
      text += (i > 0 ? ", " : " by ") + NameOf(input, s.order[i].column);
      if (s.order[i].descending) text += " desc";
      if (s.order[i].nulls_first != s.order[i].descending) {
        text += s.order[i].nulls_first ? " nulls first" : " nulls last";
      }
    }
    return text;
  }
  std::string operator()(const LimitSpec& s) {
    std::string text = "Limit " + std::to_string(s.limit);
    return s.offset > 0 ? text + " offset " + std::to_string(s.offset) : text;
  }
  std::string operator()(const MaterializeSpec& s) {
    const std::string text = "Materialize object " + std::to_string(s.view.value);
    return s.key.empty() ? text + " as a bag" : text + " by key " + List(input, s.key);
  }
  std::string operator()(const ValuesSpec& s) {
    return "Values, rows: " + std::to_string(s.rows.size());
  }
  std::string operator()(const WindowSpec& s) {
    const std::string kind = s.slide == s.size ? "Tumble" : "Hop";
    std::string text = kind + " " + NameOf(input, s.time);
    if (s.mode == WindowSpec::Mode::kWindowsOfSlices) {
      text = kind + "Slices " + NameOf(input, s.time);
    } else if (s.mode == WindowSpec::Mode::kSlices) {
      text = "Slice " + NameOf(input, s.time) + " length " + Length(SliceLength(s)) + " of " + kind;
    }
    text += " size " + Length(s.size);
    if (s.slide != s.size) text += " slide " + Length(s.slide);
    if (s.offset != 0) text += " offset " + Length(s.offset);
    if (s.row_watermark) text += " until " + NameOf(input, *s.row_watermark);
    return text;
  }
  std::string operator()(const CloseGroupsSpec& s) {
    return Groups(s.keys, s.calls) + " when " + NameOf(input, s.keys[s.window]) + " has passed";
  }
  std::string operator()(const PartialAggregateSpec& s) {
    return "Partial" + Groups(s.keys, s.calls);
  }

 private:
  std::string Groups(const std::vector<int>& keys, const std::vector<AggregateCall>& calls) {
    std::string text = calls.empty() ? "Distinct" : "Aggregate";
    if (!keys.empty()) text += " by " + List(input, keys);
    for (size_t i = 0; i < calls.size(); ++i) {
      const AggregateCall& call = calls[i];
      text += (i > 0 ? ", " : ": ") + call.signature.substr(0, call.signature.find('(')) + "(" +
              List(input, call.arguments) + ")";
      if (call.filter) text += " filter " + NameOf(input, *call.filter);
    }
    return text;
  }
  static std::string Length(Micros micros) {
    std::string text;
    AppendInterval({.micros = micros}, IntervalStyle::kPostgres, text);
    return text;
  }
};

std::string DistributionText(const InputRef& input, const Columns& columns) {
  switch (input.distribution.kind) {
    case Distribution::Kind::kAny:
      return "";
    case Distribution::Kind::kHash:
      return " -> hash(" + List(columns, input.distribution.columns) + ")";
    case Distribution::Kind::kSingleton:
      return " -> one worker";
  }
  return "";
}

}  // namespace

bool ProjectSpec::operator==(const ProjectSpec& other) const {
  return std::ranges::equal(
      outputs, other.outputs,
      [](const ExpressionRef& a, const ExpressionRef& b) { return *a == *b; });
}

bool IsStateful(const OperatorSpec& spec) {
  struct Visitor {
    bool operator()(const SourceSpec&) { return false; }
    bool operator()(const FilterSpec&) { return false; }
    bool operator()(const ProjectSpec&) { return false; }
    bool operator()(const UnionSpec&) { return false; }
    bool operator()(const AggregateSpec&) { return true; }
    bool operator()(const TopNSpec&) { return true; }
    // It passes rows on as they are; an error of a row beyond the limit never counts.
    bool operator()(const LimitSpec&) { return false; }
    bool operator()(const MaterializeSpec&) { return true; }
    bool operator()(const ValuesSpec&) { return false; }
    bool operator()(const WindowSpec&) { return false; }
    bool operator()(const CloseGroupsSpec&) { return true; }
    bool operator()(const PartialAggregateSpec&) { return true; }
  };
  return std::visit(Visitor{}, spec);
}

std::vector<Type> TypesOf(const std::vector<OutputColumn>& columns) {
  std::vector<Type> types;
  types.reserve(columns.size());
  for (const OutputColumn& column : columns) types.push_back(column.type);
  return types;
}

Result<void> Validate(const DataflowSpec& spec) {
  std::map<OperatorId, const Columns*> known;
  const auto fail = [](const OperatorNode& node, const std::string& problem) {
    return Fail(sqlstate::kInternalError,
                "operator " + std::to_string(node.id.value) + " of the dataflow: " + problem);
  };
  if (spec.nodes.empty()) return Fail(sqlstate::kInternalError, "the dataflow has no operators");
  for (const OperatorNode& node : spec.nodes) {
    std::vector<const Columns*> inputs;
    for (const InputRef& input : node.inputs) {
      const auto found = known.find(input.from);
      if (found == known.end()) return fail(node, "an input is not an earlier operator");
      for (const int column : input.distribution.columns) {
        if (column < 0 || static_cast<size_t>(column) >= found->second->size()) {
          return fail(node, "a distribution column is out of range");
        }
      }
      inputs.push_back(found->second);
    }
    const std::string problem = std::visit(SpecChecker{inputs, node.output}, node.spec);
    if (!problem.empty()) return fail(node, problem);
    if (!known.emplace(node.id, &node.output).second) return fail(node, "its id occurs twice");
  }
  return {};
}

std::vector<std::string> OperatorNames(const DataflowSpec& spec) {
  std::map<OperatorId, const Columns*> outputs;
  std::vector<std::string> names;
  for (const OperatorNode& node : spec.nodes) {
    outputs[node.id] = &node.output;
    const Columns& input = node.inputs.empty() ? node.output : *outputs.at(node.inputs[0].from);
    const std::string line = std::visit(SpecPrinter{input, node.output}, node.spec);
    names.push_back(line.substr(0, line.find_first_of(" ,")) + " " +
                    std::to_string(node.id.value));
  }
  return names;
}

std::string Explain(const DataflowSpec& spec) {
  std::map<OperatorId, size_t> index;
  for (size_t i = 0; i < spec.nodes.size(); ++i) index[spec.nodes[i].id] = i;
  std::set<OperatorId> printed;
  std::string text;
  // Recursion is bounded by the depth of the plan, which the planner bounds.
  const auto print = [&](const auto& self, size_t at, int depth, const std::string& edge) -> void {
    const OperatorNode& node = spec.nodes[at];
    const Columns& input =
        node.inputs.empty() ? node.output : spec.nodes[index.at(node.inputs[0].from)].output;
    text.append(static_cast<size_t>(depth) * 2, ' ');
    text += std::visit(SpecPrinter{input, node.output}, node.spec) + edge;
    const bool seen = !printed.insert(node.id).second;
    text += seen ? " (shared, above)\n" : "\n";
    if (seen) return;
    for (const InputRef& from : node.inputs) {
      const size_t child = index.at(from.from);
      self(self, child, depth + 1, DistributionText(from, spec.nodes[child].output));
    }
  };
  print(print, spec.nodes.size() - 1, 0, "");
  return text;
}

}  // namespace riverrun::executor
