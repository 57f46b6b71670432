#include "storage/catalog/catalog_change.h"

#include "types/codec/batch_codec.h"
#include "types/codec/bytes.h"

// A change is: format (1 byte), kind (1 byte), body. A later server may append members to an
// object's body and raise the format; it goes on reading the older ones.
namespace riverrun::storage {
namespace {

// 2: an object ends with the starts of a stream. 3: they say whether the stream had failed; then
// come the generations from which on a view reads streams.
constexpr uint8_t kFormat = 3;

enum class ChangeKind : uint8_t { kCreate = 1, kDrop, kAlter, kReserveEpochs, kReserveIds };

template <class T>
void AppendPositions(const std::vector<T>& positions, std::string& out) {
  AppendVarint(out, positions.size());
  for (const T position : positions) AppendFixed(out, position);
}

template <class T>
std::vector<T> ReadPositions(ByteReader& in) {
  std::vector<T> positions(in.Count(sizeof(T)));
  for (T& position : positions) position = in.Fixed<T>();
  return positions;
}

void AppendFlag(std::string& out, bool flag) { AppendFixed(out, static_cast<uint8_t>(flag)); }

bool ReadFlag(ByteReader& in) {
  const auto flag = in.Fixed<uint8_t>();
  if (flag > 1) in.Fail();
  return flag == 1;
}

// An enumerator of at most `last`.
template <class E>
E ReadEnum(ByteReader& in, E last) {
  const auto value = in.Fixed<uint8_t>();
  if (value > static_cast<uint8_t>(last)) in.Fail();
  return in.ok() ? static_cast<E>(value) : E{};
}

std::string ReadString(ByteReader& in) { return std::string(in.Sized()); }

void AppendColumn(const CatalogColumn& column, std::string& out) {
  AppendSized(out, column.name);
  AppendType(column.type, out);
  AppendFlag(out, column.not_null);
  AppendSized(out, column.default_sql);
  AppendFixed(out, column.generated);
  AppendSized(out, column.generated_from);
}

CatalogColumn ReadColumn(ByteReader& in) {
  CatalogColumn column;
  column.name = ReadString(in);
  column.type = ReadType(in);
  column.not_null = ReadFlag(in);
  column.default_sql = ReadString(in);
  column.generated = ReadEnum(in, GeneratedColumn::kMetadata);
  column.generated_from = ReadString(in);
  return column;
}

void AppendDefinitions(const CatalogObject& object, std::string& out) {
  AppendFlag(out, object.watermark.has_value());
  if (object.watermark) {
    AppendFixed(out, object.watermark->column);
    AppendSized(out, object.watermark->expression_sql);
  }
  AppendFlag(out, object.role.has_value());
  if (object.role) {
    AppendFlag(out, object.role->superuser);
    AppendFlag(out, object.role->login);
    AppendFlag(out, object.role->create_role);
    AppendSized(out, object.role->password_verifier);
  }
  AppendFlag(out, object.index.has_value());
  if (object.index) {
    AppendFixed(out, object.index->on.value);
    AppendPositions(object.index->columns, out);
    AppendFlag(out, object.index->unique);
  }
}

void ReadDefinitions(ByteReader& in, CatalogObject& object) {
  if (ReadFlag(in)) {
    object.watermark.emplace();
    object.watermark->column = in.Fixed<int32_t>();
    object.watermark->expression_sql = ReadString(in);
  }
  if (ReadFlag(in)) {
    object.role.emplace();
    object.role->superuser = ReadFlag(in);
    object.role->login = ReadFlag(in);
    object.role->create_role = ReadFlag(in);
    object.role->password_verifier = ReadString(in);
  }
  if (ReadFlag(in)) {
    object.index.emplace();
    object.index->on = ObjectId{in.Fixed<uint32_t>()};
    object.index->columns = ReadPositions<int32_t>(in);
    object.index->unique = ReadFlag(in);
  }
}

void AppendObject(const CatalogObject& object, std::string& out) {
  AppendFixed(out, object.id.value);
  AppendFixed(out, object.kind);
  AppendSized(out, object.schema);
  AppendSized(out, object.name);
  AppendFixed(out, object.owner.value);
  AppendFixed(out, object.version);
  AppendSized(out, object.comment);
  AppendVarint(out, object.columns.size());
  for (const CatalogColumn& column : object.columns) AppendColumn(column, out);
  AppendPositions(object.primary_key, out);
  AppendSized(out, object.primary_key_name);
  AppendSized(out, object.sql);
  AppendVarint(out, object.settings.size());
  for (const auto& [name, value] : object.settings) {
    AppendSized(out, name);
    AppendSized(out, value);
  }
  AppendVarint(out, object.options.size());
  for (const CatalogOption& option : object.options) {
    AppendSized(out, option.name);
    AppendSized(out, option.value);
    AppendFlag(out, option.secret);
  }
  AppendVarint(out, object.dependencies.size());
  for (const ObjectId id : object.dependencies) AppendFixed(out, id.value);
  AppendSized(out, object.dataflow);
  AppendDefinitions(object, out);
  AppendVarint(out, object.starts.size());
  for (const StreamStart& start : object.starts) {
    AppendFixed(out, start.generation);
    AppendFixed(out, start.partition);
    AppendFixed(out, start.offset);
    AppendFlag(out, start.after_failure);
  }
  AppendVarint(out, object.reads_from.size());
  for (const auto& [stream, generation] : object.reads_from) {
    AppendFixed(out, stream.value);
    AppendFixed(out, generation);
  }
}

std::shared_ptr<const CatalogObject> ReadObject(ByteReader& in, uint8_t format) {
  auto object = std::make_shared<CatalogObject>();
  object->id = ObjectId{in.Fixed<uint32_t>()};
  object->kind = ReadEnum(in, ObjectKind::kRole);
  object->schema = ReadString(in);
  object->name = ReadString(in);
  object->owner = ObjectId{in.Fixed<uint32_t>()};
  object->version = in.Fixed<uint32_t>();
  object->comment = ReadString(in);
  for (uint64_t left = in.Count(1); left > 0 && in.ok(); --left) {
    object->columns.push_back(ReadColumn(in));
  }
  object->primary_key = ReadPositions<int32_t>(in);
  object->primary_key_name = ReadString(in);
  object->sql = ReadString(in);
  for (uint64_t left = in.Count(2); left > 0 && in.ok(); --left) {
    std::string name = ReadString(in);
    object->settings.emplace_back(std::move(name), ReadString(in));
  }
  for (uint64_t left = in.Count(3); left > 0 && in.ok(); --left) {
    CatalogOption option;
    option.name = ReadString(in);
    option.value = ReadString(in);
    option.secret = ReadFlag(in);
    object->options.push_back(std::move(option));
  }
  for (const uint32_t id : ReadPositions<uint32_t>(in)) object->dependencies.push_back({id});
  object->dataflow = ReadString(in);
  ReadDefinitions(in, *object);
  if (format < 2) return object;
  for (uint64_t left = in.Count(16); left > 0 && in.ok(); --left) {
    StreamStart start;
    start.generation = in.Fixed<uint32_t>();
    start.partition = in.Fixed<int32_t>();
    start.offset = in.Fixed<int64_t>();
    if (format >= 3) start.after_failure = ReadFlag(in);
    object->starts.push_back(start);
  }
  if (format < 3) return object;
  for (uint64_t left = in.Count(8); left > 0 && in.ok(); --left) {
    const ObjectId stream{in.Fixed<uint32_t>()};
    object->reads_from.emplace_back(stream, in.Fixed<uint32_t>());
  }
  return object;
}

struct BodyWriter {
  std::string& out;
  void Kind(ChangeKind kind) const { AppendFixed(out, kind); }

  void operator()(const CreateObject& create) const {
    Kind(ChangeKind::kCreate);
    AppendObject(*create.object, out);
  }
  void operator()(const DropObject& drop) const {
    Kind(ChangeKind::kDrop);
    AppendFixed(out, drop.id.value);
  }
  void operator()(const AlterObject& alter) const {
    Kind(ChangeKind::kAlter);
    AppendObject(*alter.object, out);
  }
  void operator()(const ReserveEpochs& epochs) const {
    Kind(ChangeKind::kReserveEpochs);
    AppendFixed(out, epochs.end);
  }
  void operator()(const ReserveIds& ids) const {
    Kind(ChangeKind::kReserveIds);
    AppendFixed(out, ids.objects_end);
    AppendFixed(out, ids.operators_end);
  }
};

CatalogChange ReadBody(ByteReader& in, uint8_t format) {
  switch (static_cast<ChangeKind>(in.Fixed<uint8_t>())) {
    case ChangeKind::kCreate:
      return CreateObject{ReadObject(in, format)};
    case ChangeKind::kDrop: return DropObject{ObjectId{in.Fixed<uint32_t>()}};
    case ChangeKind::kAlter:
      return AlterObject{ReadObject(in, format)};
    case ChangeKind::kReserveEpochs: return ReserveEpochs{in.Fixed<Epoch>()};
    case ChangeKind::kReserveIds: {
      const auto objects = in.Fixed<uint32_t>();
      return ReserveIds{objects, in.Fixed<uint32_t>()};
    }
  }
  in.Fail();
  return DropObject{};
}

}  // namespace

bool operator==(const CatalogChange& a, const CatalogChange& b) {
  return Serialize(a) == Serialize(b);
}

std::string Serialize(const CatalogChange& change) {
  std::string out;
  AppendFixed(out, kFormat);
  std::visit(BodyWriter{out}, change);
  return out;
}

Result<CatalogChange> ParseCatalogChange(std::string_view bytes) {
  ByteReader in(bytes);
  const auto format = in.Fixed<uint8_t>();
  if (in.ok() && format > kFormat) {
    Error error{sqlstate::kFeatureNotSupported,
                "catalog change has format " + std::to_string(format) +
                    ", but this server reads formats up to " + std::to_string(kFormat)};
    error.hint = "Start the newer version that wrote this data directory.";
    return std::unexpected(std::move(error));
  }
  if (format == 0) in.Fail();
  CatalogChange change = ReadBody(in, format);
  if (!in.done()) return Fail(sqlstate::kDataCorrupted, "catalog change is damaged");
  return change;
}

}  // namespace riverrun::storage
