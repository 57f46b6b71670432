// Any bytes as a JSON record, into columns of every kind: a row or a reason, never a fault. What
// the decoder takes for JSON, the parser of type json takes too, and it takes nothing more.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "executor/formats/json_decoder.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const std::vector<Type>& Types() {
  static const std::vector<Type> types = {
      Type::Int2(),      Type::Int8(),        Type::Float8(),  Type::Decimal(10, 2),
      Type::Numeric(),   Type::Bool(),        Type::Text(),    Type::Varchar(4),
      Type::Timestamp(), Type::TimestampTz(), Type::Date(),    Type::Time(),
      Type::Interval(),  Type::Uuid(),        Type::Bytea(),   Type::Json(),
      Type::Jsonb(),     Type::Array(Type::Int4()), Type::Array(Type::Text())};
  return types;
}

// Decodes a record into columns named a, b, c and so on; all of the given number of them.
bool Decodes(std::string_view record, size_t columns) {
  std::vector<JsonColumn> names;
  for (size_t i = 0; i < columns; ++i) names.push_back({std::string(1, char('a' + i)), i});
  JsonDecoder decoder(std::move(names));
  BatchBuilder builder(std::span(Types()).first(columns));
  std::vector<UndecodedRecord> failed;
  // Twice, the second time with what the first has taught it.
  const RawRecord records[] = {{.value = record}, {.value = record}};
  decoder.Decode(records, builder, failed);
  Require(failed.empty() || failed.size() == 2);
  for (size_t row = failed.size(); row < 2; ++row) builder.EndRow();
  Require(builder.Finish().rows == 2 - failed.size());
  return failed.empty();
}

}  // namespace
}  // namespace riverrun::executor

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace riverrun;
  // A copy of its own, so that a read behind it is seen.
  const std::unique_ptr<char[]> copy(new char[size]);
  if (size > 0) std::memcpy(copy.get(), data, size);
  const std::string_view record(copy.get(), size);
  executor::Decodes(record, executor::Types().size());
  const bool object = CheckJson(record).has_value() &&
                      record[record.find_first_not_of(" \t\r\n")] == '{';
  executor::Require(executor::Decodes(record, 0) == object);
  return 0;
}
