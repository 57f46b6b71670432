#include "executor/operators/split_aggregate.h"

#include <algorithm>

#include "executor/aggregates/aggregate.h"

namespace riverrun::executor {
namespace {

const Function& FindFunction(std::string_view signature) {
  const Function* function = BuiltinFunctions().FindByText(ParseSignature(signature).ToString());
  CHECK(function != nullptr, "no such aggregate: " + std::string(signature));
  return *function;
}

const Function& FunctionOf(const AggregateCall& call) {
  return FindFunction(IsCountOfRows(call.signature) ? "count() -> bigint" : call.signature);
}

// Collects the values of parts, each once however many calls need it.
class Splitter {
 public:
  Splitter(const std::vector<int>& keys, const std::vector<OutputColumn>& input) : input_(input) {
    out_.partial.keys = keys;
    for (size_t k = 0; k < keys.size(); ++k) {
      out_.columns.push_back(input[static_cast<size_t>(keys[k])]);
      out_.keys.push_back(static_cast<int>(k));
    }
  }

  void Add(const AggregateCall& call) {
    const AggregateSplit& split = FunctionOf(call).split;
    AggregateCall merge{FindFunction(split.merge).text, {}, {}, call.result};
    for (const std::string& signature : split.partial) {
      merge.arguments.push_back(ColumnOf(FindFunction(signature), call));
    }
    out_.calls.push_back(std::move(merge));
  }

  SplitAggregation Finish() { return std::move(out_); }

 private:
  // The column of the partial value that a function has of a call's rows.
  int ColumnOf(const Function& function, const AggregateCall& call) {
    std::vector<Type> types;
    std::string name = function.signature.name + "(";
    for (const int argument : call.arguments) {
      const OutputColumn& column = input_[static_cast<size_t>(argument)];
      name += (types.empty() ? "" : ", ") + column.name;
      types.push_back(column.type);
    }
    const auto hook = function.options.result_type;
    const Type result = hook != nullptr ? hook(types) : function.signature.result.type;
    const AggregateCall partial{function.text, call.arguments, call.filter, result};
    std::vector<AggregateCall>& calls = out_.partial.calls;
    const auto found = std::ranges::find(calls, partial);
    const auto place = static_cast<size_t>(found - calls.begin());
    if (found == calls.end()) {
      calls.push_back(partial);
      out_.columns.push_back({name + ")", result});
    }
    return static_cast<int>(out_.keys.size() + place);
  }

  const std::vector<OutputColumn>& input_;
  SplitAggregation out_;
};

}  // namespace

std::optional<SplitAggregation> SplitAggregate(const std::vector<int>& keys,
                                               const std::vector<AggregateCall>& calls,
                                               const std::vector<OutputColumn>& input) {
  const bool keys_show_alike = std::ranges::all_of(
      keys, [&](int key) { return EqualMeansIdentical(input[static_cast<size_t>(key)].type); });
  const bool calls_divide = std::ranges::all_of(
      calls, [](const AggregateCall& call) { return !FunctionOf(call).split.partial.empty(); });
  if (!keys_show_alike || !calls_divide) return std::nullopt;
  Splitter splitter(keys, input);
  for (const AggregateCall& call : calls) splitter.Add(call);
  return splitter.Finish();
}

}  // namespace riverrun::executor
