#include "executor/functions/function_registry.h"

#include "executor/functions/builtin.h"
#include "executor/functions/call_resolution.h"
#include "storage/catalog/nearest_name.h"

namespace riverrun::executor {
namespace {

uint64_t KindBits(const TypePattern& pattern) {
  if (pattern.kind != TypePattern::Kind::kExact) return ~uint64_t{0};
  const auto bit = [](TypeKind kind) { return uint64_t{1} << static_cast<int>(kind); };
  if (pattern.type.oid == oid::kNumeric) return bit(TypeKind::kNumeric) | bit(TypeKind::kDecimal);
  return bit(pattern.type.kind);
}

void CheckKernelTypes(const Signature& signature, const TypedKernel& kernel) {
  if (kernel.arg_kinds.empty() && kernel.result_kinds == 0) return;
  const std::string text = signature.ToString();
  CHECK(kernel.arg_kinds.size() == signature.args.size(), "kernel takes another count: " + text);
  for (size_t i = 0; i < signature.args.size(); ++i) {
    CHECK((kernel.arg_kinds[i] & KindBits(signature.args[i])) != 0,
          "kernel reads another C++ type: " + text);
  }
  CHECK((kernel.result_kinds & KindBits(signature.result)) != 0,
        "kernel writes another C++ type: " + text);
}

}  // namespace

const Function& FunctionRegistry::Add(std::unique_ptr<Function> function) {
  std::vector<const Function*>& overloads = by_name_[function->signature.name];
  for (const Function* other : overloads) {
    CHECK(other->signature.args != function->signature.args ||
              other->signature.result != function->signature.result ||
              other->signature.variadic != function->signature.variadic,
          "function registered twice: " + function->text);
  }
  overloads.push_back(function.get());
  if (function->target == nullptr) by_text_.emplace(function->text, function.get());
  functions_.push_back(std::move(function));
  return *functions_.back();
}

const Function& FunctionRegistry::Scalar(std::string_view signature, TypedKernel kernel,
                                         FunctionOptions options, std::string_view description) {
  auto function = std::make_unique<Function>();
  function->signature = ParseSignature(signature);
  CheckKernelTypes(function->signature, kernel);
  function->text = function->signature.ToString();
  function->description = description;
  function->options = options;
  function->kernel = kernel.code;
  return Add(std::move(function));
}

std::unique_ptr<Function> FunctionRegistry::Make(FunctionKind kind, std::string_view signature,
                                                 std::any implementation, FunctionOptions options,
                                                 std::string_view description) {
  auto function = std::make_unique<Function>();
  function->kind = kind;
  function->signature = ParseSignature(signature);
  function->text = function->signature.ToString();
  function->description = description;
  function->options = options;
  function->implementation = std::move(implementation);
  return function;
}

const Function& FunctionRegistry::Aggregate(std::string_view signature, std::any implementation,
                                            FunctionOptions options, std::string_view description,
                                            AggregateSplit split) {
  std::unique_ptr<Function> function =
      Make(FunctionKind::kAggregate, signature, std::move(implementation), options, description);
  function->split = std::move(split);
  return Add(std::move(function));
}

void FunctionRegistry::InternalAggregate(std::string_view signature, std::any implementation,
                                         FunctionOptions options) {
  std::unique_ptr<Function> function =
      Make(FunctionKind::kAggregate, signature, std::move(implementation), options, "");
  const bool fresh = by_text_.emplace(function->text, function.get()).second;
  CHECK(fresh, "function registered twice: " + function->text);
  functions_.push_back(std::move(function));
}

void FunctionRegistry::Alias(std::string_view signature_without_result, std::string_view target) {
  const Function* found = FindByText(ParseSignature(target).ToString());
  CHECK(found != nullptr, "alias of an unknown function: " + std::string(target));
  auto function = std::make_unique<Function>(*found);
  function->signature = ParseSignature(std::string(signature_without_result) + " -> " +
                                       PatternName(found->signature.result));
  function->text = function->signature.ToString();
  function->target = found;
  Add(std::move(function));
}

void FunctionRegistry::Synonym(std::string_view name, std::string_view existing) {
  const std::vector<const Function*> overloads = by_name_.find(existing)->second;
  for (const Function* overload : overloads) {
    auto function = std::make_unique<Function>(*overload);
    function->signature.name = name;
    function->text = function->signature.ToString();
    Add(std::move(function));
  }
}

std::span<const Function* const> FunctionRegistry::Candidates(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return {};
  return found->second;
}

const Function* FunctionRegistry::Find(std::string_view name,
                                       std::span<const Type> arg_types) const {
  const Result<ResolvedCall> call = ResolveCall(*this, name, arg_types);
  if (!call) return nullptr;
  for (size_t i = 0; i < arg_types.size(); ++i) {
    if (NeedsCast(arg_types[i], call->arg_types[i])) return nullptr;
  }
  return call->function;
}

const Function* FunctionRegistry::FindByText(std::string_view text) const {
  const auto found = by_text_.find(text);
  return found == by_text_.end() ? nullptr : found->second;
}

std::vector<const Function*> FunctionRegistry::List() const {
  std::vector<const Function*> out;
  for (const auto& [name, overloads] : by_name_) {
    for (const Function* function : overloads) {
      if (function->target == nullptr) out.push_back(function);
    }
  }
  return out;
}

std::optional<std::string> FunctionRegistry::NearestName(std::string_view name) const {
  std::vector<std::string_view> known;
  for (const auto& [function, overloads] : by_name_) known.push_back(function);
  return storage::NearestName(name, known);
}

const FunctionRegistry& BuiltinFunctions() {
  static const FunctionRegistry* const kRegistry = [] {
    auto* registry = new FunctionRegistry;  // lives as long as the process
    RegisterBuiltinFunctions(*registry);
    return registry;
  }();
  return *kRegistry;
}

}  // namespace riverrun::executor
