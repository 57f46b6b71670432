// Kernels made from functions of one row. The C++ types of the function say which physical types
// the kernel reads and writes, and registration compares them with the SQL signature.
//
//   registry.Scalar("abs(double precision) -> double precision", Map<Abs>(), "...");
//
//   Map<F>      R F(A, B...)              cannot fail
//   Checked<F>  R F(A, B..., bool& bad)   one way to fail; runs over all rows and looks at `bad`
//                                         once, so that the common case is a loop without branches
//   Status<F>   S F(A, B..., R& out)      S is ArithmeticStatus or TimeStatus; rows that count only
//
// F of Map and Checked is also called for rows that do not count, whose arguments are whatever was
// in memory: it must not trap, and must not look through pointers (arguments of type
// std::string_view, Numeric, Interval or TimeTz make the loop visit only the rows that count).
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "executor/functions/function_registry.h"
#include "types/time/interval.h"
#include "types/number/numeric.h"
#include "types/uuid.h"

namespace riverrun::executor {

/// The kinds whose values are of a C++ type, as a bit set over TypeKind.
template <class T>
constexpr uint64_t KindsOf() {
  const auto bits = [](auto... kinds) { return ((uint64_t{1} << static_cast<int>(kinds)) | ...); };
  using K = TypeKind;
  if constexpr (std::is_same_v<T, bool>) return bits(K::kBool);
  else if constexpr (std::is_same_v<T, int16_t>) return bits(K::kInt2);
  else if constexpr (std::is_same_v<T, int32_t>) return bits(K::kInt4, K::kDate);
  else if constexpr (std::is_same_v<T, int64_t>)
    return bits(K::kInt8, K::kTime, K::kTimestamp, K::kTimestampTz);
  else if constexpr (std::is_same_v<T, uint32_t>) return bits(K::kOid);
  else if constexpr (std::is_same_v<T, float>) return bits(K::kFloat4);
  else if constexpr (std::is_same_v<T, double>) return bits(K::kFloat8);
  else if constexpr (std::is_same_v<T, Numeric>) return bits(K::kNumeric, K::kDecimal);
  else if constexpr (std::is_same_v<T, TimeTz>) return bits(K::kTimeTz);
  else if constexpr (std::is_same_v<T, Interval>) return bits(K::kInterval);
  else if constexpr (std::is_same_v<T, Uuid>) return bits(K::kUuid);
  else {
    static_assert(std::is_same_v<T, std::string_view>, "no SQL type has values of this C++ type");
    return bits(K::kText, K::kBytea, K::kJson, K::kJsonb, K::kArray, K::kRow);
  }
}

/// How a C++ type lies in a column.
template <class T>
using Stored = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

/// Types of which any bytes are a value: loops may run over rows that do not count. Not so strings,
/// which point somewhere, nor types whose arithmetic expects parts within their range.
template <class T>
inline constexpr bool kIsFixed = !std::is_same_v<T, std::string_view> &&
                                 !std::is_same_v<T, Numeric> && !std::is_same_v<T, Interval> &&
                                 !std::is_same_v<T, TimeTz>;

/// `reader[row]` for any argument type.
template <class T>
class ArgReader {
 public:
  explicit ArgReader(const Column& column) : values_(column) {}
  T operator[](uint32_t row) const { return static_cast<T>(values_[row]); }

 private:
  Reader<Stored<T>> values_;
};
template <>
class ArgReader<Numeric> : public NumericReader {
  using NumericReader::NumericReader;
};
template <>
class ArgReader<std::string_view> : public StringReader {
  using StringReader::StringReader;
};

/// Writes a result of any type but strings.
template <class T>
void Put(KernelOutput& out, uint32_t row, const T& value) {
  if constexpr (std::is_same_v<T, Numeric>) {
    SetNumeric(out, row, value);
  } else {
    out.values<Stored<T>>()[row] = value;
  }
}

inline Error ErrorOf(TimeStatus status) { return TimeError(status); }
using ::riverrun::ErrorOf;

/// True if so few rows count that visiting them one by one beats a loop over all.
inline bool IsSparse(const KernelInput& in) {
  return in.selection != nullptr && in.selection->count<uint16_t>() * size_t{4} < in.rows;
}

/// r[row] = f(a[row]) over all rows, or those that count if they are few.
template <class R, class A, class F>
void LoopOver(const KernelInput& in, R* __restrict r, const A* __restrict a, F&& f) {
  if (in.args[0].encoding == Encoding::kConstant) {
    const R value = f(a[0]);
    for (uint32_t row = 0; row < in.rows; ++row) r[row] = value;
  } else if (IsSparse(in)) {
    ForEachRow(in.rows, in.selection, [&](uint32_t row) { r[row] = f(a[row]); });
  } else {
    for (uint32_t row = 0; row < in.rows; ++row) r[row] = f(a[row]);
  }
}

/// r[row] = f(a[row], b[row]), likewise.
template <class R, class A, class B, class F>
void LoopOver(const KernelInput& in, R* __restrict r, const A* __restrict a,
              const B* __restrict b, F&& f) {
  const bool constant_a = in.args[0].encoding == Encoding::kConstant;
  const bool constant_b = in.args[1].encoding == Encoding::kConstant;
  if (IsSparse(in)) {
    const uint32_t mask_a = constant_a ? 0 : ~0u, mask_b = constant_b ? 0 : ~0u;
    ForEachRow(in.rows, in.selection,
               [&](uint32_t row) { r[row] = f(a[row & mask_a], b[row & mask_b]); });
  } else if (constant_a) {
    const A x = a[0];
    if (constant_b) return void(r[0] = f(x, b[0]));  // then rows is 1
    for (uint32_t row = 0; row < in.rows; ++row) r[row] = f(x, b[row]);
  } else if (constant_b) {
    const B y = b[0];
    for (uint32_t row = 0; row < in.rows; ++row) r[row] = f(a[row], y);
  } else {
    for (uint32_t row = 0; row < in.rows; ++row) r[row] = f(a[row], b[row]);
  }
}

namespace kernel_detail {

template <class... Args, class F, size_t... I>
void CallRows(const KernelInput& in, const KernelOutput& out, F&& f, std::index_sequence<I...>) {
  const std::tuple<ArgReader<Args>...> readers(ArgReader<Args>(in.args[I])...);
  ForEachValid(in, out, [&](uint32_t row) { f(row, std::get<I>(readers)[row]...); });
}

template <auto kFunction, class R, class... Args>
void MapRows(const KernelInput& in, KernelOutput& out) {
  if constexpr ((sizeof...(Args) == 1 || sizeof...(Args) == 2) && (kIsFixed<Args> && ...) &&
                kIsFixed<R>) {
    auto* r = out.values<Stored<R>>();
    const auto call = [](Args... args) { return static_cast<Stored<R>>(kFunction(args...)); };
    if constexpr (sizeof...(Args) == 1) {
      LoopOver(in, r, in.args[0].values->as<Stored<Args>>()..., call);
    } else {
      using A = std::tuple_element_t<0, std::tuple<Args...>>;
      using B = std::tuple_element_t<1, std::tuple<Args...>>;
      LoopOver(in, r, in.args[0].values->as<Stored<A>>(), in.args[1].values->as<Stored<B>>(), call);
    }
  } else {
    CallRows<Args...>(
        in, out, [&](uint32_t row, Args... args) { Put<R>(out, row, kFunction(args...)); },
        std::index_sequence_for<Args...>{});
  }
}

// The row or rows that set the flag, once it is known that some did.
template <auto kFunction, auto kError, class R, class... Args>
void FindFailures(const KernelInput& in, KernelOutput& out) {
  CallRows<Args...>(
      in, out,
      [&](uint32_t row, Args... args) {
        bool failed = false;
        static_cast<void>(kFunction(args..., failed));
        if (failed) out.Fail(row, kError());
      },
      std::index_sequence_for<Args...>{});
}

template <auto kFunction, auto kError, class R, class... Args>
void CheckedRows(const KernelInput& in, KernelOutput& out) {
  bool failed = false;
  const auto call = [&failed](Args... args) { return kFunction(args..., failed); };
  auto* r = out.values<Stored<R>>();
  if constexpr (sizeof...(Args) == 1) {
    LoopOver(in, r, in.args[0].values->as<Stored<Args>>()..., call);
  } else {
    using A = std::tuple_element_t<0, std::tuple<Args...>>;
    using B = std::tuple_element_t<1, std::tuple<Args...>>;
    LoopOver(in, r, in.args[0].values->as<Stored<A>>(), in.args[1].values->as<Stored<B>>(), call);
  }
  if (failed) [[unlikely]] FindFailures<kFunction, kError, R, Args...>(in, out);
}

template <auto kFunction, class R, class... Args>
void StatusRows(const KernelInput& in, KernelOutput& out) {
  CallRows<Args...>(
      in, out,
      [&](uint32_t row, Args... args) {
        R value{};
        const auto status = kFunction(args..., value);
        if (status == decltype(status)::kOk) [[likely]] {
          Put<R>(out, row, value);
        } else {
          out.Fail(row, ErrorOf(status));
        }
      },
      std::index_sequence_for<Args...>{});
}

// The types come from the function itself, whether or not it is noexcept.
template <auto kFunction, class R, class... Args>
TypedKernel MakeMap(R (*)(Args...)) {
  return {MapRows<kFunction, R, std::remove_cvref_t<Args>...>,
          {KindsOf<std::remove_cvref_t<Args>>()...},
          KindsOf<R>()};
}
template <auto kFunction, auto kError, class R, class A>
TypedKernel MakeChecked(R (*)(A, bool&)) {
  return {CheckedRows<kFunction, kError, R, A>, {KindsOf<A>()}, KindsOf<R>()};
}
template <auto kFunction, auto kError, class R, class A, class B>
TypedKernel MakeChecked(R (*)(A, B, bool&)) {
  return {CheckedRows<kFunction, kError, R, A, B>, {KindsOf<A>(), KindsOf<B>()}, KindsOf<R>()};
}
template <auto kFast, auto kSlow, class R, class A>
void ScreenedRows(const KernelInput& in, KernelOutput& out) {
  bool failed = false;
  LoopOver(in, out.values<R>(), in.args[0].values->as<A>(), in.args[1].values->as<A>(),
           [&failed](A a, A b) { return kFast(a, b, failed); });
  if (failed) [[unlikely]] StatusRows<kSlow, R, A, A>(in, out);
}
template <auto kFast, auto kSlow, class R, class A>
TypedKernel MakeScreened(R (*)(A, A, bool&)) {
  return {ScreenedRows<kFast, kSlow, R, A>, {KindsOf<A>(), KindsOf<A>()}, KindsOf<R>()};
}
template <auto kFunction, class S, class A, class R>
TypedKernel MakeStatus(S (*)(A, R&)) {
  using Arg = std::remove_cvref_t<A>;
  return {StatusRows<kFunction, R, Arg>, {KindsOf<Arg>()}, KindsOf<R>()};
}
template <auto kFunction, class S, class A, class B, class R>
TypedKernel MakeStatus(S (*)(A, B, R&)) {
  using First = std::remove_cvref_t<A>;
  using Second = std::remove_cvref_t<B>;
  return {StatusRows<kFunction, R, First, Second>,
          {KindsOf<First>(), KindsOf<Second>()},
          KindsOf<R>()};
}

}  // namespace kernel_detail

/// A kernel of `R kFunction(A...)`.
template <auto kFunction>
TypedKernel Map() {
  return kernel_detail::MakeMap<kFunction>(kFunction);
}

/// A kernel of `R kFunction(A..., bool& failed)`, one or two arguments of fixed width. kFunction
/// sets `failed` and never clears it; kError() makes the Error.
template <auto kFunction, auto kError>
TypedKernel Checked() {
  return kernel_detail::MakeChecked<kFunction, kError>(kFunction);
}

/// As Checked, for functions of two equal types that fail in several ways: kSlow, as in Status,
/// computes everything again if kFast found a failure.
template <auto kFast, auto kSlow>
TypedKernel Screened() {
  return kernel_detail::MakeScreened<kFast, kSlow>(kFast);
}

/// A kernel of `S kFunction(A..., R& out)`, one or two arguments.
template <auto kFunction>
TypedKernel Status() {
  return kernel_detail::MakeStatus<kFunction>(kFunction);
}

/// A kernel that visits the valid rows with `f(row, args...)`, for what the above do not cover.
template <class... Args, class F>
void ForEachCall(const KernelInput& in, const KernelOutput& out, F&& f) {
  kernel_detail::CallRows<Args...>(in, out, f, std::index_sequence_for<Args...>{});
}

}  // namespace riverrun::executor
