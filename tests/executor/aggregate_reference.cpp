#include "tests/executor/aggregate_reference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "types/time/interval.h"
#include "types/number/numeric.h"

namespace riverrun::executor::testing {
namespace {

// 113 bits: sums of some hundred doubles of like size are exact in it.
__extension__ using Quad = __float128;

struct Rows {
  const Batch& batch;
  const Column& arg;
  std::vector<std::pair<uint32_t, Weight>> counted;  // argument not null, filter true
};

Numeric NumberAt(const Column& column, uint32_t row) {
  if (column.type.kind == TypeKind::kDecimal) {
    return {column.At<Int128>(row), static_cast<int8_t>(column.type.scale)};
  }
  return {column.At<Int128>(row), column.storage().scales->as<int8_t>()[column.IndexOf(row)]};
}

Int128 IntegerAt(const Column& column, uint32_t row) {
  switch (column.type.kind) {
    case TypeKind::kInt2:
      return column.At<int16_t>(row);
    case TypeKind::kInt4:
      return column.At<int32_t>(row);
    default:
      return column.At<int64_t>(row);
  }
}

Quad FloatAt(const Column& column, uint32_t row) {
  if (column.type.kind == TypeKind::kFloat4) return Quad(column.At<float>(row));
  return Quad(column.At<double>(row));
}

void AppendStatus(ArithmeticStatus status, ColumnBuilder& out, std::optional<Error>& error) {
  error = ErrorOf(status);
  out.AppendNull();
}

void Integers(const Rows& rows, bool mean, ColumnBuilder& out, std::optional<Error>& error) {
  Int128 sum = 0;
  Weight count = 0;
  for (const auto& [row, weight] : rows.counted) {
    sum += IntegerAt(rows.arg, row) * weight;
    count += weight;
  }
  if (mean) {
    Numeric result;
    EXPECT_EQ(Div({sum, 0}, Numeric::FromInteger(count), result), ArithmeticStatus::kOk);
    return out.AppendNumeric(result);
  }
  if (out.type().kind == TypeKind::kNumeric) return out.AppendNumeric({sum, 0});
  if (!FitsInt64(sum)) return AppendStatus(ArithmeticStatus::kBigintOutOfRange, out, error);
  out.Append(static_cast<int64_t>(sum));
}

// The pool has numbers small enough that no partial sum overflows.
void Numbers(const Rows& rows, bool mean, ColumnBuilder& out, std::optional<Error>& error) {
  Numeric sum{0, 0};
  Weight count = 0;
  for (const auto& [row, weight] : rows.counted) {
    for (Weight copy = 0; copy < weight; ++copy) {
      const ArithmeticStatus status = Add(sum, NumberAt(rows.arg, row), sum);
      if (status != ArithmeticStatus::kOk) return AppendStatus(status, out, error);
    }
    count += weight;
  }
  if (mean) {
    Numeric result;
    EXPECT_EQ(Div(sum, Numeric::FromInteger(count), result), ArithmeticStatus::kOk);
    sum = result;
  }
  out.type().kind == TypeKind::kDecimal ? out.Append(sum.digits) : out.AppendNumeric(sum);
}

void AppendFloat(Quad value, ColumnBuilder& out) {
  const auto rounded = static_cast<double>(value);
  out.type().kind == TypeKind::kFloat4 ? out.Append(static_cast<float>(rounded))
                                       : out.Append(rounded);
}

void Floats(const Rows& rows, const std::string& name, ColumnBuilder& out) {
  Quad sum = 0, squares = 0;
  Weight count = 0;
  for (const auto& [row, weight] : rows.counted) {
    const Quad value = FloatAt(rows.arg, row);
    sum += value * Quad(weight);
    squares += value * value * Quad(weight);
    count += weight;
  }
  const Quad n(count);
  if (name == "sum") return AppendFloat(sum, out);
  if (name == "avg") return AppendFloat(sum / n, out);
  const bool sample = !name.ends_with("_pop");
  if (sample && count < 2) return out.AppendNull();
  const auto moment = static_cast<double>((squares * n - sum * sum) / n);
  const double variance = moment / static_cast<double>(sample ? count - 1 : count);
  out.Append(name.starts_with("stddev") ? std::sqrt(variance) : variance);
}

void Intervals(const Rows& rows, bool mean, ColumnBuilder& out, std::optional<Error>& error) {
  Int128 months = 0, days = 0, micros = 0;
  Weight count = 0;
  for (const auto& [row, weight] : rows.counted) {
    const auto& value = rows.arg.At<Interval>(row);
    months += Int128{value.months} * weight;
    days += Int128{value.days} * weight;
    micros += Int128{value.micros} * weight;
    count += weight;
  }
  const Interval sum{static_cast<int32_t>(months), static_cast<int32_t>(days),
                     static_cast<int64_t>(micros)};
  if (sum.months != months || sum.days != days || sum.micros != micros) {
    error = TimeError(TimeStatus::kIntervalOutOfRange);
    return out.AppendNull();
  }
  Interval result = sum;
  if (mean) {
    EXPECT_EQ(DivideInterval(sum, static_cast<double>(count), result), TimeStatus::kOk);
  }
  out.Append(result);
}

void Extremes(const Rows& rows, bool min, ColumnBuilder& out) {
  std::string best;
  for (const auto& [row, weight] : rows.counted) {
    std::string image;
    AppendImage(rows.arg, row, image);
    if (best.empty() || (min ? image < best : image > best)) best = image;
  }
  DecodeImage(best, out);
}

void Booleans(const Rows& rows, bool all, ColumnBuilder& out) {
  bool result = all;
  for (const auto& [row, weight] : rows.counted) {
    const bool value = rows.arg.At<uint8_t>(row) != 0;
    result = all ? result && value : result || value;
  }
  out.Append(static_cast<uint8_t>(result));
}

void Call(const std::string& name, const Rows& rows, ColumnBuilder& out,
          std::optional<Error>& error) {
  if (name == "count") {
    Weight count = 0;
    for (const auto& counted : rows.counted) count += counted.second;
    return out.Append(count);
  }
  if (rows.counted.empty()) return out.AppendNull();
  if (name == "min" || name == "max") return Extremes(rows, name == "min", out);
  if (name == "bool_and" || name == "every") return Booleans(rows, true, out);
  if (name == "bool_or") return Booleans(rows, false, out);
  switch (rows.arg.type.kind) {
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
      return Integers(rows, name == "avg", out, error);
    case TypeKind::kDecimal:
    case TypeKind::kNumeric:
      return Numbers(rows, name == "avg", out, error);
    case TypeKind::kInterval:
      return Intervals(rows, name == "avg", out, error);
    default:
      return Floats(rows, name, out);
  }
}

using Counted = std::vector<std::pair<uint32_t, Weight>>;

Counted RowsOf(const AggregateCall& call, const Batch& pool, const Counted& group) {
  Counted out;
  for (const auto& [row, weight] : group) {
    if (call.filter) {
      const Column& filter = pool.columns[*call.filter];
      if (filter.IsNull(row) || filter.At<uint8_t>(row) == 0) continue;
    }
    if (!call.arguments.empty() && pool.columns[call.arguments[0]].IsNull(row)) continue;
    out.push_back({row, weight});
  }
  return out;
}

}  // namespace

Expected AggregateAll(const AggregateSpec& spec, const Batch& pool, const Counts& counts) {
  struct Group {
    std::string keys;  // smallest image
    Counted rows;
  };
  std::map<std::string, Group> groups;
  if (spec.global) groups[""];
  for (uint32_t row = 0; row < pool.rows; ++row) {
    CHECK(counts[row] >= 0);
    if (counts[row] == 0) continue;
    std::string key, image;
    AppendEqualKey(pool, spec.keys, row, key);
    AppendImage(pool, spec.keys, row, image);
    Group& group = groups[key];
    if (group.rows.empty() || image < group.keys) group.keys = image;
    group.rows.push_back({row, counts[row]});
  }
  Expected expected;
  for (const auto& [key, group] : groups) {
    std::string image = group.keys;
    std::optional<Error> failed;
    for (const AggregateCall& call : spec.calls) {
      const Column& arg = pool.columns[call.arguments.empty() ? 0 : call.arguments[0]];
      ColumnBuilder out(call.result);
      std::optional<Error> error;
      Call(call.signature.substr(0, call.signature.find('(')),
           {pool, arg, RowsOf(call, pool, group.rows)}, out, error);
      if (error && !failed) failed = error;
      AppendImage(out.Finish(), 0, image);
    }
    if (failed) {
      AddTo(expected.errors, ErrorImage(group.keys, *failed), 1);
    } else {
      AddTo(expected.rows, image, 1);
    }
  }
  return expected;
}

}  // namespace riverrun::executor::testing
