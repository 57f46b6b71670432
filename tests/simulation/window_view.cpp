#include "tests/simulation/window_view.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

#include "executor/functions/function_registry.h"
#include "executor/operators/split_aggregate.h"
#include "tests/simulation/random_query.h"
#include "types/codec/key.h"
#include "types/time/interval.h"
#include "types/value.h"

namespace riverrun::simulation {
namespace {

using executor::AggregateCall;
using executor::Distribution;
using executor::ExpressionRef;
using executor::Make;
using executor::OutputColumn;
using Columns = std::vector<OutputColumn>;

constexpr Micros kSecond = 1'000'000;
constexpr Micros kFirstTime = 1'700'000'000 * kSecond;

ExpressionRef CallOf(std::string_view name, std::vector<ExpressionRef> args) {
  std::vector<Type> types;
  for (const ExpressionRef& arg : args) types.push_back(executor::TypeOf(*arg));
  const executor::Function* function = executor::BuiltinFunctions().Find(name, types);
  CHECK(function != nullptr, name);
  return Make(executor::Call{function, std::move(args), function->signature.result.type});
}

template <class T>
ExpressionRef ConstantOf(const Type& type, const T& value) {
  ColumnBuilder builder(type);
  builder.Append(value);
  return Make(executor::Constant{Value::From(builder.Finish(), 0)});
}

AggregateCall AggregateOf(std::string_view name, std::vector<int> arguments) {
  const std::vector<Type> types(arguments.size(), Type::Int8());
  const executor::Function* function = executor::BuiltinFunctions().Find(name, types);
  CHECK(function != nullptr, name);
  return {function->text, std::move(arguments), std::nullopt, Type::Int8()};
}

// Puts the operators of a query together.
class ViewBuilder {
 public:
  ViewBuilder(const WindowQuery& query, const Relation& stream) : query_(query), stream_(stream) {}

  RandomView Build(ObjectId id) {
    const auto time = static_cast<int>(stream_.columns.size()) - 1;
    executor::SourceSpec source{stream_.id, {0, time}};
    columns_ = {{"k", Type::Int8()}, {"ts", Type::TimestampTz()}};
    if (query_.closes) {
      source.columns.push_back(time + 1);
      columns_.push_back({"w", Type::TimestampTz()});
    }
    Add(std::move(source), {});
    if (query_.least_key) {
      const ExpressionRef key = Make(executor::ColumnRef{0, Type::Int8()});
      Add(executor::FilterSpec{CallOf(">=", {key, ConstantOf(Type::Int8(), *query_.least_key)})},
          {});
    }
    const std::optional<int> mark = query_.closes ? std::optional<int>(2) : std::nullopt;
    std::vector<AggregateCall> calls = {AggregateOf("count", {}), AggregateOf("min", {0}),
                                        AggregateOf("max", {0})};
    if (query_.in_slices) {
      GroupSlices(mark, std::move(calls));
    } else {
      Windows(1, query_.size, query_.slide, query_.offset, mark);
      Group(KeysAt(static_cast<int>(columns_.size()) - 3), std::move(calls));
    }
    AddAbove();
    return Finish(id);
  }

 private:
  void Add(executor::OperatorSpec spec, Distribution distribution) {
    const OperatorId id{++ids_};
    std::vector<executor::InputRef> inputs;
    if (ids_ > 1) inputs.push_back({OperatorId{ids_ - 1}, std::move(distribution)});
    spec_.nodes.push_back(
        {.id = id, .spec = std::move(spec), .inputs = std::move(inputs), .output = columns_});
  }

  void Windows(int time, Micros size, Micros slide, Micros offset, std::optional<int> mark) {
    for (const char* name : {"ws", "we", "wt"}) columns_.push_back({name, Type::TimestampTz()});
    Add(executor::WindowSpec{time, size, slide, offset, query_.closes, mark}, {});
  }

  // What the query groups by, if the columns of the window begin at a position.
  std::vector<int> KeysAt(int first) const {
    std::vector<int> keys;
    if (query_.by_key) keys.push_back(0);
    keys.push_back(first + static_cast<int>(query_.column));
    return keys;
  }

  // Groups of slices, then windows of those.
  void GroupSlices(std::optional<int> mark, std::vector<AggregateCall> calls) {
    executor::WindowSpec spec{1, query_.size, query_.slide, query_.offset, query_.closes, mark};
    spec.mode = executor::WindowSpec::Mode::kSlices;
    std::vector<int> keys;
    if (query_.by_key) keys.push_back(0);
    for (const char* name : {"slice", "mark"}) {
      if (name == std::string_view("mark") && !mark) continue;
      keys.push_back(static_cast<int>(columns_.size()));
      columns_.push_back({name, Type::TimestampTz()});
    }
    Add(spec, {});
    auto split = executor::SplitAggregate(keys, calls, columns_);
    CHECK(split.has_value(), "counts can be divided");
    columns_ = split->columns;
    Add(split->partial, {});
    spec.mode = executor::WindowSpec::Mode::kWindowsOfSlices;
    spec.time = query_.by_key ? 1 : 0;
    if (mark) spec.row_watermark = spec.time + 1;
    const auto first = static_cast<int>(columns_.size());
    for (const char* name : {"ws", "we", "wt"}) columns_.push_back({name, Type::TimestampTz()});
    const bool late = query_.by_key && query_.spreads_late;
    Add(spec, late ? Distribution{Distribution::Kind::kHash, {0}} : Distribution{});
    Group(KeysAt(first), std::move(split->calls), late);
  }

  // The window is the last of the keys. `divided`: the rows are on their workers.
  void Group(std::vector<int> keys, std::vector<AggregateCall> calls, bool divided = false) {
    Columns columns;
    for (const int key : keys) columns.push_back(columns_[static_cast<size_t>(key)]);
    for (size_t i = 0; i < calls.size(); ++i) {
      columns.push_back({"a" + std::to_string(i), Type::Int8()});
    }
    auto split =
        query_.in_two_steps ? executor::SplitAggregate(keys, calls, columns_) : std::nullopt;
    if (split) {
      columns_ = std::move(split->columns);
      Add(std::move(split->partial), {});
      keys = std::move(split->keys);
      calls = std::move(split->calls);
    }
    columns_ = std::move(columns);
    key_.clear();
    for (size_t i = 0; i < keys.size(); ++i) key_.push_back(static_cast<int>(i));
    Distribution division{Distribution::Kind::kHash, keys};
    if (divided) division = {};
    if (query_.closes) {
      Add(executor::CloseGroupsSpec{keys, std::move(calls), static_cast<int>(keys.size()) - 1},
          std::move(division));
    } else {
      Add(executor::AggregateSpec{keys, std::move(calls), /*append_only=*/true, false},
          std::move(division));
    }
  }

  void AddAbove() {
    if (query_.above == WindowQuery::Above::kNothing) return;
    const int window = static_cast<int>(key_.size()) - 1;
    const int count = window + 1;
    if (query_.above == WindowQuery::Above::kSameWindow) {
      return Group({window}, {AggregateOf("count", {}), AggregateOf("max", {count})});
    }
    Windows(window, query_.outer_size, query_.outer_size, 0, std::nullopt);
    const int outer_end = static_cast<int>(columns_.size()) - 2;
    Group({outer_end}, {AggregateOf("count", {}), AggregateOf("max", {count})});
  }

  RandomView Finish(ObjectId id) {
    RandomView view;
    view.relation = {id, columns_, query_.closes};
    view.layout.types = executor::TypesOf(columns_);
    view.layout.key = storage::ViewKey::kColumns;
    view.layout.key_columns = key_;
    view.window = query_;
    Add(executor::MaterializeSpec{id, key_}, {});
    const Result<void> valid = executor::Validate(spec_);
    CHECK(valid.has_value(), valid ? "" : valid.error().text);
    // What the catalog keeps is bytes.
    const auto stored = executor::ParseDataflow(executor::Serialize(spec_));
    CHECK(stored.has_value() && *stored == spec_, "a dataflow is not what was stored of it");
    view.spec = std::move(spec_);
    return view;
  }

  const WindowQuery& query_;
  const Relation& stream_;
  executor::DataflowSpec spec_;
  uint32_t ids_ = 0;
  Columns columns_;
  std::vector<int> key_;
};

// A record of the log as the model reads it.
struct Record {
  int64_t key = 0;
  std::optional<Micros> time;
};

Record ReadRecord(const std::string& image, const StreamLog& log) {
  BatchBuilder builder(log.types);
  DecodeRow(image, 1, builder);
  const Batch row = builder.Finish();
  Record record{row.columns[0].At<int64_t>(0), std::nullopt};
  const Column& time = row.columns.back();
  if (!time.IsNull(0)) record.time = time.At<Micros>(0);
  return record;
}

struct Window {
  Micros start, end;
  bool operator<(const Window& other) const {
    return std::tie(start, end) < std::tie(other.start, other.end);
  }
};

// Every window that a time is in, by trying all starts around it.
std::vector<Window> WindowsAt(Micros time, Micros size, Micros slide, Micros offset) {
  std::vector<Window> windows;
  const Micros around = time - (time - offset) % slide;
  for (Micros start = around - size - 2 * slide - (size / slide) * slide;
       start <= around + 2 * slide; ++start) {
    const Micros past = (start - offset) % slide;
    if (past != 0) {
      start += past > 0 ? slide - past - 1 : -past - 1;
      continue;
    }
    if (start <= time && time < start + size) windows.push_back({start, start + size});
  }
  return windows;
}

struct Counted {
  int64_t count = 0;
  int64_t least = std::numeric_limits<int64_t>::max();
  int64_t most = std::numeric_limits<int64_t>::min();

  void Add(int64_t value) {
    ++count;
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

Micros ValueOf(const Window& window, WindowQuery::Column column) {
  if (column == WindowQuery::Column::kStart) return window.start;
  return column == WindowQuery::Column::kEnd ? window.end : window.end - 1;
}

void AddRow(const std::vector<std::pair<Type, int64_t>>& cells, Bag& bag) {
  std::vector<Type> types;
  for (const auto& [type, value] : cells) types.push_back(type);
  BatchBuilder row(types);
  for (size_t i = 0; i < cells.size(); ++i) row.column(i).Append(cells[i].second);
  row.EndRow();
  std::string image;
  AppendImage(row.Finish(), 0, image);
  ++bag[image];
}

using Groups = std::map<std::pair<std::optional<int64_t>, Window>, Counted>;

// The records of a stream, from cut to cut.
class Model {
 public:
  Model(const WindowQuery& query, const StreamLog& log, uint32_t generation)
      : query_(query), log_(log), generation_(generation) {}

  void Read(const storage::CutRecord& cut) {
    std::optional<Micros> share;
    for (const Position& position : cut.positions) {
      if (position.source != log_.id) continue;
      const auto* start = log_.StartOf(position.partition, position.generation);
      if (start == nullptr) continue;  // of before the stream was rebuilt
      Partition& partition = partitions_[position.partition];
      if (std::exchange(partition.generation, position.generation) != position.generation) {
        partition.offset = start->offset;
      }
      if (partition.idle && position.offset > partition.offset) {
        problem = "rows of an idle partition at epoch " + std::to_string(cut.info.epoch);
      }
      const auto& records = log_.partitions[static_cast<size_t>(position.partition)];
      for (; partition.offset < position.offset; ++partition.offset) {
        Add(ReadRecord(records[static_cast<size_t>(partition.offset)], log_), partition);
      }
      CheckMark(partition, position, cut.info.epoch);
      partition.mark = position.watermark;
      partition.idle = position.idle;
      if (!partition.idle) share = std::min(share.value_or(partition.mark), partition.mark);
    }
    if (share) reached = std::max(reached, *share);
  }

  Groups groups;
  Micros reached = kNoWatermark;
  uint64_t late = 0;
  std::string problem;

 private:
  struct Partition {
    std::optional<uint32_t> generation;
    int64_t offset = 0;
    Micros mark = kNoWatermark;
    bool idle = false;
  };

  // What a cut may say of a partition whose rows before it have been read.
  void CheckMark(const Partition& before, const Position& at, Epoch epoch) {
    if (at.watermark < before.mark) problem = "a watermark goes back";
    // Only a person raises it, or its waking, to where the stream's was.
    const bool wakes = before.idle && !at.idle;
    if (wakes && at.watermark < reached) {
      problem = "a partition wakes behind its stream at epoch " + std::to_string(epoch);
    }
    if (at.watermark != before.mark && !(wakes && at.watermark == reached) &&
        !log_.advanced_to.contains(at.watermark)) {
      problem = "a watermark is raised for no reason at epoch " + std::to_string(epoch);
    }
  }

  void Add(const Record& record, Partition& partition) {
    Micros& mark = partition.mark;
    if (record.time) mark = std::max(mark, *record.time - log_.delay);
    if (*partition.generation < generation_) return;
    if (query_.least_key && record.key < *query_.least_key) return;
    if (!record.time) {
      ++late;
      return;
    }
    bool missed = false;
    for (const Window& window : WindowsAt(*record.time, query_.size, query_.slide, query_.offset)) {
      if (query_.closes && window.end <= mark) {
        missed = true;
        continue;
      }
      const auto key = query_.by_key ? std::optional<int64_t>(record.key) : std::nullopt;
      groups[{key, window}].Add(record.key);
    }
    if (missed) ++late;
  }

  const WindowQuery& query_;
  const StreamLog& log_;
  const uint32_t generation_;
  std::map<int32_t, Partition> partitions_;
};

}  // namespace

std::shared_ptr<const executor::CompletionSpec> WatermarkBehind(const std::vector<Type>& types,
                                                                Micros delay, Micros idle_timeout) {
  auto spec = std::make_shared<executor::CompletionSpec>();
  for (size_t i = 0; i < types.size(); ++i) {
    spec->given.push_back(static_cast<int>(i));
    spec->columns.push_back(Make(executor::ColumnRef{static_cast<uint32_t>(i), types[i]}));
  }
  spec->watermarked = static_cast<int>(types.size()) - 1;
  spec->watermark =
      CallOf("-", {spec->columns.back(), ConstantOf(Type::Interval(), Interval{.micros = delay})});
  spec->settings = std::make_shared<const Settings>();
  spec->idle_timeout = idle_timeout;
  return spec;
}

std::optional<Micros> RandomTime(Micros& progress, testing::RandomData& random) {
  if (progress == 0) progress = kFirstTime;
  progress += random.Between(0, 3) * kSecond;
  if (random.Chance(4)) return std::nullopt;
  if (random.Chance(2)) return progress + random.Between(30, 90) * kSecond;
  if (random.Chance(5)) return progress - random.Between(60, 200) * kSecond;
  const Micros time = progress - random.Between(0, 12) * kSecond;
  return random.Chance(80) ? time : time + random.Between(-999'999, 999'999);
}

RandomView MakeWindowView(ObjectId id, const Relation& stream, size_t number,
                          testing::RandomData& random) {
  WindowQuery query{.stream = number};
  query.size = random.Between(1, 30) * kSecond;
  query.slide = query.size;
  if (random.Chance(50)) query.slide = random.Between(1, 20) * kSecond;
  if (random.Chance(30)) query.offset = random.Between(-100'000'000, 100'000'000);
  query.closes = random.Chance(70);
  query.by_key = random.Chance(50);
  query.in_two_steps = random.Chance(60);
  query.in_slices = query.slide < query.size && random.Chance(70);
  query.spreads_late = random.Chance(50);
  if (random.Chance(30)) query.least_key = random.Between(0, 6);
  query.column = static_cast<WindowQuery::Column>(random.Below(3));
  if (query.closes) query.above = static_cast<WindowQuery::Above>(random.Below(3));
  if (query.above == WindowQuery::Above::kWindows) {
    query.column = WindowQuery::Column::kTime;
    query.outer_size = random.Between(1, 60) * kSecond;
  }
  return ViewBuilder(query, stream).Build(id);
}

WindowAnswer AnswerOf(const WindowQuery& query, const StreamLog& log, const Cuts& cuts,
                      uint32_t generation) {
  using Above = WindowQuery::Above;
  Model model(query, log, generation);
  for (const auto& [epoch, cut] : cuts) model.Read(cut);
  WindowAnswer answer;
  answer.late = query.closes ? model.late : 0;
  answer.problem = model.problem;
  const Micros reached = model.reached;
  std::map<Micros, Counted> above;
  for (const auto& [key, counted] : model.groups) {
    const Window& window = key.second;
    if (query.closes && window.end > reached) continue;
    const Micros value = ValueOf(window, query.column);
    if (query.above == Above::kSameWindow) {
      above[value].Add(counted.count);
    } else if (query.above == Above::kWindows) {
      for (const Window& outer : WindowsAt(value, query.outer_size, query.outer_size, 0)) {
        if (outer.end <= reached) above[outer.end].Add(counted.count);
      }
    } else {
      std::vector<std::pair<Type, int64_t>> row;
      if (key.first) row.emplace_back(Type::Int8(), *key.first);
      row.emplace_back(Type::TimestampTz(), value);
      for (const int64_t a : {counted.count, counted.least, counted.most}) {
        row.emplace_back(Type::Int8(), a);
      }
      AddRow(row, answer.rows);
    }
  }
  for (const auto& [window, counted] : above) {
    AddRow({{Type::TimestampTz(), window},
            {Type::Int8(), counted.count},
            {Type::Int8(), counted.most}},
           answer.rows);
  }
  return answer;
}

}  // namespace riverrun::simulation
