#include "tests/simulation/oracle.h"

#include <algorithm>
#include <numeric>

#include "executor/runtime/error_collection.h"
#include "executor/runtime/local_driver.h"
#include "storage/view/read_view.h"
#include "types/codec/key.h"
#include "types/text/text_format.h"

namespace riverrun::simulation {
namespace {

// The rows of a bag, some at a time, with the columns that a source asks for.
class BagSource : public executor::BatchSource {
 public:
  BagSource(const Bag& bag, const std::vector<Type>& types, std::vector<int> columns)
      : bag_(bag), next_(bag.begin()), types_(types), columns_(std::move(columns)) {}

  Result<std::optional<Batch>> Next() override {
    if (next_ == bag_.end()) return std::nullopt;
    BatchBuilder rows(types_);
    for (; next_ != bag_.end() && !rows.full(); ++next_)
      DecodeRow(next_->first, next_->second, rows);
    Batch all = rows.Finish();
    Batch chosen = all;
    chosen.columns.clear();
    for (const int column : columns_) chosen.columns.push_back(all.columns[column]);
    return chosen;
  }

 private:
  const Bag& bag_;
  Bag::const_iterator next_;
  const std::vector<Type> types_;
  const std::vector<int> columns_;
};

std::string PrintRow(const std::string& image, const std::vector<Type>& types) {
  BatchBuilder builder(types);
  DecodeRow(image, 1, builder);
  const Batch row = builder.Finish();
  const Settings settings;
  TextWriter writer(settings);
  std::string text = "(";
  for (size_t i = 0; i < row.columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += row.columns[i].IsNull(0) ? "NULL" : writer.ToText(row.columns[i], 0);
  }
  return text + ")";
}

// The columns of a version from position `first` on.
Bag ColumnsFrom(const storage::VersionRef& version, int first) {
  std::vector<int> columns(version->layout->types.size() - static_cast<size_t>(first));
  std::iota(columns.begin(), columns.end(), first);
  Bag content;
  auto cursor = storage::OpenScan(version, {}, columns, std::nullopt, false);
  CHECK(cursor.has_value(), "a scan does not open");
  while (true) {
    Result<std::optional<Batch>> next = (*cursor)->Next();
    CHECK(next.has_value(), "a scan fails");
    if (!*next) return content;
    AddRows(**next, content);
  }
}

}  // namespace

Bag TableContent(ObjectId table, const std::vector<LoggedCommit>& commits, Lsn lsn) {
  Bag content;
  for (const auto& [at, commit] : commits) {
    if (at >= lsn) break;
    for (const storage::TableDelta& delta : commit.deltas) {
      if (delta.table == table) AddRows(delta.rows, content);
    }
  }
  return content;
}

Answer BatchAnswer(const RandomView& view, const std::map<ObjectId, Bag>& inputs,
                   const EpochInfo& epoch) {
  executor::DataflowSpec query = view.whole;
  query.nodes.pop_back();  // the MaterializeSpec
  const Settings settings;
  const storage::ViewLayout error_layout = executor::ErrorLayout();
  storage::ViewStore error_store({1}, error_layout, 1, nullptr);
  executor::ErrorCollection errors(query, settings, error_store.writer(0), nullptr);
  std::map<ObjectId, std::vector<Type>> types;
  executor::LocalDriver driver(
      query, {.settings = &settings,
              .budget = nullptr,
              .epoch = epoch,
              .has_clock = false,
              .open =
                  [&](const executor::SourceSpec& source) {
                    const auto& node = *std::ranges::find_if(
                        query.nodes, [&](const executor::OperatorNode& candidate) {
                          const auto* s = std::get_if<executor::SourceSpec>(&candidate.spec);
                          return s != nullptr && *s == source;
                        });
                    return std::make_unique<BagSource>(
                        inputs.at(source.object), executor::TypesOf(node.output), source.columns);
                  },
              .errors = [&] { return errors.NewSink(); }});
  Answer answer;
  const Cancel cancel;
  while (true) {
    Result<std::optional<Batch>> next = driver.Next(cancel);
    CHECK(next.has_value(), "the batch query fails");
    if (!*next) break;
    AddRows(**next, answer.rows);
  }
  if (const storage::VersionRef version = error_store.At(epoch.epoch)) {
    answer.errors = FailuresOf(version);
  }
  return answer;
}

Bag ContentOf(const storage::VersionRef& version) { return ColumnsFrom(version, 0); }

Bag FailuresOf(const storage::VersionRef& version) {
  static_assert(executor::kErrorAt == 0);
  return ColumnsFrom(version, 1);
}

std::vector<Type> FailureTypes() {
  std::vector<Type> types = executor::ErrorLayout().types;
  types.erase(types.begin());
  return types;
}

std::optional<std::string> Difference(const Bag& expected, const Bag& actual,
                                      const std::vector<Type>& types) {
  std::string text;
  int shown = 0;
  const auto compare = [&](const Bag& a, const Bag& b, const char* which) {
    for (const auto& [image, weight] : a) {
      const auto other = b.find(image);
      const Weight there = other == b.end() ? 0 : other->second;
      if (there >= weight) continue;
      if (++shown > 5) return;
      text += "  " + std::string(which) + " " + std::to_string(weight - there) + " × " +
              PrintRow(image, types) + "\n";
    }
  };
  compare(expected, actual, "missing");
  compare(actual, expected, "extra  ");
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace riverrun::simulation
