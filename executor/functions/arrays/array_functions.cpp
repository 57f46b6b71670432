// Arrays: subscripts, lengths, searching, and arrays made from arrays. Array values have one
// dimension whose subscripts begin at 1; an array of arrays is one whose elements are arrays.
#include <algorithm>
#include <string>

#include "executor/functions/arrays/array_items.h"
#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"

namespace riverrun::executor {
namespace {

int32_t CountOf(const std::vector<ArrayItem>& items) { return static_cast<int32_t>(items.size()); }


void Subscript(const KernelInput& in, KernelOutput& out) {
  const Type& type = in.args[0].type;
  ColumnBuilder builder(out.type(), out.budget());
  ForEachValid(in, out, [&](uint32_t row) {
    while (builder.rows() < row) builder.AppendNull();
    std::string_view value = in.args[0].BytesAt(row);
    int32_t left = in.args[1].At<int32_t>(row);
    for (; left > 1 && value.size() > 1; --left) {
      value.remove_prefix(ImageLength(type.element(), value));
    }
    if (left != 1 || value.size() <= 1 || ArrayItem{value}.IsNull()) {
      builder.AppendNull();
      return out.SetNull(row);
    }
    DecodeImage(value, builder);
  });
  while (builder.rows() < in.rows) builder.AppendNull();
  out.SetColumn(builder.Finish());
}

void Slice(const KernelInput& in, KernelOutput& out) {
  std::string value;
  ForEachValid(in, out, [&](uint32_t row) {
    std::vector<ArrayItem> items = ItemsOf(in.args[0].type, in.args[0].BytesAt(row));
    const int64_t first = std::max<int64_t>(in.args[1].At<int32_t>(row), 1);
    const int64_t last = std::min<int64_t>(in.args[2].At<int32_t>(row), CountOf(items));
    value.clear();
    if (last < first) {
      items.clear();
    } else {
      items.erase(items.begin() + last, items.end());
      items.erase(items.begin(), items.begin() + (first - 1));
    }
    AppendItems(items, value);
    out.SetString(row, value);
  });
}

void Cardinality(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<int32_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    result[row] = CountOf(ItemsOf(in.args[0].type, in.args[0].BytesAt(row)));
  });
}

// array_length, array_upper and array_lower of dimension 1; others there are not.
template <bool kLower>
void Bound(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<int32_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    const int32_t count = CountOf(ItemsOf(in.args[0].type, in.args[0].BytesAt(row)));
    if (count == 0 || in.args[1].At<int32_t>(row) != 1) return out.SetNull(row);
    result[row] = kLower ? 1 : count;
  });
}

void Dimensions(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<int32_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    if (in.args[0].BytesAt(row).size() <= 1) return out.SetNull(row);
    result[row] = 1;
  });
}

// The position from argument 2 on, if it is there, of an element; nulls are found too.
void Position(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<int32_t>();
  ItemKeys keys(in.args[0].type.element());
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    int32_t from = 1;
    if (in.args.size() > 2) {
      if (in.args[2].IsNull(row)) {
        return out.Fail(row, {State("22004"), "initial position must not be null", {}, {}});
      }
      from = std::max(in.args[2].At<int32_t>(row), 1);
    }
    const std::string wanted = ItemKeys::Of(in.args[1], row);
    const std::vector<ArrayItem> items = ItemsOf(in.args[0].type, in.args[0].BytesAt(row));
    for (int32_t i = from; i <= CountOf(items); ++i) {
      if (keys.Of(items[static_cast<size_t>(i) - 1]) != wanted) continue;
      result[row] = i;
      return;
    }
    out.SetNull(row);
  });
}

void Positions(const KernelInput& in, KernelOutput& out) {
  ItemKeys keys(in.args[0].type.element());
  ColumnBuilder found(Type::Int4());
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    const std::string wanted = ItemKeys::Of(in.args[1], row);
    int32_t position = 0;
    for (const ArrayItem& item : ItemsOf(in.args[0].type, in.args[0].BytesAt(row))) {
      ++position;
      if (keys.Of(item) == wanted) found.Append(position);
    }
    std::string value;
    const uint32_t count = found.rows();
    AppendArrayValue(found.Finish(), count, value);
    out.SetString(row, value);
  });
}

// array_append and array_prepend: a null array counts as an empty one.
template <size_t kArray>
void Add(const KernelInput& in, KernelOutput& out) {
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    std::string value;
    const auto array = [&] {
      const Column& column = in.args[kArray];
      if (column.IsNull(row)) return;
      AppendElements(column.type, column.BytesAt(row), out.type().element(), value);
    };
    if (kArray == 0) array();
    AppendElement(in.args[1 - kArray], row, out.type().element(), value);
    if (kArray == 1) array();
    value.push_back('\0');
    out.SetString(row, value);
  });
}

void Concatenate(const KernelInput& in, KernelOutput& out) {
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row) && in.args[1].IsNull(row)) return out.SetNull(row);
    std::string value;
    for (const Column& array : in.args) {
      if (array.IsNull(row)) continue;
      AppendElements(array.type, array.BytesAt(row), out.type().element(), value);
    }
    value.push_back('\0');
    out.SetString(row, value);
  });
}

// array_remove, or array_replace if there is a third argument.
void Replace(const KernelInput& in, KernelOutput& out) {
  ItemKeys keys(in.args[0].type.element());
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    const std::string wanted = ItemKeys::Of(in.args[1], row);
    std::string value;
    for (const ArrayItem& item : ItemsOf(in.args[0].type, in.args[0].BytesAt(row))) {
      if (keys.Of(item) != wanted) {
        value += item.image;
      } else if (in.args.size() > 2) {
        AppendElement(in.args[2], row, in.args[0].type.element(), value);
      }
    }
    value.push_back('\0');
    out.SetString(row, value);
  });
}

void Trim(const KernelInput& in, KernelOutput& out) {
  ForEachValid(in, out, [&](uint32_t row) {
    std::vector<ArrayItem> items = ItemsOf(in.args[0].type, in.args[0].BytesAt(row));
    const int32_t count = in.args[1].At<int32_t>(row);
    if (count < 0 || count > CountOf(items)) {
      return out.Fail(row, {sqlstate::kArraySubscriptError,
                            "number of elements to trim must be between 0 and " +
                                std::to_string(items.size()),
                            {},
                            {}});
    }
    items.resize(items.size() - static_cast<size_t>(count));
    std::string value;
    AppendItems(items, value);
    out.SetString(row, value);
  });
}

// The keys of the elements that are not null, ordered.
std::vector<std::string> SortedKeys(const Column& array, uint32_t row, ItemKeys& keys,
                                    bool& has_null) {
  std::vector<std::string> sorted;
  for (const ArrayItem& item : ItemsOf(array.type, array.BytesAt(row))) {
    has_null = has_null || item.IsNull();
    if (!item.IsNull()) sorted.push_back(keys.Of(item));
  }
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

// Whether argument kOuter has every element of the other; nothing contains a null.
template <size_t kOuter>
void Contains(const KernelInput& in, KernelOutput& out) {
  ItemKeys keys(in.args[0].type.element());
  auto* result = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    bool ignored = false, has_null = false;
    const auto outer = SortedKeys(in.args[kOuter], row, keys, ignored);
    const auto inner = SortedKeys(in.args[1 - kOuter], row, keys, has_null);
    result[row] = !has_null && std::includes(outer.begin(), outer.end(), inner.begin(),
                                             inner.end());
  });
}

void Overlaps(const KernelInput& in, KernelOutput& out) {
  ItemKeys keys(in.args[0].type.element());
  auto* result = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    bool ignored = false;
    const auto a = SortedKeys(in.args[0], row, keys, ignored);
    const auto b = SortedKeys(in.args[1], row, keys, ignored);
    result[row] = std::any_of(a.begin(), a.end(), [&](const std::string& key) {
      return std::binary_search(b.begin(), b.end(), key);
    });
  });
}

void RegisterLengths(FunctionRegistry& registry) {
  registry.Scalar("[](anyarray, integer) -> anyelement", Subscript,
                  "the element at a position from 1");
  registry.Scalar("[:](anyarray, integer, integer) -> anyarray", Slice,
                  "the elements between two positions");
  registry.Scalar("cardinality(anyarray) -> integer", Cardinality, "number of elements");
  registry.Scalar("array_length(anyarray, integer) -> integer", Bound<false>,
                  "number of elements; null if there are none");
  registry.Scalar("array_upper(anyarray, integer) -> integer", Bound<false>, "the last position");
  registry.Scalar("array_lower(anyarray, integer) -> integer", Bound<true>, "the first position");
  registry.Scalar("array_ndims(anyarray) -> integer", Dimensions, "number of dimensions");
}

}  // namespace

void RegisterArrayFunctions(FunctionRegistry& registry) {
  constexpr FunctionOptions kWithNulls = {.strict = false};
  constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
  RegisterLengths(registry);
  registry.Scalar("array_position(anycompatiblearray, anycompatible) -> integer", Position,
                  kWithNulls, "the first position of an element");
  registry.Scalar("array_position(anycompatiblearray, anycompatible, integer) -> integer",
                  Position, {.strict = false, .can_fail = CanFail::kYes},
                  "the first position of an element from a position on");
  registry.Scalar("array_positions(anycompatiblearray, anycompatible) -> integer[]", Positions,
                  kWithNulls, "all positions of an element");
  for (const std::string name : {"array_append", "||"}) {
    registry.Scalar(name + "(anycompatiblearray, anycompatible) -> anycompatiblearray", Add<0>,
                    kWithNulls, "one element more at the end");
  }
  for (const std::string name : {"array_prepend", "||"}) {
    registry.Scalar(name + "(anycompatible, anycompatiblearray) -> anycompatiblearray", Add<1>,
                    kWithNulls, "one element more at the front");
  }
  for (const std::string name : {"array_cat", "||"}) {
    registry.Scalar(name + "(anycompatiblearray, anycompatiblearray) -> anycompatiblearray",
                    Concatenate, kWithNulls, "one after the other");
  }
  registry.Scalar("array_remove(anycompatiblearray, anycompatible) -> anycompatiblearray",
                  Replace, kWithNulls, "without an element");
  registry.Scalar(
      "array_replace(anycompatiblearray, anycompatible, anycompatible) -> anycompatiblearray",
      Replace, kWithNulls, "with an element replaced");
  registry.Scalar("trim_array(anyarray, integer) -> anyarray", Trim, kCanFail,
                  "without that many elements at the end");
  registry.Scalar("@>(anyarray, anyarray) -> boolean", Contains<0>, "contains");
  registry.Scalar("<@(anyarray, anyarray) -> boolean", Contains<1>, "is contained in");
  registry.Scalar("&&(anyarray, anyarray) -> boolean", Overlaps, "have elements in common");
}

}  // namespace riverrun::executor
