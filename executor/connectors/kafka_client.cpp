#include "executor/connectors/kafka_client.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "storage/catalog/nearest_name.h"

namespace riverrun::executor {
namespace {

struct Setting {
  const char* name;
  const char* value;
};

// What a user may change.
constexpr Setting kDefaults[] = {
    {"client.id", "riverrun"},
    // Nobody joins this group and nothing is stored in it: librdkafka asks for a name.
    {"group.id", "riverrun"},
    {"isolation.level", "read_committed"},
    // A topic that is deleted must be noticed soon; the default is 5 minutes.
    {"topic.metadata.refresh.interval.ms", "10000"},
    // After an outage readers go on at once; the default waits up to 10 seconds.
    {"reconnect.backoff.max.ms", "500"},
    // Prefetched records, of all partitions together.
    {"queued.max.messages.kbytes", "16384"},
    // A broker answers the next question only after a fetch that waits for records; the default is
    // half a second.
    {"fetch.wait.max.ms", "100"},
};

// What the server decides. The offsets are in its checkpoints, and a gap is an error.
constexpr Setting kDecided[] = {
    {"enable.auto.commit", "false"},      {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},       {"enable.partition.eof", "true"},
    {"allow.auto.create.topics", "false"},
    // Only the log tells that a topic went away for so short a time that the next question about it
    // already finds its successor; see Reports::OnLog.
    {"debug", "topic"},
    {"log.thread.name", "false"},
};

// What would run other people's code in the server, or change what the handle is.
constexpr std::string_view kRefused[] = {
    "plugin.library.paths",  "bootstrap.servers", "metadata.broker.list",
    "test.mock.num.brokers", "group.instance.id", "statistics.interval.ms",
    "log.queue",             "log_level"};
// Whole families of it: commands that are run, libraries that are loaded.
constexpr std::string_view kRefusedBeginnings[] = {"plugin.", "sasl.kerberos.", "ssl.engine",
                                                   "ssl.providers", "test."};

constexpr std::chrono::milliseconds kAskAgain{50};
constexpr int kCheckMilliseconds = 2'000;
constexpr std::chrono::milliseconds kInVain{500};  // how long one failed check counts for all

struct ConfDelete {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDelete>;

struct ListDelete {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t, ListDelete>;

struct TopicDelete {
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
};
using Topic = std::unique_ptr<rd_kafka_topic_t, TopicDelete>;

struct MetadataDelete {
  void operator()(const struct rd_kafka_metadata* metadata) const {
    rd_kafka_metadata_destroy(metadata);
  }
};
using Metadata = std::unique_ptr<const struct rd_kafka_metadata, MetadataDelete>;

std::unexpected<Error> BadSetting(std::string text) {
  return Fail(sqlstate::kInvalidParameterValue, std::move(text));
}

Result<void> Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return BadSetting("property \"" + name + "\" is not accepted: " + reason.data());
}

Result<void> SetUsers(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  const bool decided = std::ranges::any_of(kDecided, [&](const Setting& s) {
    return name == s.name;
  });
  const bool refused = std::ranges::find(kRefused, name) != std::end(kRefused) ||
                       std::ranges::any_of(kRefusedBeginnings, [&](std::string_view begin) {
                         return name.starts_with(begin);
                       });
  if (decided || refused) {
    return BadSetting("property \"" + name + "\" is not for a stream to set");
  }
  return Set(conf, name, value);
}

Result<Conf> MakeConf(const KafkaSettings& settings) {
  Conf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : kDefaults) {
    if (Result<void> set = Set(conf.get(), name, value); !set) return std::unexpected(set.error());
  }
  for (const auto& [name, value] : settings.properties) {
    if (Result<void> set = SetUsers(conf.get(), name, value); !set) {
      return std::unexpected(set.error());
    }
  }
  for (const auto& [name, value] : kDecided) {
    if (Result<void> set = Set(conf.get(), name, value); !set) return std::unexpected(set.error());
  }
  if (Result<void> set = Set(conf.get(), "bootstrap.servers", settings.brokers); !set) {
    return std::unexpected(set.error());
  }
  return conf;
}

bool IsMissing(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

}  // namespace

thread_local KafkaClient::Listener* KafkaClient::listener = nullptr;

// What librdkafka's threads tell. It outlives the client where the handle does.
struct KafkaClient::Reports {
  std::mutex mutex;
  std::string trouble;
  bool lost_topic = false;
  std::atomic<uint64_t> doubts = 0;
  std::map<std::string, uint64_t, std::less<>> doubts_of;
  std::vector<std::pair<std::string, int>> watches;  // topics and eventfds
  Error in_vain;                                     // the last check that had no answer
  std::chrono::steady_clock::time_point in_vain_until;

  void Hear(int error, const char* reason) {
    // That all brokers are down says nothing that was not said of each of them.
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || reason == nullptr) return;
    const std::lock_guard lock(mutex);
    trouble = reason;
  }

  // An error that librdkafka found while a reader emptied its queue is that reader's.
  static void OnError(rd_kafka_t*, int error, const char* reason, void* reports) {
    if (listener != nullptr && listener->Hear(error, reason)) return;
    static_cast<Reports*>(reports)->Hear(error, reason);
  }
  // "TOPIC [PARTITION]: broker unavailable: fetch: Broker: Unknown topic or partition". Nothing of
  // the log is printed: errors come as events too.
  static void OnLog(const rd_kafka_t* handle, int, const char* facility, const char* text) {
    const std::string_view line(text);
    if (std::string_view(facility) != "BROKERUA" ||
        !line.ends_with(rd_kafka_err2str(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART))) {
      return;
    }
    const size_t end = line.rfind(" [", line.find("]: broker unavailable"));
    if (end == std::string_view::npos) return;
    static_cast<Reports*>(rd_kafka_opaque(handle))->Doubt(line.substr(0, end));
  }
  void Doubt(std::string_view topic) {
    const std::lock_guard lock(mutex);
    ++doubts_of[std::string(topic)];
    doubts.fetch_add(1, std::memory_order_release);
    for (const auto& [watched, eventfd] : watches) {
      const uint64_t one = 1;
      // It fails only where the descriptor is readable already.
      if (watched == topic) static_cast<void>(!write(eventfd, &one, sizeof(one)));
    }
  }
  static void OnEvent(rd_kafka_t*, rd_kafka_event_t* event, void* reports) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      static_cast<Reports*>(reports)->Hear(rd_kafka_event_error(event),
                                           rd_kafka_event_error_string(event));
    }
    rd_kafka_event_destroy(event);
  }
};

KafkaClient::KafkaClient(KafkaSettings settings)
    : settings_(std::move(settings)), reports_(std::make_shared<Reports>()) {}

Result<std::shared_ptr<KafkaClient>> KafkaClient::Make(const KafkaSettings& settings) {
  std::shared_ptr<KafkaClient> client(new KafkaClient(settings));
  if (Result<void> started = client->Start(); !started) return std::unexpected(started.error());
  return client;
}

Result<void> KafkaClient::Start() {
  Result<Conf> conf = MakeConf(settings_);
  if (!conf) return std::unexpected(conf.error());
  rd_kafka_conf_set_opaque(conf->get(), reports_.get());
  rd_kafka_conf_set_log_cb(conf->get(), Reports::OnLog);
  rd_kafka_conf_set_error_cb(conf->get(), Reports::OnError);
  rd_kafka_conf_set_background_event_cb(conf->get(), Reports::OnEvent);
  std::array<char, 512> reason{};
  handle_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), reason.data(), reason.size());
  if (handle_ == nullptr) return BadSetting(reason.data());
  static_cast<void>(conf->release());  // the handle's from here on
  // Whatever concerns no partition is reported on librdkafka's thread: nobody has to ask for it.
  rd_kafka_queue_t* const background = rd_kafka_queue_get_background(handle_);
  for (rd_kafka_queue_t* queue :
       {rd_kafka_queue_get_main(handle_), rd_kafka_queue_get_consumer(handle_)}) {
    rd_kafka_queue_forward(queue, background);
    rd_kafka_queue_destroy(queue);
  }
  rd_kafka_queue_destroy(background);
  // The empty assignment to which readers add their partitions.
  const PartitionList none(rd_kafka_topic_partition_list_new(0));
  const rd_kafka_resp_err_t error = rd_kafka_assign(handle_, none.get());
  CHECK(error == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(error));
  return {};
}

KafkaClient::~KafkaClient() {
  if (handle_ == nullptr) return;
  // There is no group to leave and no offset to commit.
  const auto destroy = [handle = handle_, reports = reports_] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  };
  if (!reports_->lost_topic) {
    destroy();
    return;
  }
  // librdkafka 2.0 waits for ever for a broker's thread when a topic went away under a reader. It
  // does so aside, and its idle threads stay.
  std::thread(destroy).detach();
}

void KafkaClient::Hear(int error, const char* reason) { reports_->Hear(error, reason); }

void KafkaClient::Watch(const std::string& topic, int eventfd) {
  const std::lock_guard lock(reports_->mutex);
  reports_->watches.emplace_back(topic, eventfd);
}

void KafkaClient::Forget(int eventfd) {
  const std::lock_guard lock(reports_->mutex);
  std::erase_if(reports_->watches, [&](const auto& watch) { return watch.second == eventfd; });
}

uint64_t KafkaClient::Doubts() const { return reports_->doubts.load(std::memory_order_acquire); }

uint64_t KafkaClient::DoubtsOf(const std::string& topic) const {
  const std::lock_guard lock(reports_->mutex);
  const auto found = reports_->doubts_of.find(topic);
  return found == reports_->doubts_of.end() ? 0 : found->second;
}

void KafkaClient::NoteLostTopic() {
  const std::lock_guard lock(reports_->mutex);
  reports_->lost_topic = true;
}

std::string KafkaClient::Trouble() const {
  const std::lock_guard lock(reports_->mutex);
  return reports_->trouble;
}

std::unexpected<Error> KafkaClient::Unreachable(std::string_view why) const {
  Error error{sqlstate::kConnectionFailure,
              "Kafka at \"" + settings_.brokers + "\" does not answer: " + std::string(why)};
  error.detail = Trouble();
  return std::unexpected(std::move(error));
}

Result<int32_t> KafkaClient::CountPartitions(const std::string& name) {
  return AskPartitions(name, settings_.timeout_ms);
}

Result<int32_t> KafkaClient::CheckPartitions(const std::string& name) {
  {
    const std::lock_guard lock(reports_->mutex);
    if (std::chrono::steady_clock::now() < reports_->in_vain_until) {
      return std::unexpected(reports_->in_vain);
    }
  }
  Result<int32_t> count = AskPartitions(name, std::min(kCheckMilliseconds, settings_.timeout_ms));
  if (!count && count.error().sqlstate == sqlstate::kConnectionFailure) {
    const std::lock_guard lock(reports_->mutex);
    reports_->in_vain = count.error();
    reports_->in_vain_until = std::chrono::steady_clock::now() + kInVain;
  }
  return count;
}

Result<int32_t> KafkaClient::AskPartitions(const std::string& name, int timeout_ms) {
  const Topic topic(rd_kafka_topic_new(handle_, name.c_str(), nullptr));
  if (topic == nullptr) {
    return Fail(sqlstate::kUndefinedTable, "\"" + name + "\" is no name of a topic");
  }
  const struct rd_kafka_metadata* answer = nullptr;
  const auto error = rd_kafka_metadata(handle_, 0, topic.get(), &answer, timeout_ms);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Unreachable(rd_kafka_err2str(error));
  const Metadata metadata(answer);
  if (metadata->topic_cnt != 1) return Unreachable("its answer lacks the topic");
  const rd_kafka_metadata_topic& found = metadata->topics[0];
  if (IsMissing(found.err) || found.err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION) {
    return std::unexpected(MissingTopic(name));
  }
  if (found.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    return Fail(sqlstate::kInsufficientPrivilege,
                "permission denied for topic \"" + name + "\": " + rd_kafka_err2str(found.err));
  }
  // A topic without a leader, for a moment.
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt == 0) {
    return Unreachable(rd_kafka_err2str(found.err));
  }
  return found.partition_cnt;
}

Error KafkaClient::MissingTopic(const std::string& name) {
  Error error{sqlstate::kUndefinedTable, "topic \"" + name + "\" does not exist at \"" +
                                             settings_.brokers + "\""};
  const struct rd_kafka_metadata* answer = nullptr;
  if (rd_kafka_metadata(handle_, 1, nullptr, &answer, settings_.timeout_ms) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return error;
  }
  const Metadata metadata(answer);
  std::vector<std::string_view> names;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    if (metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      names.emplace_back(metadata->topics[i].topic);
    }
  }
  if (const auto nearest = storage::NearestName(name, names)) {
    error.hint = "Perhaps you meant the topic \"" + *nearest + "\".";
  }
  return error;
}

Result<std::vector<int64_t>> KafkaClient::AskOffsets(const std::string& topic, int32_t partitions,
                                                     int64_t time) {
  // A topic that has just been made, or whose leader changes, is told to ask again.
  const auto passes = [](rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR__WAIT_CACHE;
  };
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.timeout_ms);
  while (true) {
    const PartitionList list(rd_kafka_topic_partition_list_new(partitions));
    for (int32_t i = 0; i < partitions; ++i) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i)->offset = time;
    }
    auto error = rd_kafka_offsets_for_times(handle_, list.get(), settings_.timeout_ms);
    std::vector<int64_t> offsets;
    std::string where;
    for (int i = 0; i < list->cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      error = list->elems[i].err;
      where = "partition " + std::to_string(i) + " of topic \"" + topic + "\": ";
      offsets.push_back(list->elems[i].offset);
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offsets;
    if (!passes(error) || std::chrono::steady_clock::now() >= end) {
      return Unreachable(where + rd_kafka_err2str(error));
    }
    std::this_thread::sleep_for(kAskAgain);
  }
}

Result<std::vector<int64_t>> KafkaClient::FindOffsets(const std::string& topic,
                                                      const KafkaStart& start) {
  const Result<int32_t> partitions = CountPartitions(topic);
  if (!partitions) return std::unexpected(partitions.error());
  // The protocol's own numbers for the two ends; what else stands here is a time.
  const auto ask = [&](int64_t time) { return AskOffsets(topic, *partitions, time); };
  if (start.at == KafkaStart::At::kEarliest) return ask(RD_KAFKA_OFFSET_BEGINNING);
  Result<std::vector<int64_t>> ends = ask(RD_KAFKA_OFFSET_END);
  if (!ends || start.at == KafkaStart::At::kLatest) return ends;
  // Times before 1970 would mean the ends.
  const int64_t milliseconds =
      std::max<int64_t>(0, -FloorDivide(-start.timestamp, kMicrosPerMillisecond));
  Result<std::vector<int64_t>> offsets = ask(milliseconds);
  if (!offsets) return offsets;
  for (size_t i = 0; i < offsets->size(); ++i) {
    if ((*offsets)[i] < 0) (*offsets)[i] = (*ends)[i];
  }
  return offsets;
}

}  // namespace riverrun::executor
