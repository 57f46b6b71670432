#include "executor/functions/arrays/array_items.h"

#include "types/number/numeric.h"

namespace riverrun::executor {
namespace {

bool SameForm(const Type& a, const Type& b) {
  if (a.kind != b.kind) return false;
  return a.kind != TypeKind::kDecimal || a.scale == b.scale;
}

Numeric NumericAt(const Column& column, uint32_t row) {
  const int8_t scale = column.type.kind == TypeKind::kNumeric
                           ? column.storage().scales->as<int8_t>()[column.IndexOf(row)]
                           : static_cast<int8_t>(column.type.scale);
  return {column.At<Int128>(row), scale};
}

}  // namespace

void AppendElement(const Column& column, uint32_t row, const Type& element, std::string& out) {
  if (column.IsNull(row) || SameForm(column.type, element)) return AppendImage(column, row, out);
  CHECK(column.type.oid == oid::kNumeric && element.oid == oid::kNumeric,
        "an element of another type");
  ColumnBuilder builder(element);
  const Numeric value = NumericAt(column, row);
  if (element.kind == TypeKind::kNumeric) {
    builder.AppendNumeric(value);
  } else {
    // Resolution gives a decimal only where it holds every argument.
    Int128 digits = 0;
    CHECK(ToDecimal(value, element.precision, element.scale, digits) == ArithmeticStatus::kOk,
          "an element that its type does not hold");
    builder.Append(digits);
  }
  AppendImage(builder.Finish(), 0, out);
}

void AppendElements(const Type& array, std::string_view value, const Type& element,
                    std::string& out) {
  if (SameForm(array.element(), element)) {
    out += value.substr(0, value.size() - 1);
    return;
  }
  ColumnBuilder builder(array.element());
  for (const ArrayItem& item : ItemsOf(array, value)) {
    DecodeImage(item.image, builder);
    AppendElement(builder.Finish(), 0, element, out);
  }
}

}  // namespace riverrun::executor
