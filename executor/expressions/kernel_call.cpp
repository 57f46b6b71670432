#include <algorithm>

#include "executor/expressions/evaluator_node.h"

namespace riverrun::executor {
namespace {

bool AllConstant(std::span<const Column> columns) {
  return std::all_of(columns.begin(), columns.end(), [](const Column& column) {
    return column.encoding == Encoding::kConstant;
  });
}

bool HasNullConstant(std::span<const Column> columns) {
  return std::any_of(columns.begin(), columns.end(), [](const Column& column) {
    return column.encoding == Encoding::kConstant && column.IsNull(0);
  });
}

BufferRef NullsOf(std::span<const Column> columns, uint32_t rows) {
  // Two arguments are the rule; no vector for them.
  if (columns.size() == 1) {
    return columns[0].encoding == Encoding::kConstant ? nullptr : columns[0].nulls;
  }
  if (columns.size() == 2) {
    const Column* pair[] = {&columns[0], &columns[1]};
    return UnionNulls(pair, rows);
  }
  std::vector<const Column*> pointers;
  for (const Column& column : columns) pointers.push_back(&column);
  return UnionNulls(pointers, rows);
}

uint32_t DictionarySize(const Column& dictionary) {
  return static_cast<uint32_t>(dictionary.values->size() / PhysicalWidth(dictionary.type.kind));
}

}  // namespace

KernelCall::KernelCall(const Function& function, const Type& type, std::span<const Type> arg_types,
                       std::span<const Column* const> constants, const Settings& settings)
    : function_(&function), type_(type) {
  CHECK(function.kernel != nullptr, "call of what is no scalar function: " + function.text);
  const FunctionOptions& options = function.options;
  const auto varying = std::count(constants.begin(), constants.end(), nullptr);
  if (varying == 1 && options.strict && options.volatility == Volatility::kImmutable &&
      !function.MayFail(arg_types, type)) {
    on_dictionary_ = true;
    varying_arg_ = static_cast<size_t>(
        std::find(constants.begin(), constants.end(), nullptr) - constants.begin());
  }
  if (options.prepare == nullptr) return;
  std::vector<const Column*> known(constants.begin(), constants.end());
  for (const Column*& constant : known) {
    if (constant != nullptr && constant->IsNull(0)) constant = nullptr;
  }
  Result<Prepared> prepared = options.prepare({.constants = known,
                                               .arg_types = arg_types,
                                               .result_type = type,
                                               .settings = settings});
  if (prepared) {
    prepared_ = std::move(*prepared);
  } else {
    broken_ = std::move(prepared.error());
    on_dictionary_ = false;
  }
}

KernelCall::KernelCall(const Function& function, const Type& type, Prepared prepared, size_t args)
    : function_(&function), type_(type), prepared_(std::move(prepared)),
      on_dictionary_(args == 1 && function.options.strict) {}

Column KernelCall::RunKernel(const Frame& frame, std::span<const Column> args, uint32_t rows,
                             const SelectionRef& selection, BufferPool* pool,
                             ErrorLane& errors) const {
  KernelOutput out(type_, rows, function_->options.strict ? NullsOf(args, rows) : nullptr, pool,
                   frame.context.budget);
  const KernelInput in{.context = frame.context,
                       .prepared = prepared_.get(),
                       .args = args,
                       .rows = rows,
                       .selection = selection};
  if (broken_) [[unlikely]] {
    ForEachValid(in, out, [&](uint32_t row) { out.Fail(row, *broken_); });
  } else {
    function_->kernel(in, out);
  }
  errors = std::move(out.errors());
  return out.TakeColumn();
}

Column KernelCall::RunConstant(const Frame& frame, std::span<Column> args,
                               const SelectionRef& selection, ErrorLane& errors) {
  ErrorLane first;
  Column out = RunKernel(frame, args, 1, nullptr, nullptr, first);
  out.encoding = Encoding::kConstant;
  if (!first.empty()) {
    ForEachRow(frame.batch.rows, selection, [&](uint32_t row) {
      errors.push_back({static_cast<uint16_t>(row), first.front().error});
    });
  }
  return out;
}

std::optional<Column> KernelCall::RunOnDictionary(const Frame& frame, std::span<Column> args,
                                                  const SelectionRef& selection) {
  Column& coded = args[varying_arg_];
  if (last_dictionary_ != coded.dictionary) {
    const uint32_t size = DictionarySize(*coded.dictionary);
    if (size > kBatchRowsMax || size > CountRows(frame.batch.rows, selection)) return std::nullopt;
    std::vector<Column> over_entries(args.begin(), args.end());
    over_entries[varying_arg_] = *coded.dictionary;
    ErrorLane none;
    Column result = RunKernel(frame, over_entries, size, nullptr, nullptr, none);
    CHECK(none.empty(), "a function that cannot fail did: " + function_->text);
    last_dictionary_ = coded.dictionary;
    const bool usable = result.nulls == nullptr;  // nulls have no place in a dictionary
    last_result_ = usable ? std::make_shared<const Column>(std::move(result)) : nullptr;
  }
  if (last_result_ == nullptr) return std::nullopt;
  Column out;
  out.type = type_;
  out.encoding = Encoding::kDictionary;
  out.values = coded.values;
  out.nulls = coded.nulls;
  out.dictionary = last_result_;
  return out;
}

Column KernelCall::Run(const Frame& frame, std::span<Column> args, const SelectionRef& selection,
                       ErrorLane& errors) {
  const bool strict = function_->options.strict;
  if (strict && HasNullConstant(args)) return NullColumn(type_);
  if (AllConstant(args)) return RunConstant(frame, args, selection, errors);
  if (on_dictionary_ && args[varying_arg_].encoding == Encoding::kDictionary) {
    std::optional<Column> out = RunOnDictionary(frame, args, selection);
    if (out) return std::move(*out);
  }
  for (Column& arg : args) {
    if (arg.encoding == Encoding::kDictionary) arg = WithoutDictionary(arg, frame.batch.rows);
  }
  return RunKernel(frame, args, frame.batch.rows, selection, &frame.pool, errors);
}

}  // namespace riverrun::executor
