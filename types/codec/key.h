// The two encodings of values as bytes. They are never mixed:
//   EqualKey  SQL equality: equal values have equal bytes (1.0 and 1.00, -0.0 and 0.0).
//             Grouping, DISTINCT, joins, vnodes, keys of views.
//   Image     identity: the exact value, decodable. Retraction, consolidation, bag comparison.
//
// Both are memcomparable: bytes compare as the values do, column by column, ascending, nulls last,
// text under the C collation. So an order "by image" is the order a person expects. Both are
// self-delimiting, hence a list of them needs no lengths. Per value:
//
//   tag         1 byte: 01 a value follows, 02 null
//   integers, date, time, timestamp, oid   big-endian, sign bit flipped
//   float       big-endian, all bits flipped if negative, else the sign bit; NaN is the greatest
//   decimal     AppendNumericKey; an image of kNumeric adds the scale
//   interval    IntervalKey; an image adds months and days
//   timetz      instant in UTC, then the zone
//   text, bytea, json   00 becomes 00 ff; 00 01 ends
//   jsonb       AppendJsonbKey; an image has the text
//   uuid        16 bytes
//   array       each element with its tag; 00 ends
//   row         each field with its tag
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "types/column/batch.h"

namespace riverrun {

/// Appends the EqualKey of one value.
void AppendEqualKey(const Column& column, uint32_t row, std::string& out);
/// Appends the EqualKeys of the given columns of a row.
void AppendEqualKey(const Batch& batch, std::span<const int> columns, uint32_t row,
                    std::string& out);

/// Appends the image of one value.
void AppendImage(const Column& column, uint32_t row, std::string& out);
/// Appends the images of all columns of a row.
void AppendImage(const Batch& batch, uint32_t row, std::string& out);
/// Appends the images of the given columns of a row.
void AppendImage(const Batch& batch, std::span<const int> columns, uint32_t row, std::string& out);

/// One key of an ORDER BY.
struct SortColumn {
  int column = 0;
  bool descending = false;
  bool nulls_first = false;
  bool operator==(const SortColumn&) const = default;
};
/// Appends bytes that compare as the ORDER BY does. Not decodable.
void AppendSortKey(const Batch& batch, std::span<const SortColumn> order, uint32_t row,
                   std::string& out);

/// Length of the first value's image in `bytes`, tag included; 0 if the bytes are not one.
size_t ImageLength(const Type& type, std::string_view bytes);
/// Decodes the first value's image and appends it to a builder of the same type. Returns its
/// length, or 0 if the bytes are not one (then nothing is appended).
size_t DecodeImage(std::string_view bytes, ColumnBuilder& out);
/// Decodes a row of images into a builder whose columns have the row's types and ends the row.
/// CHECKs that the bytes are exactly that: images never come from outside.
void DecodeRow(std::string_view image, Weight weight, BatchBuilder& out);

/// Appends the bytes that a kArray or kRow value refers to, from the elements' column: the
/// elements' images, closed by 00 for an array.
void AppendArrayValue(const Column& elements, uint32_t count, std::string& out);

}  // namespace riverrun
