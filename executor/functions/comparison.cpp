// = <> < <= > >= of every type that has an order, as PostgreSQL orders it: NaN equals itself and
// is the greatest, text compares bytewise, intervals and jsonb by their keys.
#include <array>
#include <cmath>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/codec/key.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {
namespace {

enum class Op : uint8_t { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

constexpr std::array<std::string_view, 6> kOpNames = {"=", "<>", "<", "<=", ">", ">="};

template <class T>
bool IsEqual(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a == b || (a != a && b != b);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return KeyOf(a) == KeyOf(b);
  } else {
    return a == b;
  }
}

template <class T>
bool IsLess(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a < b || (a == a && b != b);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return KeyOf(a) < KeyOf(b);
  } else {
    return a < b;
  }
}

template <Op kOp, class T>
bool Holds(T a, T b) {
  if constexpr (kOp == Op::kEqual) return IsEqual(a, b);
  if constexpr (kOp == Op::kNotEqual) return !IsEqual(a, b);
  if constexpr (kOp == Op::kLess) return IsLess(a, b);
  if constexpr (kOp == Op::kLessOrEqual) return !IsLess(b, a);
  if constexpr (kOp == Op::kGreater) return IsLess(b, a);
  return !IsLess(a, b);
}

// The same of a three-way comparison.
template <Op kOp>
bool HoldsFor(int order) {
  return Holds<kOp, int>(order, 0);
}

template <Op kOp>
void OfNumerics(const KernelInput& in, KernelOutput& out) {
  const Column& a = in.args[0];
  const Column& b = in.args[1];
  if (a.type.kind == TypeKind::kDecimal && b.type.kind == TypeKind::kDecimal &&
      a.type.scale == b.type.scale) {
    return LoopOver(in, out.values<uint8_t>(), a.values->as<Int128>(), b.values->as<Int128>(),
                    [](Int128 x, Int128 y) { return static_cast<uint8_t>(Holds<kOp>(x, y)); });
  }
  ForEachCall<Numeric, Numeric>(in, out, [&](uint32_t row, const Numeric& x, const Numeric& y) {
    out.values<uint8_t>()[row] = HoldsFor<kOp>(Compare(x, y));
  });
}

template <Op kOp>
void OfStrings(const KernelInput& in, KernelOutput& out) {
  const StringReader a(in.args[0]), b(in.args[1]);
  auto* r = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    const StringRef& x = a.Ref(row);
    const StringRef& y = b.Ref(row);
    if constexpr (kOp == Op::kEqual) {
      r[row] = x == y;
    } else if constexpr (kOp == Op::kNotEqual) {
      r[row] = !(x == y);
    } else {
      r[row] = HoldsFor<kOp>(x.view().compare(y.view()));
    }
  });
}

// Types whose order is that of bytes made from the value.
using AppendKey = void (*)(const Column& column, uint32_t row, std::string& out);

void JsonbKey(const Column& column, uint32_t row, std::string& out) {
  AppendJsonbKey(column.BytesAt(row), out);
}
void EqualKey(const Column& column, uint32_t row, std::string& out) {
  AppendEqualKey(column, row, out);
}

template <Op kOp, AppendKey kAppend>
void ByKey(const KernelInput& in, KernelOutput& out) {
  std::string x, y;
  ForEachValid(in, out, [&](uint32_t row) {
    x.clear();
    y.clear();
    kAppend(in.args[0], row, x);
    kAppend(in.args[1], row, y);
    out.values<uint8_t>()[row] = HoldsFor<kOp>(x.compare(y));
  });
}

// date, timestamp and timestamptz with each other: all become an instant or a reading of the clock.

// A date too late for a timestamp is later than every finite one.
Micros InstantOfDate(Days date) {
  Micros out = 0;
  if (DateToTimestamp(date, out) == TimeStatus::kOk) return out;
  return date < 0 ? kTimestampMinusInfinity + 1 : kTimestampInfinity - 1;
}
Micros InstantOfLocal(Micros local, ZoneCursor& zone) {
  Micros out = 0;
  if (zone.LocalToUtc(local, out) == TimeStatus::kOk) return out;
  return local < 0 ? kTimestampMinusInfinity + 1 : kTimestampInfinity - 1;
}

// The value of an argument as micros; `zoned` if the other side is a timestamptz.
Micros InstantOf(const Column& column, uint32_t row, bool zoned, ZoneCursor& zone) {
  if (column.type.kind == TypeKind::kTimestampTz) return column.At<Micros>(row);
  const Micros local = column.type.kind == TypeKind::kDate ? InstantOfDate(column.At<Days>(row))
                                                           : column.At<Micros>(row);
  return zoned ? InstantOfLocal(local, zone) : local;
}

template <Op kOp>
void OfTimes(const KernelInput& in, KernelOutput& out) {
  const Column& a = in.args[0];
  const Column& b = in.args[1];
  const bool zoned = a.type.kind == TypeKind::kTimestampTz || b.type.kind == TypeKind::kTimestampTz;
  ZoneCursor zone(*in.context.settings->time_zone);
  ForEachValid(in, out, [&](uint32_t row) {
    out.values<uint8_t>()[row] =
        Holds<kOp>(InstantOf(a, row, zoned, zone), InstantOf(b, row, zoned, zone));
  });
}

template <Op kOp>
struct Registrar {
  FunctionRegistry& registry;
  static constexpr std::string_view kName = kOpNames[static_cast<size_t>(kOp)];

  void Add(const std::string& a, const std::string& b, TypedKernel kernel,
           FunctionOptions options = {}) const {
    const std::string signature = std::string(kName) + "(" + a + ", " + b + ") -> boolean";
    registry.Scalar(signature, std::move(kernel), options, "comparison");
  }
  template <class T>
  void Fixed(const std::string& type) const {
    Add(type, type, Map<Holds<kOp, T>>());
  }
  void Wider(const std::string& a, const std::string& b, const std::string& wide) const {
    const std::string target = std::string(kName) + "(" + wide + ", " + wide + ") -> boolean";
    registry.Alias(std::string(kName) + "(" + a + ", " + b + ")", target);
    registry.Alias(std::string(kName) + "(" + b + ", " + a + ")", target);
  }
  void Times(const std::string& a, const std::string& b, Volatility volatility) const {
    Add(a, b, OfTimes<kOp>, {.volatility = volatility});
    Add(b, a, OfTimes<kOp>, {.volatility = volatility});
  }
};

template <Op kOp>
void RegisterComparison(FunctionRegistry& registry) {
  const Registrar<kOp> add{registry};
  add.template Fixed<bool>("boolean");
  add.template Fixed<int16_t>("smallint");
  add.template Fixed<int32_t>("integer");
  add.template Fixed<int64_t>("bigint");
  add.template Fixed<float>("real");
  add.template Fixed<double>("double precision");
  add.Add("numeric", "numeric", OfNumerics<kOp>);
  add.Add("text", "text", OfStrings<kOp>);
  add.Add("bytea", "bytea", OfStrings<kOp>);
  add.template Fixed<int32_t>("date");
  add.template Fixed<int64_t>("time");
  add.template Fixed<TimeTz>("time with time zone");
  add.template Fixed<int64_t>("timestamp");
  add.template Fixed<int64_t>("timestamp with time zone");
  add.template Fixed<Interval>("interval");
  add.template Fixed<Uuid>("uuid");
  add.template Fixed<uint32_t>("oid");
  add.Add("jsonb", "jsonb", ByKey<kOp, JsonbKey>);
  add.Add("anyarray", "anyarray", ByKey<kOp, EqualKey>);
  add.Add("record", "record", ByKey<kOp, EqualKey>);
  add.Wider("smallint", "integer", "integer");
  add.Wider("smallint", "bigint", "bigint");
  add.Wider("integer", "bigint", "bigint");
  add.Wider("real", "double precision", "double precision");
  add.Times("date", "timestamp", Volatility::kImmutable);
  add.Times("date", "timestamptz", Volatility::kStable);
  add.Times("timestamp", "timestamptz", Volatility::kStable);
}

}  // namespace

void RegisterComparisons(FunctionRegistry& registry) {
  RegisterComparison<Op::kEqual>(registry);
  RegisterComparison<Op::kNotEqual>(registry);
  RegisterComparison<Op::kLess>(registry);
  RegisterComparison<Op::kLessOrEqual>(registry);
  RegisterComparison<Op::kGreater>(registry);
  RegisterComparison<Op::kGreaterOrEqual>(registry);
}

}  // namespace riverrun::executor
