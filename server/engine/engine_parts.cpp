#include "server/engine/engine_parts.h"

#include <algorithm>

#include "executor/operators/materialize.h"
#include "executor/sources/no_reader.h"
#include "executor/sources/source_errors.h"
#include "executor/view_source.h"
#include "storage/commit/replay.h"

namespace riverrun::server {
namespace {

using executor::AddSourceCommand;
using executor::AttachCommand;
using executor::DataflowSpec;
using executor::SourceSpec;
using storage::ViewStore;

constexpr Epoch kEpochBlock = 1 << 20;

uint32_t FirstGeneration(const std::vector<executor::SourceToRead>& sources) {
  std::optional<uint32_t> first;
  for (const executor::SourceToRead& source : sources) {
    for (const Position& start : source.reader->Positions()) {
      first = std::min(first.value_or(start.generation), start.generation);
    }
  }
  return first.value_or(0);
}

// The part of a version that one worker wrote.
storage::VersionRef ShardOf(const storage::ViewVersion& version, int worker) {
  auto shard = std::make_shared<storage::ViewVersion>(version);
  shard->shards = {version.shards[worker]};
  return shard;
}

}  // namespace

EngineParts::EngineParts(Clock& clock, PartsOptions options, Published on_published)
    : options_(std::move(options)), clock_(clock), on_published_(std::move(on_published)) {}

Result<std::unique_ptr<EngineParts>> EngineParts::Open(FileSystem& files, Clock& clock,
                                                       PartsOptions options,
                                                       Published on_published) {
  std::unique_ptr<EngineParts> parts(
      new EngineParts(clock, std::move(options), std::move(on_published)));
  if (Result<void> recovered = parts->Recover(files); !recovered) {
    return std::unexpected(recovered.error());
  }
  return parts;
}

Result<void> EngineParts::Recover(FileSystem& files) {
  auto opened = storage::OpenLocalJournal(files, options_.journal);
  if (!opened) return std::unexpected(opened.error());
  journal_ = std::move(*opened);
  log_ = std::make_unique<executor::JournalCutLog>(*journal_);
  committer_ = std::make_unique<storage::Committer>(
      journal_.get(), &clock_, storage::CatalogSnapshot::Initial(), options_.committer);
  auto cuts = storage::ReplayJournal(*journal_, *committer_);
  if (!cuts) return std::unexpected(cuts.error());
  recovered_cuts_ = std::move(*cuts);
  return {};
}

// Workers hold sources that hold readers of the hubs.
EngineParts::~EngineParts() { workers_.clear(); }

Result<void> EngineParts::Start() {
  const auto block = committer_->ReserveEpochBlock(kEpochBlock);
  if (!block) return std::unexpected(block.error());
  if (Result<void> durable = journal_->WaitDurable(block->lsn); !durable) return durable;
  for (int i = 0; i < options_.workers; ++i) {
    hubs_.push_back(std::make_unique<executor::JournalHub>(*journal_, journal_->Begin()));
    links_.push_back(std::make_shared<executor::WorkerLink>());
    workers_.push_back(std::make_unique<executor::Worker>(
        executor::WorkerOptions{.index = i,
                                .placement = executor::Placement(options_.workers),
                                .queue_capacity = options_.ring_capacity,
                                .behind_bytes_max = options_.budget == nullptr
                                                        ? SIZE_MAX
                                                        : options_.budget->limit() / 8},
        links_.back()));
  }
  coordinator_ =
      std::make_unique<executor::Coordinator>(links_, clock_, *log_, options_.epochs, block->first);
  coordinator_->OnPublished([this](const storage::CutRecord& cut) { OnPublished(cut); });
  return {};
}

void EngineParts::Replay() {
  coordinator_->Replay(std::move(recovered_cuts_));
  coordinator_->RequestCut(journal_->End());
}

EngineParts::Commands EngineParts::AddTable(ObjectId table, bool row_ids,
                                            const std::function<Reader(Reader)>& wrap,
                                            Completion completion) {
  const auto reader_of = [&](int worker) -> Reader {
    if (static_cast<int>(table.value) % options_.workers != worker) {
      return executor::MakeNoReader();
    }
    Reader reader = hubs_[worker]->Open(table, 0, row_ids);
    return wrap ? wrap(std::move(reader)) : std::move(reader);
  };
  return AddSource(table, reader_of, std::move(completion));
}

EngineParts::Commands EngineParts::AddSource(ObjectId source,
                                             const std::function<Reader(int)>& reader_of,
                                             Completion completion) {
  if (completion != nullptr) completions_[source] = completion;
  Commands commands;
  for (int i = 0; i < options_.workers; ++i) {
    executor::SourceToRead to_read{.object = source, .reader = reader_of(i)};
    to_read.completion = completion;
    commands.emplace_back(i, AddSourceCommand{std::move(to_read)});
  }
  return commands;
}

EngineParts::Commands EngineParts::AddStream(
    ObjectId stream, std::string topic, const std::function<executor::SourceToRead(int)>& of_worker,
    History history, Completion completion) {
  histories_[stream] = std::move(history);
  if (completion != nullptr) completions_[stream] = completion;
  const auto errors = std::make_shared<ViewStore>(stream, executor::SourceErrorLayout(),
                                                  options_.workers, options_.budget);
  executor::SourceErrors::Retention retention;
  retention.bytes /= static_cast<size_t>(options_.workers);
  Commands commands;
  std::vector<executor::SourceToRead> sources;
  for (int i = 0; i < options_.workers; ++i) sources.push_back(of_worker(i));
  const uint32_t first_generation = FirstGeneration(sources);
  for (int i = 0; i < options_.workers; ++i) {
    executor::SourceToRead& source = sources[static_cast<size_t>(i)];
    source.first_generation = first_generation;
    source.errors = std::make_unique<executor::SourceErrors>(topic, errors, i, retention);
    source.completion = completion;
    // So that they can be read from now on: there are none.
    if (published_.info.epoch > 0) errors->writer(i).Publish(published_.info.epoch);
    commands.emplace_back(i, AddSourceCommand{std::move(source)});
  }
  stream_errors_[stream] = errors;
  return commands;
}

EngineParts::Commands EngineParts::RemoveSource(ObjectId source) {
  histories_.erase(source);
  stream_errors_.erase(source);
  completions_.erase(source);
  coordinator_->ForgetTime(source);
  Commands commands;
  for (int i = 0; i < options_.workers; ++i) {
    commands.emplace_back(i, executor::RemoveSourceCommand{source});
  }
  return commands;
}

EngineParts::Commands EngineParts::RaiseWatermark(ObjectId source, Micros to) {
  Commands commands;
  for (int i = 0; i < options_.workers; ++i) {
    commands.emplace_back(i, executor::RaiseCommand{source, to});
  }
  return commands;
}

EngineParts::Commands EngineParts::Attach(Relation relation, Begin begin) {
  const int workers = options_.workers;
  const Content content{
      .rows = std::make_shared<ViewStore>(relation.id, relation.layout, workers, options_.budget),
      .errors = std::make_shared<ViewStore>(relation.id, executor::ErrorLayout(), workers,
                                            options_.budget),
      .filling = begin == Begin::kHydrate ? std::make_shared<Filling>() : nullptr,
      .is_table = relation.is_table};
  const auto spec = std::make_shared<const DataflowSpec>(std::move(relation.dataflow));
  const auto ends = std::make_shared<executor::ExchangeEnds>(executor::MakeExchanges(
      *spec, workers, options_.ring_capacity,
      options_.serialised ? executor::Carriage::kSerialised : executor::Carriage::kShared));
  Commands commands;
  for (int i = 0; i < workers; ++i) {
    AttachCommand command = AttachOn(i, relation, content, spec, ends);
    if (begin == Begin::kHydrate) command.hydration = HydrationOn(i, *spec, content.filling);
    commands.emplace_back(i, std::move(command));
  }
  contents_[relation.id] = content;
  return commands;
}

// The content lives as long as the part that writes it: its maker holds it.
AttachCommand EngineParts::AttachOn(int worker, const Relation& relation, const Content& content,
                                    const std::shared_ptr<const DataflowSpec>& spec,
                                    const std::shared_ptr<executor::ExchangeEnds>& ends) const {
  return {.dataflow = relation.id,
          .spec = spec,
          .ends = ends,
          .settings = relation.settings,
          .budget = options_.budget,
          .errors = std::make_shared<executor::ErrorCollection>(
              *spec, *relation.settings, content.errors->writer(worker), options_.budget),
          .materialize =
              [content, worker, keeps_rows = relation.keeps_rows](
                  const executor::OperatorNode&, const executor::OperatorContext& context) {
                if (!keeps_rows) return executor::MakeDiscard(content.rows->writer(worker));
                return executor::MakeMaterialize(content.rows->writer(worker),
                                                 content.rows->layout(), context);
              },
          .mode = executor::StartMode::kFresh,
          .reads_from = relation.reads_from};
}

// Versions are taken now, while the engine is at rest; they stay good however long it takes.
executor::Hydration EngineParts::HydrationOn(int worker, const DataflowSpec& spec,
                                             const std::shared_ptr<Filling>& filling) const {
  CHECK(published_.info.epoch > 0, "nothing hydrates before the first epoch");
  std::map<ObjectId, storage::VersionRef> versions;
  std::map<ObjectId, History> histories;
  std::map<ObjectId, std::vector<executor::WatermarkRaise>> raises;
  std::map<ObjectId, Watermark> watermarks;
  for (const executor::OperatorNode& node : spec.nodes) {
    const auto* source = std::get_if<SourceSpec>(&node.spec);
    if (source == nullptr) continue;
    if (const auto reached = WatermarkOf(source->object)) watermarks[source->object] = *reached;
    const auto content = contents_.find(source->object);
    const auto history = histories_.find(source->object);
    if (content != contents_.end()) {
      const auto version = content->second.rows->At(published_.info.epoch);
      if (version == nullptr) continue;
      versions[source->object] = ShardOf(*version, worker);
      filling->Expect(SizeOf(*versions[source->object]).rows);
    } else if (history != histories_.end()) {
      histories[source->object] = history->second;
      filling->ExpectUnknown();
      raises[source->object] = coordinator_->RaisesOf(source->object);
    }
  }
  return {
      .at = published_.info,
      .content = [versions, histories, raises, worker, filling, positions = published_.positions](
                     const SourceSpec& s) -> std::unique_ptr<executor::BatchSource> {
        if (const auto history = histories.find(s.object); history != histories.end()) {
          return history->second(s, worker, positions, raises.at(s.object));
        }
        const auto version = versions.find(s.object);
        if (version == versions.end()) return nullptr;  // made by the same change
        return Filling::Count(executor::MakeViewSource(storage::OpenScan(
                                  version->second, {}, s.columns, std::nullopt, false)),
                              filling);
      },
      .watermarks =
          [watermarks](const SourceSpec& s) {
            std::vector<Watermark> out;
            const auto of = watermarks.find(s.object);
            for (size_t i = 0; i < s.columns.size() && of != watermarks.end(); ++i) {
              if (s.columns[i] != of->second.column) continue;
              out.push_back({static_cast<uint16_t>(i), of->second.time});
            }
            return out;
          }};
}

// How far a source had come at the published epoch: the column, and the same time on every worker.
// A worker's own share follows with the next epoch.
std::optional<Watermark> EngineParts::WatermarkOf(ObjectId source) const {
  const auto completion = completions_.find(source);
  if (completion == completions_.end() || !completion->second->watermarked) return std::nullopt;
  const Micros reached = coordinator_->ReachedBy(source);
  if (reached == kNoWatermark) return std::nullopt;
  return Watermark{static_cast<uint16_t>(*completion->second->watermarked), reached};
}

EngineParts::Commands EngineParts::Detach(ObjectId relation) {
  contents_.erase(relation);
  Commands commands;
  for (int i = 0; i < options_.workers; ++i) {
    commands.emplace_back(i, executor::DetachCommand{relation});
  }
  return commands;
}

void EngineParts::OnPublished(const storage::CutRecord& cut) {
  published_ = cut;
  on_published_(cut);
  std::vector<storage::VersionRef> tables;
  for (const auto& [id, content] : contents_) {
    if (!content.is_table) continue;
    // One that is being hydrated has no version yet.
    if (auto version = content.rows->At(cut.info.epoch)) tables.push_back(std::move(version));
  }
  committer_->Published(cut.commits_before, tables);
  for (const auto& [id, content] : contents_) {
    content.rows->ForgetBefore(cut.info.epoch);
    content.errors->ForgetBefore(cut.info.epoch);
  }
  for (const auto& [id, errors] : stream_errors_) errors->ForgetBefore(cut.info.epoch);
}

bool EngineParts::Step(int part) {
  if (part == 0) return coordinator_->Step();
  if (part == 1) return journal_->Step();
  return workers_[part - 2]->Step();
}

bool EngineParts::Quiet() {
  bool worked = false;
  for (int part = 0; part < parts(); ++part) worked |= Step(part);
  return !worked && coordinator_->Quiet();
}

std::string EngineParts::Describe() const {
  std::string text = coordinator_->Describe() + "\n";
  for (const auto& worker : workers_) text += worker->Describe();
  return text;
}

std::shared_ptr<const ViewStore> EngineParts::store(ObjectId relation) const {
  const auto content = contents_.find(relation);
  return content == contents_.end() ? nullptr : content->second.rows;
}

std::shared_ptr<const ViewStore> EngineParts::errors(ObjectId relation) const {
  const auto content = contents_.find(relation);
  if (content != contents_.end()) return content->second.errors;
  const auto stream = stream_errors_.find(relation);
  return stream == stream_errors_.end() ? nullptr : stream->second;
}

std::shared_ptr<const Filling> EngineParts::filling(ObjectId relation) const {
  const auto content = contents_.find(relation);
  return content == contents_.end() ? nullptr : content->second.filling;
}

}  // namespace riverrun::server
