// Casts between arrays: every element is cast.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "executor/functions/builtin.h"
#include "executor/functions/call_resolution.h"
#include "types/codec/key.h"

namespace riverrun::executor {
namespace {

// How one element is cast, found when the plan is made.
struct ElementCast {
  const Function* function;  // null if elements only change the name of their type
  Prepared prepared;
};

Result<Prepared> PrepareElements(const PrepareInput& input) {
  const Type& from = input.arg_types[0].element();
  const Type& to = input.result_type.element();
  const std::optional<CastPath> path =
      FindCast(BuiltinFunctions(), from, to, CastContext::kExplicit);
  if (!path) {
    return Fail(sqlstate::kCannotCoerce, "cannot cast type " + TypeName(from) + "[] to " +
                                             TypeName(to) + "[]");
  }
  auto out = std::make_shared<ElementCast>(path->function, nullptr);
  if (path->function != nullptr && path->function->options.prepare != nullptr) {
    const Column* const varies = nullptr;
    Result<Prepared> inner = path->function->options.prepare(
        {.constants = {&varies, 1}, .arg_types = {&from, 1}, .result_type = to,
         .settings = input.settings});
    if (!inner) return inner;
    out->prepared = std::move(*inner);
  }
  return Prepared(std::move(out));
}

// Decodes elements from the front of `bytes`, a batch of them at most; 00 ends an array.
Column TakeElements(const Type& type, std::string_view& bytes) {
  ColumnBuilder builder(type);
  while (builder.rows() < kBatchRowsMax && !bytes.empty() && bytes.front() != '\0') {
    const size_t length = DecodeImage(bytes, builder);
    CHECK(length > 0, "an array holds what is no image of its element");
    bytes.remove_prefix(length);
  }
  return builder.Finish();
}

Result<Column> CastElements(const KernelInput& in, const ElementCast& cast, const Column& elements,
                            uint32_t count, const Type& type) {
  const SelectionRef all;
  KernelOutput out(type, count, elements.nulls, nullptr, in.context.budget);
  cast.function->kernel({.context = in.context,
                         .prepared = cast.prepared.get(),
                         .args = {&elements, 1},
                         .rows = count,
                         .selection = all},
                        out);
  if (!out.errors().empty()) return std::unexpected(std::move(out.errors().front().error));
  return out.TakeColumn();
}

void ArrayToArray(const KernelInput& in, KernelOutput& out) {
  const Column& arrays = in.args[0];
  const auto* cast = static_cast<const ElementCast*>(in.prepared);
  if (cast->function == nullptr) return out.SetColumn(arrays);
  std::string bytes;
  ForEachValid(in, out, [&](uint32_t row) {
    bytes.clear();
    std::string_view rest = arrays.BytesAt(row);
    while (!rest.empty() && rest.front() != '\0') {
      const std::string_view before = rest;
      const Column elements = TakeElements(arrays.type.element(), rest);
      const auto count = elements.values->count<std::byte>() /
                         static_cast<uint32_t>(PhysicalWidth(elements.type.kind));
      CHECK(rest.size() < before.size());
      Result<Column> converted = CastElements(in, *cast, elements, count, out.type().element());
      if (!converted) return out.Fail(row, std::move(converted.error()));
      if (!bytes.empty()) bytes.pop_back();  // the end of the piece before
      AppendArrayValue(*converted, count, bytes);
    }
    if (bytes.empty()) bytes.push_back('\0');
    out.SetString(row, bytes);
  });
}

}  // namespace

void RegisterArrayCasts(FunctionRegistry& registry) {
  registry.Scalar("cast(anyarray) -> anyarray", ArrayToArray,
                  {.can_fail = CanFail::kYes,
                   .volatility = Volatility::kStable,
                   .prepare = PrepareElements},
                  "conversion of each element");
}

}  // namespace riverrun::executor
