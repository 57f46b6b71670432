#include "executor/runtime/error_collection.h"

#include "types/text/json_scanner.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {
namespace {

// What JSON can say without quotes. NaN and the infinities are no numbers there.
bool IsBareJson(const Type& type, std::string_view text) {
  switch (type.kind) {
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
    case TypeKind::kJson:
    case TypeKind::kJsonb: return true;
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kDecimal:
    case TypeKind::kNumeric: return text.find_first_of("Nn") == std::string_view::npos;
    default: return false;
  }
}

}  // namespace

storage::ViewLayout ErrorLayout() {
  return {.types = {Type::Int4(), Type::Text(), Type::Text(), Type::Jsonb()},
          .key = storage::ViewKey::kBag,
          .key_columns = {}};
}

// Keeps the failures of the pipeline's open epoch.
class ErrorCollection::Sink : public ErrorSink {
 public:
  explicit Sink(ErrorCollection& collection)
      : collection_(collection), builder_(ErrorLayout().types) {}

  void Add(OperatorId made_by, const Batch& rows, const ErrorLane& errors) override {
    const std::vector<std::string>& names = collection_.names_.at(made_by);
    for (const EvalError& failure : errors) {
      builder_.column(0).Append(static_cast<int32_t>(made_by.value));
      const SqlState& state = failure.error.sqlstate;
      builder_.column(1).AppendBytes({state.data(), state.size()});
      builder_.column(2).AppendBytes(failure.error.text);
      json_.clear();
      collection_.AppendJson(names, rows, failure.row, json_);
      builder_.column(3).AppendBytes(json_);
      builder_.EndRow(rows.WeightOf(failure.row));
      if (builder_.full()) rows_.push_back(builder_.Finish());
    }
  }

  void OnBarrier(const Barrier& barrier) override {
    if (builder_.rows() > 0) rows_.push_back(builder_.Finish());
    collection_.Complete(barrier.info.epoch, std::move(rows_));
    rows_.clear();
  }

 private:
  ErrorCollection& collection_;
  BatchBuilder builder_;
  std::vector<Batch> rows_;
  std::string json_;
};

ErrorCollection::ErrorCollection(const DataflowSpec& spec, const Settings& settings,
                                 storage::ViewWriter& shard)
    : shard_(shard), text_(settings) {
  for (const OperatorNode& node : spec.nodes) {
    std::vector<std::string>& names = names_[node.id];
    for (const OutputColumn& column : node.output) {
      AppendJsonString(column.name, names.emplace_back());
    }
  }
}

std::unique_ptr<ErrorSink> ErrorCollection::NewSink() {
  ++pipelines_;
  return std::make_unique<Sink>(*this);
}

void ErrorCollection::AppendJson(const std::vector<std::string>& names, const Batch& rows,
                                 uint32_t row, std::string& out) {
  std::string object = "{";
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    const Column& column = rows.columns[i];
    object += (i > 0 ? ", " : "") + names[i] + ": ";
    if (column.IsNull(row)) {
      object += "null";
      continue;
    }
    if (column.type.kind == TypeKind::kBool) {
      object += column.At<uint8_t>(row) != 0 ? "true" : "false";
      continue;
    }
    // A number that jsonb cannot hold (1e300) is kept as a string: nothing about a row is lost.
    const std::string text = text_.ToText(column, row);
    if (!IsBareJson(column.type, text) || !CanonicalJson(text, object)) {
      AppendJsonString(text, object);
    }
  }
  object += "}";
  const Result<void> canonical = CanonicalJson(object, out);
  CHECK(canonical.has_value(), "a row printed as JSON is JSON");
}

void ErrorCollection::Complete(Epoch epoch, std::vector<Batch> rows) {
  OpenEpoch& open = epochs_[epoch];
  open.rows.insert(open.rows.end(), std::make_move_iterator(rows.begin()),
                   std::make_move_iterator(rows.end()));
  if (++open.pipelines_done < pipelines_) return;
  shard_.Apply(open.rows);
  shard_.Publish(epoch);
  epochs_.erase(epoch);
}

}  // namespace riverrun::executor
