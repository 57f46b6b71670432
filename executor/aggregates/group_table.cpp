#include "executor/aggregates/group_table.h"

#include <algorithm>
#include <numeric>

namespace riverrun::executor {
namespace {

std::vector<Type> TypesAt(const std::vector<Type>& types, const std::vector<int>& columns) {
  std::vector<Type> out;
  for (const int column : columns) out.push_back(types[static_cast<size_t>(column)]);
  return out;
}

std::vector<Type> ResultTypes(const std::vector<AggregateCall>& calls) {
  std::vector<Type> out;
  for (const AggregateCall& call : calls) out.push_back(call.result);
  return out;
}

std::vector<ColumnBuilder> MakeBuilders(std::span<const Type> types, MemoryBudget* budget) {
  std::vector<ColumnBuilder> builders;
  builders.reserve(types.size());
  for (const Type& type : types) builders.emplace_back(type, budget);
  return builders;
}

// The numbers of all rows that a batch may have.
std::span<const uint16_t> AllRows() {
  static const std::vector<uint16_t> kAllRows = [] {
    std::vector<uint16_t> rows(kBatchRowsMax);
    std::iota(rows.begin(), rows.end(), uint16_t{0});
    return rows;
  }();
  return kAllRows;
}

Weight& WeightOf(std::byte* payload) { return *reinterpret_cast<Weight*>(payload); }

}  // namespace

GroupTable::GroupTable(const AggregateSpec& spec, const OperatorContext& context, size_t head_bytes,
                       KeyTable::Division division)
    : keys_(spec.keys),
      key_types_(TypesAt(*context.inputs, spec.keys)),
      value_types_(ResultTypes(spec.calls)),
      budget_(context.budget),
      arena_(budget_),
      group_keys_(spec.keys, key_types_, head_bytes),
      calls_(spec, *context.inputs, head_bytes + group_keys_.state_bytes()),
      table_(calls_.group_bytes(), arena_, division) {}

GroupTable::~GroupTable() {
  table_.ForEach([this](KeyRecord* record) { End(record); });
}

void GroupTable::End(KeyRecord* record) {
  calls_.Destroy(record->payload(), arena_);
  group_keys_.Destroy(record->payload(), arena_);
}

void GroupTable::Erase(KeyRecord* record) {
  End(record);
  table_.Erase(record);
}

void GroupTable::Clear() {
  table_.ForEach([this](KeyRecord* record) { End(record); });
  table_.Clear();
}

// Makes the keys of a batch and returns the numbers of its rows.
std::span<const uint16_t> GroupTable::Begin(const Batch& batch) {
  if (keys_.empty()) {
    key_batch_.Assign(std::array<std::string_view, 1>{});
  } else {
    key_batch_.Build(batch, keys_);
  }
  calls_.SetBatch(batch);
  if (batch.selection == nullptr) return AllRows().first(batch.rows);
  return {batch.selection->as<uint16_t>(), batch.selected()};
}

std::span<KeyRecord* const> GroupTable::Find(size_t begin, size_t count) {
  if (keys_.empty()) begin = 0, count = 1;
  const std::span<KeyRecord*> records(records_.data(), count);
  fresh_.clear();
  table_.FindOrInsert(key_batch_, static_cast<uint32_t>(begin), records, fresh_);
  for (KeyRecord* record : fresh_) {
    group_keys_.Init(record->payload());
    calls_.Init(record->payload());
  }
  return records;
}

KeyRecord* GroupTable::OnlyGroup() {
  CHECK(keys_.empty(), "one of many groups is asked for");
  key_batch_.Assign(std::array<std::string_view, 1>{});
  return Find(0, 1).front();
}

void GroupTable::AddPiece(const GroupPiece& piece) {
  const bool one_group = keys_.empty();
  for (size_t i = 0; i < piece.rows.size(); ++i) {
    payloads_[i] = piece.records[one_group ? 0 : i]->payload();
    const auto weight = static_cast<uint64_t>(piece.batch.WeightOf(piece.rows[i]));
    Weight& sum = WeightOf(payloads_[i]);
    sum = static_cast<Weight>(static_cast<uint64_t>(sum) + weight);
  }
  const std::span<std::byte* const> payloads(payloads_.data(), piece.rows.size());
  group_keys_.Update(piece.batch, piece.rows, payloads, arena_);
  calls_.Update(piece.rows, payloads, one_group, arena_);
}

std::vector<ColumnBuilder> GroupTable::KeyBuilders() const {
  return MakeBuilders(key_types_, budget_);
}

std::vector<ColumnBuilder> GroupTable::ValueBuilders() const {
  return MakeBuilders(value_types_, budget_);
}

void GroupTable::Values(std::span<KeyRecord* const> groups, std::span<ColumnBuilder> out,
                        ErrorLane& errors) {
  listed_.clear();
  for (KeyRecord* record : groups) listed_.push_back(record->payload());
  calls_.Result(listed_, out, errors);
}

void GroupTable::ValuesOfRows(const Batch& batch, std::span<ColumnBuilder> out) {
  Batch unweighted = batch;
  unweighted.weights = nullptr;
  calls_.SetBatch(unweighted);
  const std::span<const uint16_t> rows = AllRows().first(batch.rows);
  const size_t bytes = calls_.group_bytes();
  row_states_.resize(kPieceRows * bytes);
  for (size_t begin = 0; begin < rows.size(); begin += kPieceRows) {
    const size_t count = std::min(kPieceRows, rows.size() - begin);
    std::memset(row_states_.data(), 0, count * bytes);
    for (size_t i = 0; i < count; ++i) {
      payloads_[i] = row_states_.data() + i * bytes;
      WeightOf(payloads_[i]) = 1;
      calls_.Init(payloads_[i]);
    }
    const std::span<std::byte* const> payloads(payloads_.data(), count);
    calls_.Update(rows.subspan(begin, count), payloads, false, arena_);
    ErrorLane errors;
    calls_.Result(payloads, out, errors);
    CHECK(errors.empty(), "the value of a single row fails");
    for (std::byte* payload : payloads) calls_.Destroy(payload, arena_);
  }
  calls_.ForgetBatch();
}

std::vector<Column> FinishAll(std::span<ColumnBuilder> builders) {
  std::vector<Column> columns;
  columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) columns.push_back(builder.Finish());
  return columns;
}

}  // namespace riverrun::executor
