// Every function that SQL can call, with its signature, its properties and its code.
//
//   void RegisterStringFunctions(FunctionRegistry& registry) {
//     registry.Scalar("length(text) -> integer", Length, "number of characters");
//     registry.Scalar("regexp_match(text, text) -> text[]", RegexpMatch,
//                     {.can_fail = CanFail::kYes, .prepare = PrepareRegex}, "...");
//   }
//
// Operators are functions whose name is the operator ("+", "<="); casts are functions named
// "cast", one for each pair of types. Adding a function changes no switch anywhere.
#pragma once

#include <any>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "executor/functions/kernel.h"
#include "executor/functions/signature.h"

namespace riverrun::executor {

/// Whether equal arguments give equal results.
enum class Volatility : uint8_t {
  kImmutable,  // for ever: calls of constants are folded when a plan is made
  kStable,     // within an epoch: depends on EvalContext (now, the settings)
  kVolatile,   // not even that; refused in views
};

/// Whether a call may put rows into the error lane.
enum class CanFail : uint8_t { kNo, kYes };
/// The same where it depends on the types: sums of decimals cannot fail, since their precision
/// grows.
using MayFailHook = bool (*)(std::span<const Type> arg_types, const Type& result);

/// Where a conversion stands, which decides whether it happens by itself.
enum class CastContext : uint8_t {
  kImplicit,    // anywhere
  kAssignment,  // INSERT, UPDATE
  kExplicit,    // CAST(x AS t), x::t
};

/// What the `prepare` hook sees, once, before the first row.
struct PrepareInput {
  /// One entry an argument: its constant value (not null), or null if the argument varies.
  std::span<const Column* const> constants;
  std::span<const Type> arg_types;
  const Type& result_type;
  const Settings& settings;
};
using Prepared = std::shared_ptr<const void>;
/// Makes what the kernel gets as `prepared`: a compiled pattern, a path, a zone. Null is allowed.
/// An error becomes the error of every row that calls the function.
using PrepareHook = Result<Prepared> (*)(const PrepareInput& input);

/// Computes the result's type where the signature does not say it (modifiers, decimals). The
/// argument types are those after casts.
using ResultTypeHook = Type (*)(std::span<const Type> arg_types);

struct FunctionOptions {
  /// A null argument makes the result null without the kernel; false: the kernel sees nulls.
  bool strict = true;
  CanFail can_fail = CanFail::kNo;
  MayFailHook may_fail = nullptr;  // overrides can_fail
  Volatility volatility = Volatility::kImmutable;
  /// Depends on EvalContext's moment whatever the arguments are: refused where there is none.
  bool reads_clock = false;
  PrepareHook prepare = nullptr;
  ResultTypeHook result_type = nullptr;
  /// Functions named "cast" only: the narrowest context in which the cast happens by itself.
  CastContext cast = CastContext::kExplicit;
};

/// A kernel and the C++ types that it reads and writes, which registration compares with the
/// signature. A plain function converts to one that names no types.
struct TypedKernel {
  Kernel code = nullptr;
  /// Physical kinds that each argument may have, as a bit set over TypeKind; empty: not known.
  std::vector<uint64_t> arg_kinds = {};
  uint64_t result_kinds = 0;

  TypedKernel(Kernel kernel) : code(kernel) {}  // NOLINT(google-explicit-constructor)
  TypedKernel(Kernel kernel, std::vector<uint64_t> args, uint64_t result)
      : code(kernel), arg_kinds(std::move(args)), result_kinds(result) {}
};

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow, kTable };

/// How an aggregate over rows that are never taken back is computed in two steps: calls of
/// `partial` give the values of a part of a group, and a call of `merge`, whose arguments those
/// are, gives of the values of all parts what one call over all rows would. Signatures as
/// registered.
struct AggregateSplit {
  std::vector<std::string> partial;  // none: it cannot be split
  std::string merge;
};

/// One overload.
struct Function {
  FunctionKind kind = FunctionKind::kScalar;
  Signature signature;
  /// Identity in stored plans: the canonical text of the signature.
  std::string text;
  std::string description;
  FunctionOptions options;
  /// kScalar only.
  Kernel kernel = nullptr;
  /// The implementation of another kind, of the type that its module defines
  /// (executor/aggregates/, executor/operators/).
  std::any implementation = {};
  /// kAggregate only.
  AggregateSplit split = {};
  /// An overload that only resolution knows: a call of it is a call of this one, with casts. So
  /// PostgreSQL's `integer + bigint` exists without code of its own.
  const Function* target = nullptr;

  /// Whether a call with these types may fail.
  bool MayFail(std::span<const Type> arg_types, const Type& result) const {
    return options.may_fail != nullptr ? options.may_fail(arg_types, result)
                                       : options.can_fail == CanFail::kYes;
  }
};

/// All functions. Filled once at start, immutable afterwards; any thread may read it. Functions
/// keep their address.
class FunctionRegistry {
 public:
  FunctionRegistry() = default;
  FunctionRegistry(const FunctionRegistry&) = delete;
  FunctionRegistry& operator=(const FunctionRegistry&) = delete;

  /// Registers a scalar function. CHECKs the signature, that it is new, and that the kernel's C++
  /// types (where it names them) fit.
  const Function& Scalar(std::string_view signature, TypedKernel kernel, FunctionOptions options,
                         std::string_view description);
  const Function& Scalar(std::string_view signature, TypedKernel kernel,
                         std::string_view description) {
    return Scalar(signature, std::move(kernel), FunctionOptions{}, description);
  }
  /// An overload that is a call of another one with casts: Alias("+(integer, bigint)",
  /// "+(bigint, bigint) -> bigint").
  void Alias(std::string_view signature_without_result, std::string_view target);
  /// The same function under another name.
  void Synonym(std::string_view name, std::string_view existing);

  const Function& Aggregate(std::string_view signature, std::any implementation,
                            FunctionOptions options, std::string_view description,
                            AggregateSplit split = {});
  /// An aggregate that stored plans call and SQL cannot: it has no name there, and List lacks it.
  void InternalAggregate(std::string_view signature, std::any implementation,
                         FunctionOptions options);
  const Function& Window(std::string_view signature, std::any implementation,
                         std::string_view description) {
    return Other(FunctionKind::kWindow, signature, std::move(implementation), {}, description);
  }
  const Function& Table(std::string_view signature, std::any implementation,
                        std::string_view description) {
    return Other(FunctionKind::kTable, signature, std::move(implementation), {}, description);
  }

  /// The overloads of a name in the order of registration; empty for an unknown name.
  std::span<const Function* const> Candidates(std::string_view name) const;
  /// The overload whose argument types are exactly these, modifiers aside; null if none is.
  /// Polymorphic ones count if the types are consistent.
  const Function* Find(std::string_view name, std::span<const Type> arg_types) const;
  /// The function of a stored plan, by the canonical text of its signature, the internal ones
  /// among them; null if unknown.
  const Function* FindByText(std::string_view text) const;
  /// Every function, ordered by name, then as registered: SHOW FUNCTIONS, documentation, tests.
  std::vector<const Function*> List() const;
  /// The known name nearest to a wrong one, for a hint; absent if none is near.
  std::optional<std::string> NearestName(std::string_view name) const;

 private:
  static std::unique_ptr<Function> Make(FunctionKind kind, std::string_view signature,
                                        std::any implementation, FunctionOptions options,
                                        std::string_view description);
  const Function& Other(FunctionKind kind, std::string_view signature, std::any implementation,
                        FunctionOptions options, std::string_view description) {
    return Add(Make(kind, signature, std::move(implementation), options, description));
  }
  const Function& Add(std::unique_ptr<Function> function);

  std::vector<std::unique_ptr<Function>> functions_;
  std::map<std::string, std::vector<const Function*>, std::less<>> by_name_;
  std::map<std::string, const Function*, std::less<>> by_text_;
};

/// The functions built into the server: made at the first call, then the same for ever.
const FunctionRegistry& BuiltinFunctions();

}  // namespace riverrun::executor
