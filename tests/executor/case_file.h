// Files of expectations: calls of functions with PostgreSQL's answers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "types/column/batch.h"
#include "types/value.h"

namespace riverrun::executor::testing {

/// One call. `expected` is the result's text, "NULL", or "ERROR sqlstate text".
struct FunctionCase {
  std::string text;  // the line, for messages
  std::vector<Value> args;
  std::string expected;
};

/// The calls of one function with one result type.
struct FunctionCases {
  std::string signature;
  std::optional<Type> result;  // if the signature does not say it
  std::vector<FunctionCase> cases;
};

/// The settings that the files were made under: TimeZone Europe/Berlin.
const Settings& CaseSettings();
/// The moment that functions of the current time see.
inline constexpr Micros kCaseNow = 1'795'608'000'000'000;  // 2026-11-25 12:00 UTC

/// A type with modifiers: "numeric(5,2)", "timestamp(3) with time zone". CHECKs that it is one.
Type ParseTypeText(const std::string& text);

/// Reads tests/executor/cases/NAME.tsv. CHECKs its form.
std::vector<FunctionCases> ReadCases(const std::string& name);

/// The value of a row as a file has it.
std::string TextOfRow(const Column& column, uint32_t row, const ErrorLane& errors);

}  // namespace riverrun::executor::testing
