#include "tests/storage/commit/commit_fixture.h"

#include <gtest/gtest.h>

#include "storage/commit/table_layout.h"
#include "tests/storage/journal_fixture.h"

namespace riverrun::storage {

TestDatabase::TestDatabase(Committer::Options options) : options_(options) {
  journal_ = MustOpen(files_, SmallOptions(1 << 20, 1 << 16, 1 << 20));
  applied_ = journal_->Begin();
  committer_ = std::make_unique<Committer>(journal_.get(), &clock_, CatalogSnapshot::Initial(),
                                           options_);
}

ObjectRef TestDatabase::CreateTable(std::string name, bool with_key) {
  auto table = std::make_shared<CatalogObject>();
  table->id = committer_->AllocateObject();
  table->kind = ObjectKind::kTable;
  table->schema = "public";
  table->name = std::move(name);
  table->owner = CatalogSnapshot::kFirstRole;
  table->columns = {{.name = "id", .type = Type::Int8(), .not_null = true},
                    {.name = "text", .type = Type::Text()}};
  if (with_key) {
    table->primary_key = {0};
    table->primary_key_name = table->name + "_pkey";
  }
  WriteSet writes;
  writes.Add(CreateObject{table});
  const auto result = committer_->Commit(writes, cancel_);
  EXPECT_TRUE(result.has_value()) << ToString(result.error());
  return table;
}

ObjectRef TestDatabase::CreateStream(std::string name) {
  auto stream = std::make_shared<CatalogObject>();
  stream->id = committer_->AllocateObject();
  stream->kind = ObjectKind::kStream;
  stream->schema = "public";
  stream->name = std::move(name);
  stream->owner = CatalogSnapshot::kFirstRole;
  stream->columns = {{.name = "id", .type = Type::Int8(), .not_null = true},
                     {.name = "text", .type = Type::Text()}};
  WriteSet writes;
  writes.Add(CreateObject{stream});
  EXPECT_TRUE(committer_->Commit(writes, cancel_).has_value());
  return stream;
}

Result<void> TestDatabase::Add(WriteSet& writes, const CatalogObject& table,
                               std::span<const TestRow> rows) {
  Batch batch = MakeRows(rows);
  if (HasRowIds(table)) writes.NumberRows(table.id, batch);
  return writes.Add(table, {table.id, 0, std::move(batch)});
}

Result<CommitResult> TestDatabase::Write(const CatalogObject& table,
                                         std::initializer_list<TestRow> rows) {
  WriteSet writes;
  if (auto added = Add(writes, table, rows); !added) return std::unexpected(added.error());
  return committer_->Commit(writes, cancel_);
}

Error TestDatabase::WriteError(const CatalogObject& table, std::initializer_list<TestRow> rows) {
  const auto result = Write(table, rows);
  EXPECT_FALSE(result.has_value());
  return result ? Error{} : result.error();
}

ReadView TestDatabase::Read(const CatalogObject& table, WriteSet* overlay) {
  const ObjectId ids[] = {table.id};
  ReadView view = committer_->Newest(ids);
  view.overlay = overlay;
  return view;
}

std::vector<std::string> TestDatabase::Texts(const CatalogObject& table, WriteSet* overlay) {
  const int columns[] = {0, 1};
  auto cursor = OpenScan(Read(table, overlay), table.id, columns, std::nullopt, true);
  EXPECT_TRUE(cursor.has_value());
  return TextsOf(**cursor);
}

void TestDatabase::Publish() {
  auto reader = journal_->NewReader(applied_);
  ASSERT_TRUE(reader.has_value());
  std::map<ObjectId, std::vector<Batch>> deltas;
  for (;;) {
    auto next = (*reader)->Next();
    ASSERT_TRUE(next.has_value()) << ToString(next.error());
    if (!*next) break;
    const auto& [lsn, record] = **next;
    const auto* commit = std::get_if<CommitRecord>(&record);
    if (commit == nullptr) continue;
    for (const TableDelta& delta : commit->deltas) {
      const ObjectRef object = committer_->catalog()->Find(delta.table);
      if (object == nullptr || object->kind != ObjectKind::kTable) continue;
      Batch rows = delta.rows;
      if (HasRowIds(*object)) ResolveRowIds(rows, lsn);
      deltas[delta.table].push_back(std::move(rows));
    }
  }
  applied_ = (*reader)->position();
  ++epoch_;
  std::vector<VersionRef> versions;
  for (const ObjectRef& table : committer_->catalog()->OfKind(ObjectKind::kTable)) {
    auto& store = stores_[table->id];
    if (store == nullptr) {
      store = std::make_unique<ViewStore>(table->id, LayoutOf(*table), 1, nullptr);
    }
    store->writer(0).Apply(deltas[table->id]);
    store->writer(0).Publish(epoch_);
    store->ForgetBefore(epoch_);
    versions.push_back(store->At(epoch_));
  }
  committer_->Published(applied_, versions);
}

void TestDatabase::Recover() {
  committer_ = std::make_unique<Committer>(journal_.get(), &clock_, CatalogSnapshot::Initial(),
                                           options_);
  auto reader = journal_->NewReader(journal_->Begin());
  ASSERT_TRUE(reader.has_value());
  for (;;) {
    auto next = (*reader)->Next();
    ASSERT_TRUE(next.has_value()) << ToString(next.error());
    if (!*next) break;
    const auto* commit = std::get_if<CommitRecord>(&(*next)->second);
    if (commit == nullptr) continue;
    const auto replayed = committer_->Replay((*next)->first, *commit);
    ASSERT_TRUE(replayed.has_value()) << ToString(replayed.error());
  }
  stores_.clear();
  applied_ = journal_->Begin();
}

}  // namespace riverrun::storage
