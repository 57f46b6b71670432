#include "tests/executor/datagen/generated_stream.h"

#include <gtest/gtest.h>

#include <numeric>

#include "executor/connectors/datagen/datagen.h"
#include "types/text/text_format.h"

namespace riverrun::executor {

std::shared_ptr<StreamConnector> MakeStream(std::vector<StreamColumn> columns, Options options,
                                            Clock& clock) {
  auto made = MakeDatagen({std::move(columns), std::move(options)}, clock);
  CHECK(made.has_value(), made ? "" : ToString(made.error().error));
  return *made;
}

std::string WrongIn(std::vector<StreamColumn> columns, Options options) {
  ManualClock clock;
  const auto made = MakeDatagen({std::move(columns), std::move(options)}, clock);
  if (made) return "";
  const DefinitionError& wrong = made.error();
  std::string text = ToString(wrong.error);
  if (!wrong.option.empty()) text += " [" + wrong.option + "]";
  if (wrong.column) text += " [column " + std::to_string(*wrong.column) + "]";
  return text;
}

std::vector<Position> At(std::initializer_list<int64_t> offsets) {
  std::vector<Position> positions;
  for (const int64_t offset : offsets) {
    positions.push_back({.source = {7},
                         .partition = static_cast<int32_t>(positions.size()),
                         .generation = 3,
                         .offset = offset});
  }
  return positions;
}

std::unique_ptr<SourceReader> OpenAt(StreamConnector& stream, std::vector<Position> start,
                                     std::vector<int> wanted) {
  auto reader = stream.Open(std::move(start), std::move(wanted), nullptr);
  CHECK(reader.has_value(), reader ? "" : ToString(reader.error()));
  return std::move(*reader);
}

std::optional<SourceBatch> PollOnce(SourceReader& reader, uint32_t rows_max) {
  auto polled = reader.Poll(rows_max, 1 << 20);
  CHECK(polled.has_value(), polled ? "" : ToString(polled.error()));
  return std::move(*polled);
}

std::vector<std::string> RowsOf(StreamConnector& stream, size_t width, int64_t first, int64_t count,
                                uint32_t rows_max) {
  std::vector<int> wanted(width);
  std::iota(wanted.begin(), wanted.end(), 0);
  const auto reader = OpenAt(stream, At({first}), wanted);
  reader->StopBefore(At({first + count}));
  std::vector<std::string> rows;
  while (const std::optional<SourceBatch> batch = PollOnce(*reader, rows_max)) {
    const auto texts = RowTexts(batch->rows);
    EXPECT_EQ(batch->first_offset, first + static_cast<int64_t>(rows.size()));
    EXPECT_EQ(batch->next_offset, batch->first_offset + static_cast<int64_t>(texts.size()));
    EXPECT_LE(texts.size(), rows_max);
    rows.insert(rows.end(), texts.begin(), texts.end());
  }
  return rows;
}

std::vector<std::string> RowTexts(const Batch& batch) {
  TextWriter writer{Settings{}};
  std::vector<std::string> rows(batch.rows);
  for (uint32_t row = 0; row < batch.rows; ++row) {
    for (const Column& column : batch.columns) {
      if (!rows[row].empty()) rows[row] += ", ";
      if (column.IsNull(row)) {
        rows[row] += "NULL";
      } else {
        writer.Append(column, row, rows[row]);
      }
    }
  }
  return rows;
}

std::vector<std::string> TextsOf(const Batch& batch, size_t column) {
  Batch only;
  only.rows = batch.rows;
  only.columns = {batch.columns[column]};
  return RowTexts(only);
}

}  // namespace riverrun::executor
