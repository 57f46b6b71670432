// Stored dataflows as bytes. The number of an operator kind, and the order of its fields, never
// change; what is new is added at the end under a new format.

#include <algorithm>

#include "executor/dataflow.h"
#include "types/codec/batch_codec.h"
#include "types/codec/bytes.h"

namespace riverrun::executor {
namespace {

// Order as in OperatorSpec, but written down: a variant's index is no promise.
enum class SpecTag : uint8_t {
  kSource = 1,
  kFilter = 2,
  kProject = 3,
  kUnion = 4,
  kAggregate = 5,
  kTopN = 6,
  kLimit = 7,
  kMaterialize = 8,
  kValues = 9,
  kWindow = 10,
  kCloseGroups = 11,
  kPartialAggregate = 12,
};

// The flags of a window: whether it closes, and its mode.
constexpr uint8_t kWindowCloses = 1;
constexpr int kWindowModeShift = 1;

void AppendTag(SpecTag tag, std::string& out) { out.push_back(static_cast<char>(tag)); }

void AppendColumns(const std::vector<int>& columns, std::string& out) {
  AppendVarint(out, columns.size());
  for (const int column : columns) AppendVarint(out, static_cast<uint64_t>(column));
}

std::vector<int> ReadColumns(ByteReader& in) {
  std::vector<int> columns;
  for (uint64_t left = in.Count(1); left > 0; --left) {
    const uint64_t column = in.Varint();
    if (column > UINT16_MAX) in.Fail();
    columns.push_back(static_cast<int>(column));
  }
  return columns;
}

template <class T>
void AppendOptional(const std::optional<T>& value, std::string& out) {
  out.push_back(value ? 1 : 0);
  if (value) AppendVarint(out, static_cast<uint64_t>(*value));
}

template <class T>
std::optional<T> ReadOptional(ByteReader& in) {
  if (in.Fixed<uint8_t>() == 0) return std::nullopt;
  return static_cast<T>(in.Varint());
}

void AppendCalls(const std::vector<AggregateCall>& calls, std::string& out) {
  AppendVarint(out, calls.size());
  for (const AggregateCall& call : calls) {
    AppendSized(out, call.signature);
    AppendColumns(call.arguments, out);
    AppendOptional(call.filter, out);
    AppendType(call.result, out);
  }
}

struct SpecWriter {
  std::string& out;

  void operator()(const SourceSpec& s) {
    CHECK(s.key.empty(), "a lookup is not stored");
    AppendTag(SpecTag::kSource, out);
    AppendVarint(out, s.object.value);
    AppendColumns(s.columns, out);
  }
  void operator()(const FilterSpec& s) {
    AppendTag(SpecTag::kFilter, out);
    AppendExpression(*s.predicate, out);
  }
  void operator()(const ProjectSpec& s) {
    AppendTag(SpecTag::kProject, out);
    AppendVarint(out, s.outputs.size());
    for (const ExpressionRef& output : s.outputs) AppendExpression(*output, out);
  }
  void operator()(const UnionSpec&) { AppendTag(SpecTag::kUnion, out); }
  void operator()(const AggregateSpec& s) {
    AppendTag(SpecTag::kAggregate, out);
    AppendColumns(s.keys, out);
    AppendCalls(s.calls, out);
    out.push_back(static_cast<char>(s.append_only | s.global << 1));
  }
  void operator()(const TopNSpec& s) {
    AppendTag(SpecTag::kTopN, out);
    AppendVarint(out, s.order.size());
    for (const SortColumn& key : s.order) {
      AppendVarint(out, static_cast<uint64_t>(key.column));
      out.push_back(static_cast<char>(key.descending | key.nulls_first << 1));
    }
    AppendVarint(out, s.offset);
    AppendOptional(s.limit, out);
  }
  void operator()(const LimitSpec& s) {
    AppendTag(SpecTag::kLimit, out);
    AppendVarint(out, s.offset);
    AppendVarint(out, s.limit);
  }
  void operator()(const MaterializeSpec& s) {
    AppendTag(SpecTag::kMaterialize, out);
    AppendVarint(out, s.view.value);
    AppendColumns(s.key, out);
  }
  void operator()(const ValuesSpec& s) {
    AppendTag(SpecTag::kValues, out);
    AppendVarint(out, s.rows.size());
    for (const std::vector<Value>& row : s.rows) {
      AppendVarint(out, row.size());
      for (const Value& value : row) AppendExpression(Expression{Constant{value}}, out);
    }
  }
  void operator()(const WindowSpec& s) {
    AppendTag(SpecTag::kWindow, out);
    AppendVarint(out, static_cast<uint64_t>(s.time));
    AppendFixed(out, s.size);
    AppendFixed(out, s.slide);
    AppendFixed(out, s.offset);
    const int mode = static_cast<int>(s.mode) << kWindowModeShift;
    out.push_back(static_cast<char>((s.closes ? kWindowCloses : 0) | mode));
    AppendOptional(s.row_watermark, out);
  }
  void operator()(const CloseGroupsSpec& s) {
    AppendTag(SpecTag::kCloseGroups, out);
    AppendColumns(s.keys, out);
    AppendCalls(s.calls, out);
    AppendVarint(out, static_cast<uint64_t>(s.window));
  }
  void operator()(const PartialAggregateSpec& s) {
    AppendTag(SpecTag::kPartialAggregate, out);
    AppendColumns(s.keys, out);
    AppendCalls(s.calls, out);
  }
};

ObjectId ReadObjectId(ByteReader& in) { return {static_cast<uint32_t>(in.Varint())}; }

int ReadColumn(ByteReader& in) {
  const uint64_t column = in.Varint();
  if (column > UINT16_MAX) in.Fail();
  return static_cast<int>(column);
}

std::vector<AggregateCall> ReadCalls(ByteReader& in) {
  std::vector<AggregateCall> calls;
  for (uint64_t left = in.Count(8); left > 0; --left) {
    AggregateCall call;
    call.signature = in.Sized();
    call.arguments = ReadColumns(in);
    call.filter = ReadOptional<int>(in);
    call.result = ReadType(in);
    calls.push_back(std::move(call));
  }
  return calls;
}

AggregateSpec ReadAggregate(ByteReader& in) {
  AggregateSpec s;
  s.keys = ReadColumns(in);
  s.calls = ReadCalls(in);
  const auto flags = in.Fixed<uint8_t>();
  s.append_only = (flags & 1) != 0;
  s.global = (flags & 2) != 0;
  return s;
}

WindowSpec ReadWindow(ByteReader& in) {
  WindowSpec s;
  s.time = ReadColumn(in);
  s.size = in.Fixed<Micros>();
  s.slide = in.Fixed<Micros>();
  s.offset = in.Fixed<Micros>();
  const auto flags = in.Fixed<uint8_t>();
  s.closes = (flags & kWindowCloses) != 0;
  if (flags >> kWindowModeShift > static_cast<int>(WindowSpec::Mode::kWindowsOfSlices)) in.Fail();
  s.mode = static_cast<WindowSpec::Mode>(flags >> kWindowModeShift);
  s.row_watermark = ReadOptional<int>(in);
  return s;
}

CloseGroupsSpec ReadCloseGroups(ByteReader& in) {
  CloseGroupsSpec s;
  s.keys = ReadColumns(in);
  s.calls = ReadCalls(in);
  s.window = ReadColumn(in);
  return s;
}

PartialAggregateSpec ReadPartialAggregate(ByteReader& in) {
  PartialAggregateSpec s;
  s.keys = ReadColumns(in);
  s.calls = ReadCalls(in);
  return s;
}

TopNSpec ReadTopN(ByteReader& in) {
  TopNSpec s;
  for (uint64_t left = in.Count(2); left > 0; --left) {
    SortColumn key;
    key.column = static_cast<int>(in.Varint());
    const auto flags = in.Fixed<uint8_t>();
    key.descending = (flags & 1) != 0;
    key.nulls_first = (flags & 2) != 0;
    s.order.push_back(key);
  }
  s.offset = in.Varint();
  s.limit = ReadOptional<uint64_t>(in);
  return s;
}

Result<ProjectSpec> ReadProject(ByteReader& in, const FunctionRegistry& registry) {
  ProjectSpec s;
  for (uint64_t left = in.Count(1); left > 0; --left) {
    Result<ExpressionRef> output = ReadExpression(in, registry);
    if (!output) return std::unexpected(output.error());
    s.outputs.push_back(std::move(*output));
  }
  return s;
}

Result<ValuesSpec> ReadValues(ByteReader& in, const FunctionRegistry& registry) {
  ValuesSpec s;
  for (uint64_t rows = in.Count(1); rows > 0; --rows) {
    std::vector<Value> row;
    for (uint64_t left = in.Count(1); left > 0; --left) {
      Result<ExpressionRef> cell = ReadExpression(in, registry);
      if (!cell) return std::unexpected(cell.error());
      const auto* constant = std::get_if<Constant>(&(*cell)->node);
      if (constant == nullptr) {
        in.Fail();
        break;
      }
      row.push_back(constant->value);
    }
    s.rows.push_back(std::move(row));
  }
  return s;
}

Result<OperatorSpec> ReadSpec(ByteReader& in, const FunctionRegistry& registry) {
  switch (static_cast<SpecTag>(in.Fixed<uint8_t>())) {
    case SpecTag::kSource: {
      const ObjectId object = ReadObjectId(in);
      return SourceSpec{object, ReadColumns(in)};
    }
    case SpecTag::kFilter: {
      Result<ExpressionRef> predicate = ReadExpression(in, registry);
      if (!predicate) return std::unexpected(predicate.error());
      return FilterSpec{std::move(*predicate)};
    }
    case SpecTag::kProject: return ReadProject(in, registry);
    case SpecTag::kUnion: return UnionSpec{};
    case SpecTag::kAggregate: return ReadAggregate(in);
    case SpecTag::kTopN: return ReadTopN(in);
    case SpecTag::kLimit: {
      const uint64_t offset = in.Varint();
      return LimitSpec{offset, in.Varint()};
    }
    case SpecTag::kMaterialize: {
      const ObjectId view = ReadObjectId(in);
      return MaterializeSpec{view, ReadColumns(in)};
    }
    case SpecTag::kValues: return ReadValues(in, registry);
    case SpecTag::kWindow:
      return ReadWindow(in);
    case SpecTag::kCloseGroups:
      return ReadCloseGroups(in);
    case SpecTag::kPartialAggregate:
      return ReadPartialAggregate(in);
  }
  in.Fail();
  return UnionSpec{};
}

void AppendNode(const OperatorNode& node, std::string& out) {
  AppendVarint(out, node.id.value);
  std::visit(SpecWriter{out}, node.spec);
  AppendVarint(out, node.inputs.size());
  for (const InputRef& input : node.inputs) {
    AppendVarint(out, input.from.value);
    out.push_back(static_cast<char>(input.distribution.kind));
    AppendColumns(input.distribution.columns, out);
  }
  AppendVarint(out, node.output.size());
  for (const OutputColumn& column : node.output) {
    AppendSized(out, column.name);
    AppendType(column.type, out);
  }
  AppendFixed(out, node.state_fingerprint);
  AppendFixed(out, node.state_version);
}

Result<OperatorNode> ReadNode(ByteReader& in, const FunctionRegistry& registry) {
  OperatorNode node;
  node.id = {static_cast<uint32_t>(in.Varint())};
  Result<OperatorSpec> spec = ReadSpec(in, registry);
  if (!spec) return std::unexpected(spec.error());
  node.spec = std::move(*spec);
  for (uint64_t left = in.Count(3); left > 0; --left) {
    InputRef input;
    input.from = {static_cast<uint32_t>(in.Varint())};
    const auto kind = in.Fixed<uint8_t>();
    if (kind > static_cast<uint8_t>(Distribution::Kind::kSingleton)) in.Fail();
    input.distribution.kind = static_cast<Distribution::Kind>(kind);
    input.distribution.columns = ReadColumns(in);
    node.inputs.push_back(std::move(input));
  }
  for (uint64_t left = in.Count(9); left > 0; --left) {
    std::string name(in.Sized());
    node.output.push_back({std::move(name), ReadType(in)});
  }
  node.state_fingerprint = in.Fixed<uint64_t>();
  node.state_version = in.Fixed<uint16_t>();
  return node;
}

}  // namespace

std::string Serialize(const DataflowSpec& spec) {
  std::string out;
  AppendFixed(out, spec.format);
  AppendVarint(out, spec.nodes.size());
  for (const OperatorNode& node : spec.nodes) AppendNode(node, out);
  return out;
}

Result<DataflowSpec> ParseDataflow(std::string_view bytes, const FunctionRegistry& registry) {
  ByteReader in(bytes);
  DataflowSpec spec;
  spec.format = in.Fixed<uint16_t>();
  if (spec.format > DataflowSpec::kFormat) {
    return Fail(sqlstate::kFeatureNotSupported,
                "the stored dataflow has format " + std::to_string(spec.format) +
                    ", which a newer version of this server wrote");
  }
  for (uint64_t left = in.Count(16); left > 0; --left) {
    Result<OperatorNode> node = ReadNode(in, registry);
    if (!node) return std::unexpected(node.error());
    spec.nodes.push_back(std::move(*node));
  }
  if (!in.done()) return Fail(sqlstate::kDataCorrupted, "the stored dataflow is damaged");
  return spec;
}

}  // namespace riverrun::executor
