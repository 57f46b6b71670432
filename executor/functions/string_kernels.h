// Kernels made from functions of one row that build strings, or that may fail with any error.
//
//   registry.Scalar("reverse(text) -> text", Appended<Reverse>(), "...");
//
//   Appended<F>  void F(std::string& out, A...)          cannot fail
//                Result<void> F(std::string& out, A...)  may fail
//   Tried<F>     Result<R> F(A...)                       R is no string
//   Viewed<F>    std::string_view F(std::string_view, A...)  a piece of its first argument
//
// Arguments of type std::string_view take any string kind.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace string_kernel_detail {

template <auto kFunction, class R, class... Args>
void AppendRows(const KernelInput& in, KernelOutput& out) {
  std::string text;
  ForEachCall<Args...>(in, out, [&](uint32_t row, Args... args) {
    text.clear();
    if constexpr (std::is_void_v<R>) {
      kFunction(text, args...);
    } else {
      Result<void> made = kFunction(text, args...);
      if (!made) return out.Fail(row, std::move(made).error());
    }
    out.SetString(row, text);
  });
}

template <auto kFunction, class R, class... Args>
void TryRows(const KernelInput& in, KernelOutput& out) {
  ForEachCall<Args...>(in, out, [&](uint32_t row, Args... args) {
    Result<R> value = kFunction(args...);
    if (!value) return out.Fail(row, std::move(value).error());
    Put<R>(out, row, *value);
  });
}

template <auto kFunction, class... Args>
void ViewRows(const KernelInput& in, KernelOutput& out) {
  out.Pin(in.args[0]);
  ForEachCall<Args...>(in, out, [&](uint32_t row, Args... args) {
    // A long piece stays in the argument's memory; a short one lies in the StringRef.
    out.SetRef(row, StringRef(kFunction(args...)));
  });
}

template <auto kFunction>
struct AppendOf;
template <class R, class... Args, R (*kFunction)(std::string&, Args...)>
struct AppendOf<kFunction> {
  static TypedKernel Make() {
    return {AppendRows<kFunction, R, std::remove_cvref_t<Args>...>,
            {KindsOf<std::remove_cvref_t<Args>>()...},
            KindsOf<std::string_view>()};
  }
};

template <auto kFunction>
struct TryOf;
template <class R, class... Args, Result<R> (*kFunction)(Args...)>
struct TryOf<kFunction> {
  static TypedKernel Make() {
    return {TryRows<kFunction, R, std::remove_cvref_t<Args>...>,
            {KindsOf<std::remove_cvref_t<Args>>()...},
            KindsOf<R>()};
  }
};

template <auto kFunction>
struct ViewOf;
template <class... Args, std::string_view (*kFunction)(Args...)>
struct ViewOf<kFunction> {
  static TypedKernel Make() {
    return {ViewRows<kFunction, Args...>, {KindsOf<Args>()...}, KindsOf<std::string_view>()};
  }
};

}  // namespace string_kernel_detail

template <auto kFunction>
TypedKernel Appended() {
  return string_kernel_detail::AppendOf<kFunction>::Make();
}

template <auto kFunction>
TypedKernel Tried() {
  return string_kernel_detail::TryOf<kFunction>::Make();
}

template <auto kFunction>
TypedKernel Viewed() {
  return string_kernel_detail::ViewOf<kFunction>::Make();
}

/// Bytes that a string value may have; PostgreSQL's own limit.
inline constexpr size_t kStringBytesMax = 0x3fffffff;

}  // namespace riverrun::executor
