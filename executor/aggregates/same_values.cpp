#include "executor/aggregates/same_values.h"

#include <cmath>

#include "types/error.h"
#include "types/time/interval.h"
#include "types/number/numeric.h"
#include "types/uuid.h"

namespace riverrun::executor {
namespace {

template <class T, class Same>
void MarkWith(const Column& before, const Column& after, std::span<const RowPair> pairs,
              std::span<uint8_t> differs, Same same) {
  const T* a = before.values->as<T>();
  const T* b = after.values->as<T>();
  if (before.nulls == nullptr && after.nulls == nullptr) {
    for (size_t i = 0; i < pairs.size(); ++i) {
      if (!same(a[pairs[i].before], b[pairs[i].after])) differs[i] = 1;
    }
    return;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    const bool null = before.IsNull(pairs[i].before);
    if (null != after.IsNull(pairs[i].after)) {
      differs[i] = 1;
    } else if (!null && !same(a[pairs[i].before], b[pairs[i].after])) {
      differs[i] = 1;
    }
  }
}

template <class T>
void Mark(const Column& before, const Column& after, std::span<const RowPair> pairs,
          std::span<uint8_t> differs) {
  MarkWith<T>(before, after, pairs, differs, [](const T& a, const T& b) { return a == b; });
}

// -0.0 is not 0.0, and one NaN is as good as another.
template <class T>
void MarkFloats(const Column& before, const Column& after, std::span<const RowPair> pairs,
                std::span<uint8_t> differs) {
  MarkWith<T>(before, after, pairs, differs, [](T a, T b) {
    return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
  });
}

}  // namespace

void MarkDifferences(const Column& before, const Column& after, std::span<const RowPair> pairs,
                     std::span<uint8_t> differs) {
  CHECK(before.encoding == Encoding::kFlat && after.encoding == Encoding::kFlat);
  switch (before.type.kind) {
    case TypeKind::kNull:
      return;
    case TypeKind::kBool:
      return Mark<uint8_t>(before, after, pairs, differs);
    case TypeKind::kInt2:
      return Mark<int16_t>(before, after, pairs, differs);
    case TypeKind::kInt4:
    case TypeKind::kDate:
    case TypeKind::kOid:
      return Mark<int32_t>(before, after, pairs, differs);
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return Mark<int64_t>(before, after, pairs, differs);
    case TypeKind::kFloat4:
      return MarkFloats<float>(before, after, pairs, differs);
    case TypeKind::kFloat8:
      return MarkFloats<double>(before, after, pairs, differs);
    case TypeKind::kDecimal:
      return Mark<Int128>(before, after, pairs, differs);
    case TypeKind::kNumeric: {
      const auto* a = before.scales->as<int8_t>();
      const auto* b = after.scales->as<int8_t>();
      for (size_t i = 0; i < pairs.size(); ++i) {
        if (a[pairs[i].before] != b[pairs[i].after]) differs[i] = 1;
      }
      return Mark<Int128>(before, after, pairs, differs);
    }
    case TypeKind::kTimeTz:
      return Mark<TimeTz>(before, after, pairs, differs);
    case TypeKind::kInterval:
      return Mark<Interval>(before, after, pairs, differs);
    case TypeKind::kUuid:
      return Mark<Uuid>(before, after, pairs, differs);
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
    case TypeKind::kArray:
    case TypeKind::kRow:
      return Mark<StringRef>(before, after, pairs, differs);
  }
}

}  // namespace riverrun::executor
