#include "types/codec/batch_codec.h"

#include <algorithm>

namespace riverrun {
namespace {

constexpr uint8_t kFormat = 1;  // of a batch; raised when the bytes change meaning
constexpr int kTypeDepthMax = 16;

enum BatchFlag : uint8_t { kHasWeights = 1, kHasErrors = 2 };
enum ColumnFlag : uint8_t { kIsConstant = 1, kHasNulls = 2 };
enum class MessageTag : uint8_t { kBatch, kEpochOpen, kWatermark, kBarrier };

void AppendBuffer(const Buffer& buffer, size_t bytes, std::string& out) {
  out.append(buffer.as<char>(), bytes);
}

// REQUIRES no dictionary.
void AppendColumn(const Column& column, uint32_t rows, std::string& out) {
  const bool constant = column.encoding == Encoding::kConstant;
  const uint32_t values = constant ? 1 : rows;
  AppendType(column.type, out);
  out.push_back(static_cast<char>((constant ? kIsConstant : 0) |
                                  (column.nulls != nullptr ? kHasNulls : 0)));
  if (column.nulls != nullptr) AppendBuffer(*column.nulls, NullBytes(values), out);
  if (column.scales != nullptr) AppendBuffer(*column.scales, values, out);
  if (!IsStringKind(column.type.kind)) {
    const size_t width = PhysicalWidth(column.type.kind);
    if (width > 0) AppendBuffer(*column.values, values * width, out);
    return;
  }
  const auto* strings = column.values->as<StringRef>();
  for (uint32_t i = 0; i < values; ++i) AppendVarint(out, strings[i].size());
  for (uint32_t i = 0; i < values; ++i) out.append(strings[i].view());
}

BufferRef ReadBuffer(ByteReader& in, size_t bytes, MemoryBudget* budget) {
  const std::string_view from = in.Bytes(bytes);
  auto buffer = Buffer::Allocate(from.size(), budget);
  if (!from.empty()) std::memcpy(buffer->mutable_as<char>(), from.data(), from.size());
  return buffer;
}

void ReadStrings(ByteReader& in, uint32_t count, Column& out, MemoryBudget* budget) {
  std::vector<uint32_t> sizes(count);
  size_t total = 0;
  for (uint32_t& size : sizes) {
    const uint64_t read = in.Varint();
    if (read > in.remaining()) in.Fail();
    size = static_cast<uint32_t>(read);
    total += size;
  }
  auto values = Buffer::AllocateZeroed(count * sizeof(StringRef), budget);
  BufferRef heap = ReadBuffer(in, in.ok() ? total : 0, budget);
  if (!in.ok()) return;
  const char* next = heap->as<char>();
  for (uint32_t i = 0; i < count; ++i) {
    values->mutable_as<StringRef>()[i] = StringRef({next, sizes[i]});
    next += sizes[i];
  }
  out.values = std::move(values);
  out.pins.push_back(std::move(heap));
}

Column ReadColumn(ByteReader& in, uint32_t rows, MemoryBudget* budget) {
  Column out;
  out.type = ReadType(in);
  const auto flags = in.Fixed<uint8_t>();
  if ((flags & kIsConstant) != 0) out.encoding = Encoding::kConstant;
  const uint32_t values = (flags & kIsConstant) != 0 ? 1 : rows;
  if ((flags & kHasNulls) != 0) out.nulls = ReadBuffer(in, NullBytes(values), budget);
  if (out.type.kind == TypeKind::kNumeric) out.scales = ReadBuffer(in, values, budget);
  if (IsStringKind(out.type.kind)) {
    ReadStrings(in, values, out, budget);
  } else {
    out.values = ReadBuffer(in, values * PhysicalWidth(out.type.kind), budget);
  }
  return out;
}

void AppendErrors(const ErrorLane& errors, std::string& out) {
  AppendVarint(out, errors.size());
  for (const EvalError& entry : errors) {
    AppendFixed(out, entry.row);
    AppendFixed(out, entry.error.sqlstate);
    AppendSized(out, entry.error.text);
    AppendSized(out, entry.error.detail);
    AppendSized(out, entry.error.hint);
  }
}

ErrorLane ReadErrors(ByteReader& in, uint32_t rows) {
  ErrorLane errors;
  for (uint64_t left = in.Count(10); left > 0; --left) {
    EvalError entry;
    entry.row = in.Fixed<uint16_t>();
    entry.error.sqlstate = in.Fixed<SqlState>();
    entry.error.text = in.Sized();
    entry.error.detail = in.Sized();
    entry.error.hint = in.Sized();
    if (entry.row >= rows || (!errors.empty() && errors.back().row >= entry.row)) in.Fail();
    errors.push_back(std::move(entry));
  }
  return errors;
}

void AppendEpochInfo(const EpochInfo& info, std::string& out) {
  AppendFixed(out, info.epoch);
  AppendFixed(out, info.now);
}

EpochInfo ReadEpochInfo(ByteReader& in) {
  const auto epoch = in.Fixed<Epoch>();
  return {epoch, in.Fixed<Micros>()};
}

Type ReadTypeAt(ByteReader& in, int depth) {
  Type type;
  const auto kind = in.Fixed<uint8_t>();
  if (kind > static_cast<uint8_t>(TypeKind::kOid) || depth > kTypeDepthMax) {
    in.Fail();
    return type;
  }
  type.kind = static_cast<TypeKind>(kind);
  type.oid = static_cast<uint32_t>(in.Varint());
  type.precision = in.Fixed<uint8_t>();
  type.scale = in.Fixed<uint8_t>();
  type.typmod = in.Fixed<int32_t>();
  if (type.kind != TypeKind::kArray && type.kind != TypeKind::kRow) return type;
  std::vector<Type> children;
  for (uint64_t left = in.Count(8); left > 0; --left) children.push_back(ReadTypeAt(in, depth + 1));
  if (type.kind == TypeKind::kArray && children.size() != 1) in.Fail();
  if (!in.ok()) return Type::Null();
  type.children = std::make_shared<const std::vector<Type>>(std::move(children));
  return type;
}

}  // namespace

void AppendType(const Type& type, std::string& out) {
  out.push_back(static_cast<char>(type.kind));
  AppendVarint(out, type.oid);
  AppendFixed(out, type.precision);
  AppendFixed(out, type.scale);
  AppendFixed(out, type.typmod);
  if (type.children == nullptr) return;
  AppendVarint(out, type.children->size());
  for (const Type& child : *type.children) AppendType(child, out);
}

Type ReadType(ByteReader& in) { return ReadTypeAt(in, 0); }

void AppendBatch(const Batch& given, std::string& out) {
  const Batch batch = Compact(given);
  out.push_back(static_cast<char>(kFormat));
  out.push_back(static_cast<char>((batch.weights != nullptr ? kHasWeights : 0) |
                                  (!batch.errors.empty() ? kHasErrors : 0)));
  AppendVarint(out, batch.rows);
  AppendVarint(out, batch.columns.size());
  for (const Column& column : batch.columns) {
    AppendColumn(WithoutDictionary(column, batch.rows), batch.rows, out);
  }
  if (batch.weights != nullptr) AppendBuffer(*batch.weights, batch.rows * sizeof(Weight), out);
  if (!batch.errors.empty()) AppendErrors(batch.errors, out);
}

Batch ReadBatch(ByteReader& in, MemoryBudget* budget) {
  Batch out;
  if (in.Fixed<uint8_t>() != kFormat) in.Fail();
  const auto flags = in.Fixed<uint8_t>();
  const uint64_t rows = in.Varint();
  if (rows > kBatchRowsMax) in.Fail();
  out.rows = in.ok() ? static_cast<uint32_t>(rows) : 0;
  for (uint64_t left = in.Count(9); left > 0; --left) {
    out.columns.push_back(ReadColumn(in, out.rows, budget));
    if (!in.ok()) return {};
  }
  if ((flags & kHasWeights) != 0) out.weights = ReadBuffer(in, out.rows * sizeof(Weight), budget);
  if ((flags & kHasErrors) != 0) out.errors = ReadErrors(in, out.rows);
  return in.ok() ? std::move(out) : Batch{};
}

void AppendMessage(const Message& message, std::string& out) {
  const auto tag = [&](MessageTag value) { out.push_back(static_cast<char>(value)); };
  if (const auto* batch = std::get_if<Batch>(&message)) {
    tag(MessageTag::kBatch);
    AppendBatch(*batch, out);
  } else if (const auto* open = std::get_if<EpochOpen>(&message)) {
    tag(MessageTag::kEpochOpen);
    AppendEpochInfo(open->info, out);
  } else if (const auto* mark = std::get_if<Watermark>(&message)) {
    tag(MessageTag::kWatermark);
    AppendFixed(out, mark->column);
    AppendFixed(out, mark->time);
  } else {
    const auto& barrier = std::get<Barrier>(message);
    tag(MessageTag::kBarrier);
    AppendEpochInfo(barrier.info, out);
    out.push_back(static_cast<char>(barrier.checkpoint | barrier.final << 1));
  }
}

Result<Message> ParseMessage(std::string_view bytes, MemoryBudget* budget) {
  ByteReader in(bytes);
  Message message;
  switch (static_cast<MessageTag>(in.Fixed<uint8_t>())) {
    case MessageTag::kBatch: message = ReadBatch(in, budget); break;
    case MessageTag::kEpochOpen: message = EpochOpen{ReadEpochInfo(in)}; break;
    case MessageTag::kWatermark: {
      const auto column = in.Fixed<uint16_t>();
      message = Watermark{column, in.Fixed<Micros>()};
      break;
    }
    case MessageTag::kBarrier: {
      const EpochInfo info = ReadEpochInfo(in);
      const auto flags = in.Fixed<uint8_t>();
      message = Barrier{info, (flags & 1) != 0, (flags & 2) != 0};
      break;
    }
    default: in.Fail();
  }
  if (!in.done()) return Fail(sqlstate::kDataCorrupted, "bytes are not a message");
  return message;
}

}  // namespace riverrun
