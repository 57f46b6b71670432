// Random transactions of several sessions, interleaved, against a serial model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/storage/commit/commit_fixture.h"
#include "tests/storage/seeds.h"

namespace riverrun::storage {
namespace {

using Counters = std::map<int64_t, int64_t>;

// What a statement does, told again to the model when its transaction commits.
struct Operation {
  enum Kind : uint8_t { kAdd, kInsert, kDelete } kind = kAdd;
  int64_t id = 0;
  int64_t value = 0;
};

std::vector<std::string> TextsOf(const Counters& counters) {
  std::vector<std::string> out;
  for (const auto& [id, value] : counters) {
    out.push_back(std::to_string(id) + ":" + std::to_string(value));
  }
  return out;
}

class Session {
 public:
  // With `read_committed` every statement reads the newest state, else that of the first.
  Session(TestDatabase* db, ObjectRef table, bool read_committed)
      : db_(db), table_(std::move(table)), read_committed_(read_committed) {}

  bool idle() const { return operations_.empty(); }

  // Reads what the transaction sees and writes accordingly.
  void Statement(testing::RandomData& random, int64_t ids) {
    if (idle() || read_committed_) snapshot_ = db_->Read(*table_);
    Counters seen = Seen();
    Operation operation;
    operation.id = random.Between(0, ids - 1);
    const auto row = seen.find(operation.id);
    if (row == seen.end()) {
      operation.kind = Operation::kInsert;
      operation.value = random.Between(0, 100);
      Write({{operation.id, std::to_string(operation.value)}});
    } else if (random.Chance(20)) {
      operation.kind = Operation::kDelete;
      Write({{operation.id, std::to_string(row->second), -1}});
    } else {
      operation.kind = Operation::kAdd;
      operation.value = random.Between(1, 9);
      Write({{operation.id, std::to_string(row->second), -1},
             {operation.id, std::to_string(row->second + operation.value)}});
    }
    operations_.push_back(operation);
  }

  // Undoes some of the last statements.
  void Rollback(testing::RandomData& random) {
    const size_t left = random.Below(static_cast<uint32_t>(operations_.size() + 1));
    writes_.RollbackTo(left);
    operations_.resize(left);
  }

  // Tells the model what was done, if it was.
  bool Commit(Counters& model) {
    const auto result = db_->committer().Commit(writes_, db_->cancel());
    if (!result) {
      EXPECT_EQ(result.error().sqlstate, sqlstate::kSerializationFailure)
          << ToString(result.error());
    } else {
      for (const Operation& operation : operations_) Apply(operation, model);
    }
    Abandon();
    return result.has_value();
  }

  void Abandon() {
    writes_.RollbackTo(0);
    operations_.clear();
  }

 private:
  void Write(std::initializer_list<TestRow> rows) {
    ASSERT_TRUE(db_->Add(writes_, *table_, rows).has_value());
  }

  Counters Seen() {
    ReadView view = snapshot_;
    view.overlay = &writes_;
    const int columns[] = {0, 1};
    auto cursor = OpenScan(view, table_->id, columns, std::nullopt, true);
    Counters seen;
    for (const std::string& text : storage::TextsOf(**cursor)) {
      const size_t colon = text.find(':');
      seen[std::stoll(text.substr(0, colon))] = std::stoll(text.substr(colon + 1));
    }
    return seen;
  }

  static void Apply(const Operation& operation, Counters& model) {
    const auto row = model.find(operation.id);
    if (operation.kind == Operation::kInsert) {
      EXPECT_EQ(row, model.end()) << "a key was given twice";
      model[operation.id] = operation.value;
      return;
    }
    ASSERT_NE(row, model.end()) << "a row that was gone was changed";
    if (operation.kind == Operation::kDelete) {
      model.erase(row);
    } else {
      row->second += operation.value;
    }
  }

  TestDatabase* db_;
  ObjectRef table_;
  bool read_committed_;
  ReadView snapshot_;
  WriteSet writes_{{.explicit_transaction = true}};
  std::vector<Operation> operations_;
};

TEST(TransactionsProperty, EqualASerialExecution) {
  uint64_t committed = 0, refused = 0;
  for (const uint64_t seed : Seeds(60)) {
    SCOPED_TRACE(Repeat(seed));
    testing::RandomData random(seed);
    TestDatabase db;
    const ObjectRef table = db.CreateTable("t");
    const int64_t ids = random.Between(2, 30);
    std::vector<Session> sessions;
    for (int i = 0; i < 4; ++i) sessions.emplace_back(&db, table, /*read_committed=*/i % 2 == 0);
    Counters model;
    for (int step = 0; step < 250; ++step) {
      Session& session = sessions[random.Below(4)];
      const uint32_t draw = random.Below(100);
      if (draw < 60 || session.idle()) {
        session.Statement(random, ids);
      } else if (draw < 65) {
        session.Rollback(random);
      } else if (draw < 90) {
        ++(session.Commit(model) ? committed : refused);
        ASSERT_EQ(db.Texts(*table), TextsOf(model));
      } else if (draw < 97) {
        db.Publish();
        ASSERT_EQ(db.Texts(*table), TextsOf(model));
      } else {
        db.Recover();
        ASSERT_EQ(db.Texts(*table), TextsOf(model));
        for (Session& other : sessions) other.Abandon();
      }
    }
  }
  EXPECT_GT(committed, 0u);
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace riverrun::storage
