#include "executor/view_source.h"

#include <algorithm>
#include <utility>

namespace riverrun::executor {
namespace {

class ViewSource : public BatchSource {
 public:
  explicit ViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor)
      : cursor_(std::move(cursor)) {}
  Result<std::optional<Batch>> Next() override {
    if (!cursor_) return std::unexpected(cursor_.error());
    return (*cursor_)->Next();
  }

 private:
  const Result<std::unique_ptr<storage::ViewCursor>> cursor_;
};

class FoundRows : public BatchSource {
 public:
  explicit FoundRows(Result<storage::LookupRows> found) : found_(std::move(found)) {}
  Result<std::optional<Batch>> Next() override {
    if (!found_) return std::unexpected(found_.error());
    if (std::exchange(given_, true) || found_->rows.rows == 0) return std::nullopt;
    return found_->rows;
  }

 private:
  const Result<storage::LookupRows> found_;
  bool given_ = false;
};

// Rows that were made for the read.
class MadeRows : public BatchSource {
 public:
  MadeRows(storage::ReadView::MadeRows rows, std::vector<int> columns)
      : rows_(std::move(rows)), columns_(std::move(columns)) {}
  Result<std::optional<Batch>> Next() override {
    if (next_ == rows_->size()) return std::nullopt;
    const Batch& whole = (*rows_)[next_++];
    Batch batch;
    batch.rows = whole.rows;
    for (const int column : columns_) {
      batch.columns.push_back(whole.columns[static_cast<size_t>(column)]);
    }
    return batch;
  }

 private:
  const storage::ReadView::MadeRows rows_;
  const std::vector<int> columns_;
  size_t next_ = 0;
};

// The key in the order of the layout; nothing if it is not the layout's.
std::optional<KeyBatch> KeyOf(const storage::ViewLayout& layout, const SourceSpec& source) {
  if (layout.key != storage::ViewKey::kColumns) return std::nullopt;
  Batch values;
  values.rows = 1;
  std::vector<int> columns;
  for (const int position : layout.key_columns) {
    const auto value = std::ranges::find(source.key, position, &std::pair<int, Value>::first);
    if (value == source.key.end()) return std::nullopt;
    columns.push_back(static_cast<int>(columns.size()));
    values.columns.push_back(value->second.column());
  }
  KeyBatch key;
  key.Build(values, columns);
  return key;
}

}  // namespace

std::unique_ptr<BatchSource> OpenSource(const storage::ReadView& view, const SourceSpec& source) {
  if (const auto made = view.made.find(source.object); made != view.made.end()) {
    return std::make_unique<MadeRows>(made->second, source.columns);
  }
  const auto version = view.versions.find(source.object);
  if (!source.key.empty() && version != view.versions.end()) {
    if (const auto key = KeyOf(*version->second->layout, source)) {
      return std::make_unique<FoundRows>(
          storage::Lookup(view, source.object, *key, source.columns));
    }
  }
  return MakeViewSource(
      storage::OpenScan(view, source.object, source.columns, std::nullopt, false));
}

std::unique_ptr<BatchSource> MakeViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor) {
  return std::make_unique<ViewSource>(std::move(cursor));
}

}  // namespace riverrun::executor
