#include "executor/runtime/error_collection.h"

#include "types/codec/key.h"
#include "types/text/json_scanner.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {
namespace {

// Of an entry of a hash table: two words for it, and its share of the table.
constexpr size_t kEntryOverhead = 32;

// Without `at`: what makes a failure equal to another one.
std::vector<Type> IdentityTypes() {
  std::vector<Type> types = ErrorLayout().types;
  types.erase(types.begin() + kErrorAt);
  return types;
}

}  // namespace

storage::ViewLayout ErrorLayout() {
  return {.types = {Type::TimestampTz(), Type::Text(), Type::Text(), Type::Text(), Type::Jsonb()},
          .key = storage::ViewKey::kBag,
          .key_columns = {}};
}

// Keeps the failures of the pipeline's open epoch.
class ErrorCollection::Sink : public ErrorSink {
 public:
  explicit Sink(ErrorCollection& collection)
      : collection_(collection), builder_(IdentityTypes()) {}

  void Add(OperatorId made_by, const Batch& rows, const ErrorLane& errors) override {
    const Names& names = collection_.names_.at(made_by);
    for (const EvalError& failure : errors) {
      const SqlState& state = failure.error.sqlstate;
      builder_.column(0).AppendBytes({state.data(), state.size()});
      builder_.column(1).AppendBytes(failure.error.text);
      builder_.column(2).AppendBytes(names.of_operator);
      json_.clear();
      collection_.AppendJson(names.columns, rows, failure.row, json_);
      builder_.column(3).AppendBytes(json_);
      builder_.EndRow(rows.WeightOf(failure.row));
      if (builder_.full()) rows_.push_back(builder_.Finish());
    }
  }

  void OnBarrier(const Barrier& barrier) override {
    if (builder_.rows() > 0) rows_.push_back(builder_.Finish());
    collection_.Complete(barrier.info, std::move(rows_));
    rows_.clear();
  }

 private:
  ErrorCollection& collection_;
  BatchBuilder builder_;
  std::vector<Batch> rows_;
  std::string json_;
};

ErrorCollection::ErrorCollection(const DataflowSpec& spec, const Settings& settings,
                                 storage::ViewWriter& shard, MemoryBudget* budget)
    : shard_(shard), budget_(budget), json_(settings), text_(settings) {
  const std::vector<std::string> operators = OperatorNames(spec);
  for (size_t i = 0; i < spec.nodes.size(); ++i) {
    Names& names = names_[spec.nodes[i].id];
    names.of_operator = operators[i];
    for (const OutputColumn& column : spec.nodes[i].output) {
      AppendJsonString(column.name, names.columns.emplace_back());
    }
  }
}

ErrorCollection::~ErrorCollection() {
  if (budget_ != nullptr) budget_->Release(reserved_);
}

std::unique_ptr<ErrorSink> ErrorCollection::NewSink() {
  ++pipelines_;
  return std::make_unique<Sink>(*this);
}

// A number that jsonb cannot hold (1e300) is kept as a string: nothing about a row is lost.
void ErrorCollection::AppendValue(const Column& column, uint32_t row, std::string& out) {
  std::string value, canonical;
  json_.Append(column, row, value);
  if (CanonicalJson(value, canonical)) {
    out += canonical;
  } else {
    AppendJsonString(text_.ToText(column, row), out);
  }
}

void ErrorCollection::AppendJson(const std::vector<std::string>& names, const Batch& rows,
                                 uint32_t row, std::string& out) {
  std::string object = "{";
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    object += (i > 0 ? ", " : "") + names[i] + ": ";
    AppendValue(rows.columns[i], row, object);
  }
  object += "}";
  const Result<void> canonical = CanonicalJson(object, out);
  CHECK(canonical.has_value(), "a row printed as JSON is JSON");
}

void ErrorCollection::Complete(const EpochInfo& epoch, std::vector<Batch> rows) {
  OpenEpoch& open = epochs_[epoch.epoch];
  open.rows.insert(open.rows.end(), std::make_move_iterator(rows.begin()),
                   std::make_move_iterator(rows.end()));
  if (++open.pipelines_done < pipelines_) return;
  shard_.Apply(WithTimes(open.rows, epoch.now));
  shard_.Publish(epoch.epoch);
  epochs_.erase(epoch.epoch);
}

// What the epoch's failures amount to. Inside an epoch a failure may be taken back before it comes:
// only the sum of equal ones says whether they stand.
std::vector<Batch> ErrorCollection::WithTimes(const std::vector<Batch>& rows, Micros now) {
  struct Change {
    const Batch* batch = nullptr;
    uint32_t row = 0;
    Weight weight = 0;
  };
  std::unordered_map<storage::Hash128, Change, HashOfHash> changes;
  std::string image;
  for (const Batch& batch : rows) {
    for (uint32_t row = 0; row < batch.rows; ++row) {
      image.clear();
      AppendImage(batch, row, image);
      Change& change = changes[storage::BagHash(image)];
      change.batch = &batch;
      change.row = row;
      change.weight += batch.WeightOf(row);
    }
  }
  std::vector<Batch> out;
  BatchBuilder builder(ErrorLayout().types);
  for (const auto& [failure, change] : changes) {
    if (change.weight == 0) continue;
    Standing& standing = standing_.try_emplace(failure, Standing{now, 0}).first->second;
    standing.count += change.weight;
    builder.column(kErrorAt).Append(standing.at);
    for (size_t i = 0; i < change.batch->columns.size(); ++i) {
      builder.column(i + 1).AppendFrom(change.batch->columns[i], change.row);
    }
    builder.EndRow(change.weight);
    if (builder.full()) out.push_back(builder.Finish());
    if (standing.count == 0) standing_.erase(failure);
  }
  if (builder.rows() > 0) out.push_back(builder.Finish());
  if (!changes.empty()) CountMemory();
  return out;
}

// It exists already when it is counted.
void ErrorCollection::CountMemory() {
  if (budget_ == nullptr) return;
  const size_t bytes =
      standing_.size() * (sizeof(decltype(standing_)::value_type) + kEntryOverhead);
  if (bytes > reserved_) budget_->Reserve(bytes - reserved_);
  if (bytes < reserved_) budget_->Release(reserved_ - bytes);
  reserved_ = bytes;
}

}  // namespace riverrun::executor
