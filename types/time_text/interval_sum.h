// Adding up an interval from counts of units, and the ISO 8601 form of intervals.
#pragma once

#include <cstdint>
#include <string_view>

#include "types/time/interval.h"
#include "types/time/time_fields.h"
#include "types/time_text/datetime_decoder.h"

namespace riverrun {

/// An interval in the making. Years are counted apart from months until the end, because each
/// count must fit in int32 by itself.
struct IntervalSum {
  Interval interval;
  int32_t years = 0;

  /// Adds `whole` + `fraction` of a unit; the fraction goes to smaller units. False on overflow.
  /// `known` becomes false for a unit that intervals do not count.
  bool Add(TimeUnit unit, int64_t whole, double fraction, bool& known);
  /// Changes every sign; false on overflow.
  bool Negate();
  /// The interval, years included.
  TimeStatus Finish(Interval& out) const;

  bool AddMicros(int64_t whole, double fraction, int64_t unit);
  bool AddDays(int64_t whole, double fraction, int32_t unit);
  bool AddMonths(int64_t whole, double fraction);
  bool AddYears(int64_t whole, double fraction, int32_t unit);
  bool AddFractionOfDay(double fraction);
};

/// Reads P1Y2M3DT4H5M6.7S, P1-2-3T4:5:6 and P00010203T040506.
ReadFailure ReadIso8601Interval(std::string_view text, IntervalSum& sum);

}  // namespace riverrun
