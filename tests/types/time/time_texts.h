// What the tests of times compare: results as text, errors included.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "types/time/time_fields.h"
#include "types/time/time_text.h"

namespace riverrun {

inline std::string ErrorText(const Error& error) {
  return "ERROR " + std::string(error.sqlstate.begin(), error.sqlstate.end()) + " " + error.text;
}

inline std::string Shown(Micros timestamp) {
  std::string text;
  AppendTimestamp(timestamp, {}, text);
  return text;
}

inline std::string Shown(Micros timestamp, ZoneCursor& zone) {
  std::string text;
  AppendTimestampTz(timestamp, {}, zone, text);
  return text;
}

inline std::string Shown(const Interval& interval) {
  std::string text;
  AppendInterval(interval, IntervalStyle::kPostgres, text);
  return text;
}

/// The value as text, or the status's error.
template <class T>
std::string Shown(TimeStatus status, const T& value) {
  return status == TimeStatus::kOk ? Shown(value) : ErrorText(TimeError(status));
}

inline TimeUnit UnitOf(std::string_view text) {
  TimeUnit unit{};
  EXPECT_TRUE(ParseTimeUnit(text, unit)) << text;
  return unit;
}

inline Micros Timestamp(std::string_view text) { return ParseTimestamp(text, {}).value(); }
inline Interval IntervalOf(std::string_view text) { return ParseInterval(text).value(); }

}  // namespace riverrun
