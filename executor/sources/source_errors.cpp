#include "executor/sources/source_errors.h"

#include <utility>

namespace riverrun::executor {
namespace {

size_t BytesOf(const FailedRecord& record) {
  constexpr size_t kRowBytes = 128;
  return kRowBytes + record.error.text.size() + (record.key ? record.key->size() : 0) +
         (record.value ? record.value->size() : 0);
}

void AppendBytes(const std::optional<std::string>& bytes, ColumnBuilder& column) {
  if (bytes) {
    column.AppendBytes(*bytes);
  } else {
    column.AppendNull();
  }
}

// The same rows, taken back.
Batch Retracted(Batch rows) {
  rows.weights = NegatedWeights(rows);
  return rows;
}

}  // namespace

storage::ViewLayout SourceErrorLayout() {
  return {.types = {Type::TimestampTz(), Type::Text(), Type::Text(), Type::Text(), Type::Int4(),
                    Type::Int8(), Type::Bytea(), Type::Bytea()},
          .key = storage::ViewKey::kBag,
          .key_columns = {}};
}

SourceErrors::SourceErrors(std::string topic, std::shared_ptr<storage::ViewStore> store, int worker,
                           Retention retention)
    : topic_(std::move(topic)),
      store_(std::move(store)),
      shard_(store_->writer(worker)),
      retention_(retention) {}

void SourceErrors::Add(int32_t partition, std::vector<FailedRecord> failed) {
  for (FailedRecord& record : failed) open_.push_back({partition, std::move(record)});
}

SourceErrors::Kept SourceErrors::Build(Micros at) {
  Kept kept{at, 0, {}};
  BatchBuilder builder(SourceErrorLayout().types);
  for (const auto& [partition, record] : open_) {
    builder.column(0).Append(at);
    const SqlState& state = record.error.sqlstate;
    builder.column(1).AppendBytes({state.data(), state.size()});
    builder.column(2).AppendBytes(record.error.text);
    builder.column(3).AppendBytes(topic_);
    builder.column(4).Append(partition);
    builder.column(5).Append(record.offset);
    AppendBytes(record.key, builder.column(6));
    AppendBytes(record.value, builder.column(7));
    builder.EndRow();
    kept.bytes += BytesOf(record);
    if (builder.full()) kept.rows.push_back(builder.Finish());
  }
  if (builder.rows() > 0) kept.rows.push_back(builder.Finish());
  open_.clear();
  return kept;
}

void SourceErrors::DropOld(Micros now, std::vector<Batch>& delta) {
  while (!kept_.empty() && (bytes_ > retention_.bytes || kept_.front().at < now - retention_.age)) {
    bytes_ -= kept_.front().bytes;
    for (Batch& rows : kept_.front().rows) delta.push_back(Retracted(std::move(rows)));
    kept_.pop_front();
  }
}

void SourceErrors::Complete(const EpochInfo& epoch) {
  std::vector<Batch> delta;
  if (!open_.empty()) {
    Kept kept = Build(epoch.now);
    delta = kept.rows;
    bytes_ += kept.bytes;
    kept_.push_back(std::move(kept));
  }
  DropOld(epoch.now, delta);
  if (!delta.empty()) shard_.Apply(delta);
  shard_.Publish(epoch.epoch);
}

}  // namespace riverrun::executor
