#include "executor/connectors/kafka_pool.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace riverrun::executor {
namespace {

using TopicPartition = std::pair<std::string, int32_t>;

// A client, as long as anybody has it, and what is read with it.
struct Entry {
  KafkaSettings settings;
  bool asks = false;
  std::weak_ptr<KafkaClient> client;
  std::set<TopicPartition> claimed;
};

struct Pool {
  std::mutex mutex;
  std::vector<std::shared_ptr<Entry>> entries;

  static Pool& Get() {
    static Pool pool;
    return pool;
  }
};

// Gives the partitions back.
struct Token {
  std::shared_ptr<Entry> entry;
  std::vector<TopicPartition> partitions;

  ~Token() {
    const std::scoped_lock lock(Pool::Get().mutex);
    for (const TopicPartition& partition : partitions) entry->claimed.erase(partition);
  }
};

// A client of which no claim is in the way. REQUIRES the pool's lock.
template <class InTheWay>
Result<std::pair<std::shared_ptr<Entry>, std::shared_ptr<KafkaClient>>> Find(
    Pool& pool, const KafkaSettings& settings, bool asks, InTheWay in_the_way) {
  std::erase_if(pool.entries, [](const auto& entry) { return entry->client.expired(); });
  for (const std::shared_ptr<Entry>& entry : pool.entries) {
    if (entry->asks != asks || std::ranges::any_of(entry->claimed, in_the_way) ||
        !(entry->settings == settings))
      continue;
    if (std::shared_ptr<KafkaClient> client = entry->client.lock()) return {{entry, client}};
  }
  Result<std::shared_ptr<KafkaClient>> made = KafkaClient::Make(settings);
  if (!made) return std::unexpected(made.error());
  pool.entries.push_back(
      std::make_shared<Entry>(settings, asks, *made, std::set<TopicPartition>()));
  return {{pool.entries.back(), *made}};
}

}  // namespace

Result<std::shared_ptr<KafkaClient>> AskingKafkaClient(const KafkaSettings& settings) {
  Pool& pool = Pool::Get();
  const std::scoped_lock lock(pool.mutex);
  auto found = Find(pool, settings, true, [](const TopicPartition&) { return false; });
  if (!found) return std::unexpected(found.error());
  return found->second;
}

Result<std::shared_ptr<KafkaClient>> SpareKafkaClient(const KafkaSettings& settings,
                                                      const std::string& topic) {
  Pool& pool = Pool::Get();
  const std::scoped_lock lock(pool.mutex);
  auto found =
      Find(pool, settings, false, [&](const TopicPartition& p) { return p.first == topic; });
  if (!found) return std::unexpected(found.error());
  return found->second;
}

Result<KafkaClaim> ClaimPartitions(const KafkaSettings& settings, const std::string& topic,
                                   std::span<const int32_t> partitions) {
  std::vector<TopicPartition> wanted;
  for (const int32_t partition : partitions) wanted.emplace_back(topic, partition);
  Pool& pool = Pool::Get();
  const std::scoped_lock lock(pool.mutex);
  auto found = Find(pool, settings, false, [&](const TopicPartition& claimed) {
    return std::ranges::find(wanted, claimed) != wanted.end();
  });
  if (!found) return std::unexpected(found.error());
  auto& [entry, client] = *found;
  entry->claimed.insert(wanted.begin(), wanted.end());
  return KafkaClaim{client, std::make_shared<Token>(entry, std::move(wanted))};
}

}  // namespace riverrun::executor
