#include "tests/simulation/world.h"

#include <algorithm>
#include <iterator>

#include "tests/simulation/server.h"
#include "types/codec/key.h"

namespace riverrun::simulation {
namespace {

constexpr int kWorkersMax = 3;
constexpr int kKeysMax = 12;  // small, so that updates and conflicts are frequent

// The rows that a case writes: random, but of few different keys.
std::string RandomRow(const std::vector<Type>& types, int64_t key, testing::RandomData& random,
                      Micros* progress = nullptr) {
  BatchBuilder row(types);
  row.column(0).Append(key);
  for (size_t i = 1; i < types.size(); ++i) {
    ColumnBuilder& column = row.column(i);
    if (progress != nullptr && i + 1 == types.size()) {
      if (const std::optional<Micros> time = RandomTime(*progress, random)) {
        column.Append(*time);
      } else {
        column.AppendNull();
      }
    } else if (random.Chance(15)) {
      column.AppendNull();
    } else if (types[i].kind == TypeKind::kInt8 && random.Chance(85)) {
      column.Append(random.Between(-4, 8));
    } else if (types[i].kind == TypeKind::kInt4 && random.Chance(85)) {
      column.Append(static_cast<int32_t>(random.Between(-4, 8)));
    } else {
      random.AppendValue(column);
    }
  }
  row.EndRow();
  std::string image;
  AppendImage(row.Finish(), 0, image);
  return image;
}

class Case {
 public:
  Case(const CaseOptions& options, CaseReport& report)
      : options_(options), report_(report), random_(options.seed), files_(options.seed) {}

  std::optional<std::string> Run() {
    MakeInput();
    for (uint32_t crash = 0; crash <= options_.crashes; ++crash) {
      Start();
      for (uint32_t step = 0; step < options_.steps && !problem_; ++step) OneThing();
      if (problem_) return problem_;
      if (crash == options_.crashes) break;
      Crash();
    }
    Finish();
    server_.reset();
    return problem_;
  }

 private:
  void MakeInput() {
    uint32_t next_id = 100;  // above the catalog's own
    std::vector<Relation> relations, streams;
    for (uint32_t count = 1 + random_.Below(2); count > 0; --count) {
      Relation table{{next_id++}, RandomColumns(random_), false};
      const storage::ViewLayout layout{.types = executor::TypesOf(table.columns),
                                       .key = storage::ViewKey::kColumns,
                                       .key_columns = {0}};
      input_.views.push_back(MakeTableView(table, layout));
      input_.tables.push_back(table);
      relations.push_back(table);
    }
    for (uint32_t count = 1 + random_.Below(2); count > 0; --count) {
      Relation stream{{next_id++}, RandomColumns(random_), true};
      stream.columns.push_back({"ts", Type::TimestampTz()});
      const std::vector<Type> types = executor::TypesOf(stream.columns);
      StreamLog& log =
          input_.streams.emplace_back(StreamLog{.id = stream.id, .types = types, .partitions = {}});
      log.partitions.resize(1 + random_.Below(4));
      for (size_t p = 0; p < log.partitions.size(); ++p) {
        log.starts.push_back({.generation = 0, .partition = static_cast<int32_t>(p), .offset = 0});
      }
      log.appended_at.resize(log.partitions.size());
      log.delay = random_.Between(0, 10) * 1'000'000;
      const Micros idle_timeout = random_.Chance(60) ? random_.Between(2, 40) * 1000 : 0;
      log.completion = WatermarkBehind(types, log.delay, idle_timeout);
      streams.push_back(stream);
      relations.push_back(stream);
    }
    // Some are there from the beginning, the others come while the server runs.
    views_ = input_.views.size();
    for (int i = 0; i < options_.views; ++i) {
      if (random_.Chance(50)) {
        const size_t stream = random_.Below(static_cast<uint32_t>(streams.size()));
        input_.views.push_back(MakeWindowView({next_id++}, streams[stream], stream, random_));
      } else {
        input_.views.push_back(MakeRandomView({next_id++}, relations, random_));
      }
      relations.push_back(input_.views.back().relation);
      if (views_ == input_.views.size() - 1 && random_.Chance(50)) ++views_;
    }
  }

  void Start() {
    // Never the number of the run before.
    workers_ = 1 + (workers_ + static_cast<int>(random_.Below(2))) % kWorkersMax;
    server_ = StartServer(input_, views_, files_, clock_, options_, workers_, random_,
                          [this](const storage::CutRecord& cut) { Check(cut); });
    hydrating_.clear();
    server_->coordinator().OnJoined([this](ObjectId view) { hydrating_.erase(view); });
    commits_.clear();
    LogCommits(server_->journal().Begin());
    // What was acknowledged is there, and what is there is what was written.
    for (const auto& [lsn, bytes] : acknowledged_) {
      const auto found =
          std::ranges::find_if(commits_, [&](const LoggedCommit& c) { return c.first == lsn; });
      if (found == commits_.end()) {
        problem_ = "the acknowledged commit at " + std::to_string(lsn) + " is lost";
      } else if (storage::Serialize(found->second) != bytes) {
        problem_ = "the acknowledged commit at " + std::to_string(lsn) + " has changed";
      }
    }
    unacknowledged_.clear();
    read_.clear();
    // Those that a power loss took are made anew, under other numbers.
    cuts_.clear();
  }

  void Crash() {
    ++report_.crashes;
    // Readers end with the server; only the files stay.
    server_.reset();
    files_.Crash(random_.Chance(50) ? CrashKind::kKill : CrashKind::kPowerLoss);
  }

  void OneThing() {
    const uint32_t chosen = random_.Below(100);
    const uint32_t inputs = options_.sparse ? 1 : 4;
    if (chosen < inputs) return AppendToStream();
    if (chosen < 2 * inputs) return WriteTable();
    if (chosen < 14) return clock_.Advance(random_.Between(1, 4000));
    if (chosen == 14 && random_.Chance(15)) return CreateViews();
    if (chosen == 15 && random_.Chance(5)) return AdvanceTime();
    if (chosen == 16 && random_.Chance(12)) return AlterStream();
    StepOne();
    Acknowledge();
  }

  void AppendToStream() {
    const size_t number = random_.Below(static_cast<uint32_t>(input_.streams.size()));
    StreamLog& stream = input_.streams[number];
    const size_t chosen = random_.Below(static_cast<uint32_t>(stream.partitions.size()));
    std::vector<std::string>& partition = stream.partitions[chosen];
    stream.appended_at[chosen] = clock_.Now();
    for (uint32_t rows = 1 + random_.Below(6); rows > 0; --rows) {
      partition.push_back(
          RandomRow(stream.types, random_.Between(0, kKeysMax), random_, &progress_[number]));
    }
  }

  // ALTER STREAM ... ADVANCE WATERMARK, to a time that is near.
  void AdvanceTime() {
    const size_t number = random_.Below(static_cast<uint32_t>(input_.streams.size()));
    if (progress_[number] == 0) return;
    const Micros to = progress_[number] + random_.Between(-20, 20) * 1'000'000;
    input_.streams[number].advanced_to.insert(to);
    server_->coordinator().Change(server_->RaiseWatermark(input_.streams[number].id, to));
  }

  // One or two views at once, which begin with what their inputs contain.
  void CreateViews() {
    server_->coordinator().Change([this, count = 1 + random_.Below(2)] {
      EngineParts::Commands commands;
      if (!Recovered()) return commands;
      if (!hydrating_.empty()) return commands;  // one of them may be read by the next
      const size_t until = std::min(input_.views.size(), views_ + count);
      for (; views_ < until; ++views_) {
        RandomView& view = input_.views[views_];
        for (const StreamLog& stream : input_.streams) {
          if (Reads(view, stream.id)) view.reads_from[stream.id] = stream.generation();
        }
        Attach(views_, commands);
        ++report_.views_hydrated;
      }
      return commands;
    });
  }

  // Clients come when all epochs have been made again, and one more.
  bool Recovered() const {
    return server_->published().info.epoch > 0 && !server_->coordinator().Replaying();
  }

  void Attach(size_t view, EngineParts::Commands& commands) {
    hydrating_.insert(input_.views[view].relation.id);
    std::ranges::move(server_->Attach(RelationOf(input_, view), EngineParts::Begin::kHydrate),
                      std::back_inserter(commands));
  }

  static bool Reads(const RandomView& view, ObjectId object) {
    return std::ranges::any_of(view.spec.nodes, [&](const executor::OperatorNode& node) {
      const auto* source = std::get_if<executor::SourceSpec>(&node.spec);
      return source != nullptr && source->object == object;
    });
  }

  // A partition is added to a topic, or ALTER STREAM ... RESET with or without REBUILD.
  void AlterStream() {
    StreamLog& stream = input_.streams[random_.Below(static_cast<uint32_t>(input_.streams.size()))];
    server_->coordinator().Change([this, &stream, what = random_.Below(3)] {
      EngineParts::Commands commands;
      if (!Recovered()) return commands;
      Sync();  // the commit that says so is durable, and with it the cuts before it
      commands = what == 0 ? Grow(stream) : what == 1 ? Reset(stream) : Rebuild(stream);
      server_->coordinator().RequestCut(server_->journal().End());
      return commands;
    });
  }

  void Sync() {
    const Lsn end = server_->journal().End();
    server_->journal().RequestDurable(end - 1);
    while (*server_->journal().Durable() < end) server_->journal().Step();
  }

  EngineParts::Commands Grow(StreamLog& stream) {
    if (stream.partitions.size() >= 6) return {};
    ++report_.partitions_added;
    stream.starts.push_back({.generation = stream.generation(),
                             .partition = static_cast<int32_t>(stream.partitions.size()),
                             .offset = 0});
    stream.partitions.emplace_back();
    stream.appended_at.emplace_back();
    return RestartStream(*server_, stream, options_, random_);
  }

  // Goes on where it is or behind, at most at the end.
  EngineParts::Commands Reset(StreamLog& stream) {
    ++report_.streams_reset;
    const uint32_t before = stream.generation();
    for (size_t p = 0; p < stream.partitions.size(); ++p) {
      const auto number = static_cast<int32_t>(p);
      const auto read = read_[stream.id].find({number, before});
      const int64_t at =
          read == read_[stream.id].end() ? stream.StartOf(number, before)->offset : read->second;
      const auto end = static_cast<int64_t>(stream.partitions[p].size());
      stream.starts.push_back(
          {.generation = before + 1, .partition = number, .offset = random_.Between(at, end)});
    }
    return RestartStream(*server_, stream, options_, random_);
  }

  // Begins anew somewhere, with all views that are made of it.
  EngineParts::Commands Rebuild(StreamLog& stream) {
    ++report_.streams_rebuilt;
    const uint32_t generation = stream.generation() + 1;
    stream.starts.clear();
    for (size_t p = 0; p < stream.partitions.size(); ++p) {
      const auto end = static_cast<int64_t>(stream.partitions[p].size());
      stream.starts.push_back({.generation = generation,
                               .partition = static_cast<int32_t>(p),
                               .offset = random_.Between(0, end)});
    }
    std::set<ObjectId> gone = {stream.id};
    std::vector<size_t> dependents;
    for (size_t i = 0; i < views_; ++i) {
      const RandomView& view = input_.views[i];
      const bool depends = std::ranges::any_of(gone, [&](ObjectId id) { return Reads(view, id); });
      if (!depends) continue;
      gone.insert(view.relation.id);
      dependents.push_back(i);
      for (auto& [epoch, seen] : seen_) seen.erase(view.relation.id);
    }
    EngineParts::Commands commands;
    const auto add = [&](EngineParts::Commands more) {
      std::ranges::move(more, std::back_inserter(commands));
    };
    for (size_t i = dependents.size(); i-- > 0;) {
      add(server_->Detach(input_.views[dependents[i]].relation.id));
    }
    add(server_->RemoveSource(stream.id));
    add(AddStream(*server_, stream, options_, random_));
    for (const size_t view : dependents) Attach(view, commands);
    return commands;
  }

  // One transaction over a table: some keys inserted, updated, deleted.
  void WriteTable() {
    const Relation& table =
        input_.tables[random_.Below(static_cast<uint32_t>(input_.tables.size()))];
    const std::vector<Type> types = executor::TypesOf(table.columns);
    const Bag content = TableContent(table.id, commits_, UINT64_MAX);
    std::map<int64_t, std::string> by_key;
    for (const auto& [image, weight] : content) by_key[KeyOf(image, types)] = image;
    BatchBuilder delta(types);
    for (uint32_t left = 1 + random_.Below(3); left > 0; --left) {
      const int64_t key = random_.Between(0, kKeysMax);
      const auto old = by_key.find(key);
      if (old != by_key.end()) {
        DecodeRow(old->second, -1, delta);
        by_key.erase(old);
        if (random_.Chance(40)) continue;
      }
      const std::string row = RandomRow(types, key, random_);
      DecodeRow(row, 1, delta);
      by_key[key] = row;
    }
    Commit(table, delta.Finish());
  }

  static int64_t KeyOf(const std::string& image, const std::vector<Type>& types) {
    ColumnBuilder key(types[0]);
    DecodeImage(image, key);
    return key.Finish().At<int64_t>(0);
  }

  void Commit(const Relation& table, Batch delta) {
    storage::Committer& committer = server_->committer();
    storage::WriteSet writes;
    const storage::ObjectRef object = committer.catalog()->Find(table.id);
    const Result<void> added =
        writes.Add(*object, {.table = table.id, .partition = 0, .rows = std::move(delta)});
    CHECK(added.has_value(), "a write set refuses rows");
    const Cancel cancel;
    const Lsn before = server_->journal().End();
    const auto committed = committer.Commit(writes, cancel);
    CHECK(committed.has_value(), committed ? "" : committed.error().text);
    if (committed->status != storage::CommitResult::kCommitted) return;
    ++report_.commits;
    LogCommits(before);
    const Lsn lsn = committed->lsn;
    unacknowledged_.emplace_back(lsn, storage::Serialize(commits_.back().second));
    server_->journal().RequestDurable(lsn);
    if (random_.Chance(90)) server_->coordinator().RequestCut(lsn + 1);
  }

  // The journal itself says what was committed; the oracle trusts nothing else.
  void LogCommits(Lsn from) {
    auto reader = server_->journal().NewReader(from);
    CHECK(reader.has_value());
    while (true) {
      auto next = (*reader)->Next();
      CHECK(next.has_value());
      if (!*next) return;
      auto& [lsn, record] = **next;
      if (auto* commit = std::get_if<storage::CommitRecord>(&record)) {
        commits_.emplace_back(lsn, std::move(*commit));
      }
    }
  }

  void Acknowledge() {
    if (unacknowledged_.empty()) return;
    const Result<Lsn> durable = server_->journal().Durable();
    CHECK(durable.has_value());
    while (!unacknowledged_.empty() && unacknowledged_.front().first < *durable) {
      acknowledged_.push_back(std::move(unacknowledged_.front()));
      unacknowledged_.erase(unacknowledged_.begin());
    }
  }

  // Everything that was ever published, at the moment it is.
  void Check(const storage::CutRecord& cut) {
    if (problem_) return;
    CheckIdle(cut);
    CountWakings(cut);
    last_cut_ = cut;
    cuts_[cut.info.epoch] = cut;
    report_.idle_cuts += std::ranges::any_of(cut.positions, &Position::idle) ? 1 : 0;
    for (const Position& position : cut.positions) {
      int64_t& read = read_[position.source][{position.partition, position.generation}];
      read = std::max(read, position.offset);
    }
    const bool compare = random_.Chance(40) || checks_due_;
    std::map<ObjectId, Bag> inputs;
    for (const Relation& table : input_.tables) {
      if (compare) inputs[table.id] = TableContent(table.id, commits_, cut.commits_before);
    }
    std::map<ObjectId, Bag>& before = seen_[cut.info.epoch];
    if (!before.empty()) ++report_.replayed_epochs_compared;
    for (size_t i = 0; i < views_; ++i) {
      const RandomView& view = input_.views[i];
      const ObjectId id = view.relation.id;
      if (hydrating_.contains(id)) continue;
      CheckView(view, cut, compare, inputs);
      if (problem_) return;
      const auto [known, fresh] = before.try_emplace(id, inputs[id]);
      if (fresh) continue;
      Compare(view, cut, known->second, inputs[id], view.layout.types, "seen before a crash: ");
    }
  }

  uint32_t GenerationOf(const RandomView& view, const StreamLog& stream) const {
    const auto from = view.reads_from.find(stream.id);
    return from == view.reads_from.end() ? 0 : from->second;
  }

  const StreamLog* StreamOf(const Position& position) const {
    const auto found = std::ranges::find(input_.streams, position.source, &StreamLog::id);
    return found == input_.streams.end() ? nullptr : &*found;
  }

  // A partition is idle only when nothing has come for the time that its stream says.
  void CheckIdle(const storage::CutRecord& cut) {
    for (const Position& at : cut.positions) {
      const StreamLog* stream = StreamOf(at);
      if (stream == nullptr || !at.idle) continue;
      const auto partition = static_cast<size_t>(at.partition);
      // One that joins, or begins again, counts from its first rows on.
      const storage::StreamStart* start = stream->StartOf(at.partition, at.generation);
      if (start == nullptr || at.offset == start->offset) continue;
      const bool has_read_all =
          static_cast<size_t>(at.offset) == stream->partitions[partition].size();
      const Micros timeout = stream->completion->idle_timeout;
      const bool too_early =
          has_read_all && clock_.Now() < stream->appended_at[partition] + timeout;
      if (timeout == 0 || too_early) {
        problem_ = "partition " + std::to_string(at.partition) + " of stream " +
                   std::to_string(at.source.value) + " is idle too early, at epoch " +
                   std::to_string(cut.info.epoch);
      }
    }
  }

  void CountWakings(const storage::CutRecord& cut) {
    for (const Position& at : cut.positions) {
      const auto before = std::ranges::find_if(last_cut_.positions, [&](const Position& p) {
        return p.source == at.source && p.partition == at.partition;
      });
      const bool woke = before != last_cut_.positions.end() && before->idle && !at.idle;
      report_.wakings += woke ? 1 : 0;
    }
  }

  // Where nothing comes any more every partition becomes idle, if its stream lets it.
  bool AllIdle() const {
    return std::ranges::all_of(last_cut_.positions, [&](const Position& at) {
      const StreamLog* stream = StreamOf(at);
      return stream == nullptr || stream->completion->idle_timeout == 0 || at.idle;
    });
  }

  void CheckView(const RandomView& view, const storage::CutRecord& cut, bool compare,
                 std::map<ObjectId, Bag>& inputs) {
    const ObjectId id = view.relation.id;
    const storage::VersionRef version = server_->store(id)->At(cut.info.epoch);
    const storage::VersionRef errors = server_->errors(id)->At(cut.info.epoch);
    if (version == nullptr || errors == nullptr) {
      problem_ = "view " + std::to_string(id.value) + " has no version of epoch " +
                 std::to_string(cut.info.epoch);
      return;
    }
    const Bag rows = ContentOf(version);
    const Bag failed = FailuresOf(errors);
    if (compare && !problem_) {
      Answer answer;
      if (view.window) {
        const StreamLog& log = input_.streams[view.window->stream];
        WindowAnswer model = AnswerOf(*view.window, log, cuts_, GenerationOf(view, log));
        answer.rows = std::move(model.rows);
        if (problem_ == std::nullopt && !model.problem.empty()) problem_ = model.problem;
        ++report_.windows_checked;
        report_.window_rows += rows.size();
      } else {
        for (const StreamLog& stream : input_.streams) {
          Bag& bag = inputs[stream.id] = {};
          for (const std::string& row :
               stream.RowsSince(GenerationOf(view, stream), read_[stream.id])) {
            ++bag[row];
          }
        }
        answer = BatchAnswer(view, inputs, cut.info);
      }
      Compare(view, cut, answer.rows, rows, view.layout.types, "");
      Compare(view, cut, answer.errors, failed, FailureTypes(), "errors of ");
      ++report_.epochs_checked;
      report_.rows_compared += rows.size();
      report_.errors_compared += failed.size();
    }
    inputs[id] = rows;
  }

  void Compare(const RandomView& view, const storage::CutRecord& cut, const Bag& expected,
               const Bag& actual, const std::vector<Type>& types, const char* what) {
    if (problem_) return;
    const std::optional<std::string> difference = Difference(expected, actual, types);
    if (!difference) return;
    problem_ = std::string(what) + "view " + std::to_string(view.relation.id.value) +
               " differs from the batch answer at epoch " + std::to_string(cut.info.epoch) + ":\n" +
               *difference + executor::Explain(view.spec);
  }

  // No more input: everything must come to rest, with every row in.
  void Finish() {
    checks_due_ = true;
    server_->coordinator().RequestCut(server_->journal().End());
    for (int round = 0; round < 100'000; ++round) {
      if (problem_) return;
      for (int step = 0; step < 20; ++step) StepOne();
      clock_.Advance(5'000);
      if (server_->Quiet() && AllIdle()) return CheckAllRead();
    }
    problem_ = "the server does not come to rest: " + server_->Describe();
    for (const RandomView& view : input_.views) *problem_ += executor::Explain(view.spec);
  }

  // The workers get three steps for each of the others.
  void StepOne() {
    const auto workers = static_cast<uint32_t>(workers_);
    const uint32_t chosen = random_.Below(workers * 3 + 2);
    server_->Step(static_cast<int>(chosen < 2 ? chosen : 2 + chosen % workers));
  }

  // A server at rest that has left something unread would agree with the batch answer, too.
  void CheckAllRead() {
    if (problem_) return;
    if (!hydrating_.empty()) problem_ = "a view was never joined";
    for (const StreamLog& stream : input_.streams) {
      for (size_t p = 0; p < stream.partitions.size(); ++p) {
        const int64_t read = read_[stream.id][{static_cast<int32_t>(p), stream.generation()}];
        if (read == static_cast<int64_t>(stream.partitions[p].size())) continue;
        problem_ = "records of stream " + std::to_string(stream.id.value) + " are left unread";
      }
    }
    for (size_t i = 0; i < views_; ++i) CheckLate(input_.views[i]);
    if (!commits_.empty() && last_cut_.commits_before <= commits_.back().first) {
      problem_ = "the last commit is in no epoch";
    }
  }

  void CheckLate(const RandomView& view) {
    if (!view.window || problem_) return;
    const StreamLog& log = input_.streams[view.window->stream];
    const uint64_t expected = AnswerOf(*view.window, log, cuts_, GenerationOf(view, log)).late;
    const std::map<ObjectId, uint64_t> late = server_->late();
    const auto found = late.find(view.relation.id);
    const uint64_t counted = found == late.end() ? 0 : found->second;
    report_.late_rows += counted;
    if (counted == expected) return;
    problem_ = "view " + std::to_string(view.relation.id.value) + " counts " +
               std::to_string(counted) + " late rows, not " + std::to_string(expected) +
               ", reading from generation " + std::to_string(GenerationOf(view, log)) + "\n" +
               executor::Explain(view.spec);
  }

  const CaseOptions& options_;
  CaseReport& report_;
  testing::RandomData random_;
  MemoryFileSystem files_;
  SimulatedClock clock_;
  CaseInput input_;
  std::unique_ptr<EngineParts> server_;
  size_t views_ = 0;              // of the input that have been created
  std::set<ObjectId> hydrating_;  // of them: without content yet
  int workers_ = 0;
  std::map<size_t, Micros> progress_;  // of the time of each stream
  std::vector<LoggedCommit> commits_;
  std::vector<std::pair<Lsn, std::string>> unacknowledged_, acknowledged_;
  storage::CutRecord last_cut_;             // published
  Cuts cuts_;                               // published by this run and those that it replayed
  std::map<ObjectId, Extents> read_;        // of the streams
  std::map<Epoch, std::map<ObjectId, Bag>> seen_;  // content of every epoch that was published
  bool checks_due_ = false;
  std::optional<std::string> problem_;
};

}  // namespace

CaseOptions DrawOptions(uint64_t seed) {
  testing::RandomData random(seed ^ 0x9e3779b97f4a7c15u);
  CaseOptions options;
  options.seed = seed;
  static constexpr uint32_t kRows[] = {1, 3, 64};
  static constexpr uint32_t kCapacities[] = {1, 2, 8};
  options.rows_max = kRows[random.Below(3)];
  options.ring_capacity = kCapacities[random.Below(3)];
  options.serialised = random.Chance(30);
  options.crashes = 1 + random.Below(2);
  options.steps = 300 + random.Below(700);
  options.sparse = random.Chance(40);
  if (options.sparse) options.steps *= 2;
  options.views = 1 + static_cast<int>(random.Below(4));
  return options;
}

std::optional<std::string> RunCase(const CaseOptions& options, CaseReport& report) {
  return Case(options, report).Run();
}

}  // namespace riverrun::simulation
