#include "storage/commit/committer.h"

#include <algorithm>

#include "storage/commit/check_writes.h"
#include "storage/commit/table_layout.h"

namespace riverrun::storage {
namespace {

// Stored rows do not follow when their columns change.
Result<void> RefuseNewLayout(const CatalogSnapshot& before, const CatalogChange& change) {
  const auto* alter = std::get_if<AlterObject>(&change);
  if (alter == nullptr || alter->object->kind != ObjectKind::kTable) return {};
  const ObjectRef old = before.Find(alter->object->id);
  if (old == nullptr || LayoutOf(*old) == LayoutOf(*alter->object)) return {};
  return Fail(sqlstate::kFeatureNotSupported,
              "changing the columns of table \"" + old->name + "\" is not supported yet");
}

Error Altered(std::string_view what) {
  return {sqlstate::kSerializationFailure,
          std::string(what) + " was altered or dropped by another transaction", {},
          "Run the transaction again."};
}

}  // namespace

// Lets a statement that is evaluated inside read what the lock guards.
class Committer::Evaluation final : public Inside {
 public:
  explicit Evaluation(Committer* committer) : committer_(committer) {}
  ReadView Newest(std::span<const ObjectId> tables) override {
    return committer_->NewestLocked(tables);
  }

 private:
  Committer* committer_;
};

Committer::Committer(Journal* journal, Clock* clock, CatalogRef catalog, Options options)
    : journal_(journal),
      clock_(clock),
      options_(options),
      catalog_(std::move(catalog)),
      store_(options.budget),
      next_object_(catalog_->next_object()),
      next_operator_(catalog_->next_operator()) {
  store_.Apply(0, CommitRecord{}, *catalog_);
}

Result<void> Committer::Replay(Lsn lsn, const CommitRecord& commit) {
  const std::scoped_lock lock(mutex_);
  std::vector<CatalogChange> changes;
  for (const std::string& bytes : commit.ddl) {
    auto change = ParseCatalogChange(bytes);
    if (!change) return std::unexpected(change.error());
    changes.push_back(*std::move(change));
  }
  auto after = catalog_->With(changes);
  if (!after) {
    return Fail(sqlstate::kDataCorrupted, "the commit at " + std::to_string(lsn) +
                                              " does not follow from the journal before it: " +
                                              after.error().text);
  }
  catalog_ = *std::move(after);
  store_.Apply(lsn, commit, *catalog_);
  last_commit_ = lsn;
  next_transaction_ = std::max(next_transaction_, commit.transaction + 1);
  next_object_ = std::max(next_object_, catalog_->next_object());
  next_operator_ = std::max(next_operator_, catalog_->next_operator());
  return {};
}

Result<CommitResult> Committer::Commit(WriteSet& writes, const Cancel& cancel) {
  const std::scoped_lock lock(mutex_);
  return CommitLocked(writes, cancel);
}

Result<CommitResult> Committer::Run(const std::function<Result<WriteSet>(Inside&)>& evaluate,
                                    const Cancel& cancel) {
  const std::scoped_lock lock(mutex_);
  if (!HasRoomLocked()) return CommitResult{.status = CommitResult::kWait};
  Evaluation inside(this);
  auto writes = evaluate(inside);
  if (!writes) return std::unexpected(writes.error());
  return CommitLocked(*writes, cancel);
}

Result<CommitResult> Committer::CommitLocked(WriteSet& writes, const Cancel& cancel) {
  if (cancel.requested()) {
    return FailCanceled();
  }
  if (writes.empty()) return CommitResult{};
  if (!HasRoomLocked()) return CommitResult{.status = CommitResult::kWait};
  CommitRecord record;
  auto after = ApplyChanges(writes, record);
  if (!after) return std::unexpected(after.error());
  for (const WriteSet::TableWrites& table : writes.Tables()) {
    auto valid = AddTable(table, writes.explicit_transaction(), **after, record);
    if (!valid) return std::unexpected(valid.error());
  }
  const bool catalog = !record.ddl.empty();
  if (!catalog && record.deltas.empty()) {
    writes.RollbackTo(0);
    return CommitResult{};
  }
  auto lsn = Append(std::move(record), *std::move(after));
  if (!lsn) return std::unexpected(lsn.error());
  writes.RollbackTo(0);
  return CommitResult{CommitResult::kCommitted, *lsn, catalog};
}

// The catalog after the transaction; its changes go into the record.
Result<CatalogRef> Committer::ApplyChanges(const WriteSet& writes, CommitRecord& record) const {
  std::vector<CatalogChange> changes = writes.Changes();
  if (changes.empty()) return catalog_;
  for (const CatalogChange& change : changes) {
    auto allowed = RefuseNewLayout(*catalog_, change);
    if (!allowed) return std::unexpected(allowed.error());
  }
  // Operator ids stand inside dataflows, so the catalog has to be told which are taken.
  changes.push_back(ReserveIds{next_object_, next_operator_});
  for (const CatalogChange& change : changes) record.ddl.push_back(Serialize(change));
  return catalog_->With(changes);
}

Result<void> Committer::AddTable(const WriteSet::TableWrites& writes, bool explicit_transaction,
                                 const CatalogSnapshot& after, CommitRecord& record) const {
  const ObjectRef before = catalog_->Find(writes.table);
  const ObjectRef object = after.Find(writes.table);
  if (object == nullptr) {
    // Rows of a table that this transaction itself drops are of no use to anyone.
    if (before != nullptr) return {};
    return std::unexpected(Altered("a table"));
  }
  const bool as_bound = object->version == writes.version ||
                        (before != nullptr && before->version == writes.version);
  if (!as_bound) {
    return std::unexpected(
        Altered(std::string(KindName(object->kind)) + " \"" + object->name + "\""));
  }
  if (object->kind == ObjectKind::kStream) return CheckStreamWrites(*object, writes, record);
  CHECK(object->kind == ObjectKind::kTable, "rows can be written to tables and streams only");
  return CheckTableWrites(*object, writes, explicit_transaction, store_, record);
}

Result<Lsn> Committer::Append(CommitRecord record, CatalogRef after) {
  record.transaction = next_transaction_;
  record.time = clock_->Now();
  const JournalRecord entry(std::move(record));
  const auto lsn = journal_->Append(entry);
  if (!lsn) return lsn;
  ++next_transaction_;
  catalog_ = std::move(after);
  store_.Apply(*lsn, std::get<CommitRecord>(entry), *catalog_);
  last_commit_ = *lsn;
  return lsn;
}

ReadView Committer::NewestLocked(std::span<const ObjectId> tables) {
  ReadView view;
  view.catalog = catalog_;
  for (const ObjectId table : tables) {
    if (VersionRef version = store_.Newest(table)) view.versions[table] = std::move(version);
  }
  return view;
}

ReadView Committer::Newest(std::span<const ObjectId> tables) {
  const std::scoped_lock lock(mutex_);
  return NewestLocked(tables);
}

CatalogRef Committer::catalog() const {
  const std::scoped_lock lock(mutex_);
  return catalog_;
}

Lsn Committer::last_commit() const {
  const std::scoped_lock lock(mutex_);
  return last_commit_;
}

bool Committer::HasRoomLocked() const {
  return store_.unpublished_rows() < options_.unpublished_rows_max;
}

bool Committer::HasRoom() const {
  const std::scoped_lock lock(mutex_);
  return HasRoomLocked();
}

void Committer::Published(Lsn commits_before, std::span<const VersionRef> tables) {
  const std::scoped_lock lock(mutex_);
  for (const VersionRef& version : tables) store_.Published(commits_before, version);
}

ObjectId Committer::AllocateObject() {
  const std::scoped_lock lock(mutex_);
  return ObjectId{next_object_++};
}

OperatorId Committer::AllocateOperators(uint32_t count) {
  const std::scoped_lock lock(mutex_);
  const OperatorId first{next_operator_};
  next_operator_ += count;
  return first;
}

Result<Committer::EpochBlock> Committer::ReserveEpochBlock(Epoch count) {
  const std::scoped_lock lock(mutex_);
  EpochBlock block;
  block.first = catalog_->next_epoch();
  block.end = block.first + count;
  CommitRecord record;
  const CatalogChange change = ReserveEpochs{block.end};
  record.ddl.push_back(Serialize(change));
  auto after = catalog_->With({&change, 1});
  if (!after) return std::unexpected(after.error());
  auto lsn = Append(std::move(record), *std::move(after));
  if (!lsn) return std::unexpected(lsn.error());
  block.lsn = *lsn;
  return block;
}

}  // namespace riverrun::storage
