#include "storage/journal_record.h"

#include "types/codec/batch_codec.h"

namespace riverrun::storage {
namespace {

constexpr uint8_t kFormat = 1;  // of a record; raised when the bytes change meaning

// What one entry takes at least.
constexpr size_t kPositionBytes = 29;
constexpr size_t kDeltaBytesMin = 8;

void Append(const CommitRecord& commit, std::string& out) {
  AppendVarint(out, commit.transaction);
  AppendFixed(out, commit.time);
  AppendVarint(out, commit.ddl.size());
  for (const std::string& change : commit.ddl) AppendSized(out, change);
  AppendVarint(out, commit.deltas.size());
  for (const TableDelta& delta : commit.deltas) {
    AppendFixed(out, delta.table.value);
    AppendFixed(out, delta.partition);
    AppendBatch(delta.rows, out);
  }
}

void Append(const CutRecord& cut, std::string& out) {
  AppendFixed(out, cut.info.epoch);
  AppendFixed(out, cut.info.now);
  AppendFixed(out, cut.commits_before);
  AppendVarint(out, cut.positions.size());
  for (const Position& position : cut.positions) AppendPosition(position, out);
}

void Append(const CheckpointRecord& checkpoint, std::string& out) {
  AppendFixed(out, checkpoint.id);
  AppendFixed(out, checkpoint.epoch);
  AppendFixed(out, checkpoint.redo_from);
}

CommitRecord ReadCommit(ByteReader& in, MemoryBudget* budget) {
  CommitRecord commit;
  commit.transaction = in.Varint();
  commit.time = in.Fixed<Micros>();
  for (uint64_t left = in.Count(1); left > 0; --left) commit.ddl.emplace_back(in.Sized());
  for (uint64_t left = in.Count(kDeltaBytesMin); left > 0 && in.ok(); --left) {
    TableDelta& delta = commit.deltas.emplace_back();
    delta.table.value = in.Fixed<uint32_t>();
    delta.partition = in.Fixed<int32_t>();
    delta.rows = ReadBatch(in, budget);
  }
  return commit;
}

CutRecord ReadCut(ByteReader& in) {
  CutRecord cut;
  cut.info.epoch = in.Fixed<Epoch>();
  cut.info.now = in.Fixed<Micros>();
  cut.commits_before = in.Fixed<Lsn>();
  for (uint64_t left = in.Count(kPositionBytes); left > 0; --left) {
    cut.positions.push_back(ReadPosition(in));
  }
  return cut;
}

CheckpointRecord ReadCheckpoint(ByteReader& in) {
  CheckpointRecord checkpoint;
  checkpoint.id = in.Fixed<CheckpointId>();
  checkpoint.epoch = in.Fixed<Epoch>();
  checkpoint.redo_from = in.Fixed<Lsn>();
  return checkpoint;
}

}  // namespace

void AppendPosition(const Position& position, std::string& out) {
  AppendFixed(out, position.source.value);
  AppendFixed(out, position.partition);
  AppendFixed(out, position.generation);
  AppendFixed(out, position.offset);
  AppendFixed(out, position.watermark);
  out.push_back(position.idle ? 1 : 0);
}

Position ReadPosition(ByteReader& in) {
  Position position;
  position.source.value = in.Fixed<uint32_t>();
  position.partition = in.Fixed<int32_t>();
  position.generation = in.Fixed<uint32_t>();
  position.offset = in.Fixed<int64_t>();
  position.watermark = in.Fixed<Micros>();
  const auto idle = in.Fixed<uint8_t>();
  if (idle > 1) in.Fail();
  position.idle = idle == 1;
  return position;
}

std::string Serialize(const JournalRecord& record) {
  std::string out;
  AppendFixed(out, kFormat);
  AppendFixed(out, static_cast<uint8_t>(record.index()));
  std::visit([&out](const auto& alternative) { Append(alternative, out); }, record);
  return out;
}

Result<JournalRecord> ParseJournalRecord(std::string_view bytes, MemoryBudget* budget) {
  ByteReader in(bytes);
  const auto format = in.Fixed<uint8_t>();
  if (in.ok() && format > kFormat) {
    return Fail(sqlstate::kFeatureNotSupported,
                "journal record has format " + std::to_string(format) + ", newer than " +
                    std::to_string(kFormat) + ", the newest that this server reads");
  }
  if (format != kFormat) in.Fail();
  JournalRecord record;
  switch (in.Fixed<uint8_t>()) {
    case 0:
      record = ReadCommit(in, budget);
      break;
    case 1:
      record = ReadCut(in);
      break;
    case 2:
      record = ReadCheckpoint(in);
      break;
    default:
      in.Fail();
  }
  if (!in.done()) return Fail(sqlstate::kDataCorrupted, "journal record does not decode");
  return record;
}

}  // namespace riverrun::storage
