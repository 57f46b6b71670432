// The elements of an array value, one after the other, without decoding them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/data_type.h"
#include "types/error.h"

namespace riverrun::executor {

/// An element: its image, tag included.
struct ArrayItem {
  std::string_view image;
  bool IsNull() const { return image.front() == 2; }
};

/// The elements of an array of type `array`. The views point into `value`.
inline std::vector<ArrayItem> ItemsOf(const Type& array, std::string_view value) {
  std::vector<ArrayItem> items;
  while (value.size() > 1) {
    const size_t length = ImageLength(array.element(), value);
    CHECK(length > 0, "not an array value");
    items.push_back({value.substr(0, length)});
    value.remove_prefix(length);
  }
  return items;
}

/// Appends an array value made of elements.
inline void AppendItems(const std::vector<ArrayItem>& items, std::string& out) {
  for (const ArrayItem& item : items) out += item.image;
  out.push_back('\0');
}

/// Appends the image of a value as an element of a type. A numeric may come in its other physical
/// form (numeric as numeric(10,2)[] has it, or the reverse); it is rounded to the element's scale.
void AppendElement(const Column& column, uint32_t row, const Type& element, std::string& out);

/// The same for an array's elements, without the end.
void AppendElements(const Type& array, std::string_view value, const Type& element,
                    std::string& out);

/// EqualKeys of elements: equal in SQL, and ordered, as the bytes are.
class ItemKeys {
 public:
  explicit ItemKeys(const Type& element)
      : builder_(element), identical_(EqualMeansIdentical(element)) {}

  std::string Of(const ArrayItem& item) {
    if (identical_) return std::string(item.image);
    DecodeImage(item.image, builder_);
    return Of(builder_.Finish(), 0);
  }
  static std::string Of(const Column& column, uint32_t row) {
    std::string key;
    AppendEqualKey(column, row, key);
    return key;
  }

 private:
  ColumnBuilder builder_;
  bool identical_;
};

}  // namespace riverrun::executor
