// The events of the Nexmark benchmark: persons, auctions and bids of an online auction.
//
// Event n is a function of n and the seed alone. Of every 50 events the first is a person, three
// are auctions and 46 are bids; most bids go to hot auctions and come from hot bidders. Constants
// and distributions are those of the published benchmark (github.com/nexmark/nexmark), which draws
// without a seed, so that its rows cannot be repeated. These can: with seed 0 and 1000 events per
// second they are the rows that docs/benchmarks.md compares answers by, and must never change.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "executor/connectors/datagen/random_stream.h"
#include "types/column/buffer.h"
#include "types/column/string_ref.h"

namespace riverrun::executor {

enum class NexmarkKind : uint8_t { kPerson, kAuction, kBid };

/// "person", "auction" or "bid", in any case; nothing for another name.
std::optional<NexmarkKind> NexmarkKindByName(std::string_view name);

/// The number of the event that is the `index`th of its kind, both from 0.
int64_t NexmarkEventNumber(NexmarkKind kind, int64_t index);
/// How many events of a kind there are among those before event `number`.
int64_t NexmarkCountBefore(NexmarkKind kind, int64_t number);

/// Text that is made piece by piece, without allocation.
template <size_t capacity>
struct ShortText {
  std::array<char, capacity> bytes;
  uint32_t size = 0;

  void Put(char c) { bytes[size++] = c; }
  void Put(std::string_view text) {
    text.copy(bytes.data() + size, text.size());
    size += static_cast<uint32_t>(text.size());
  }
  std::string_view view() const { return {bytes.data(), size}; }
};

// The fields of an event in the order in which they are drawn. Who wants only the first ones does
// not pay for the rest. Times are drawn from nothing and not listed.

enum class BidField : uint8_t { kAuction, kBidder, kPrice, kChannel, kUrl, kExtra };
enum class AuctionField : uint8_t {
  kId, kSeller, kCategory, kInitialBid, kExpires, kItemName, kDescription, kReserve, kExtra
};
enum class PersonField : uint8_t { kId, kName, kEmail, kCreditCard, kCity, kState, kExtra };

/// A set of one of them.
template <class Field>
struct FieldSet {
  uint32_t bits = ~0u;

  bool Has(Field field) const { return bits >> static_cast<uint32_t>(field) & 1; }
  /// Whether the field or one drawn after it is in the set.
  bool HasFrom(Field field) const { return bits >> static_cast<uint32_t>(field) != 0; }
  void Add(Field field) { bits |= 1u << static_cast<uint32_t>(field); }
};

struct NexmarkBid {
  int64_t auction = 0, bidder = 0, price = 0;
  uint32_t channel = 0;  // of NexmarkTexts
  std::string_view extra;
};

struct NexmarkAuction {
  int64_t id = 0, seller = 0, category = 0, initial_bid = 0, reserve = 0;
  int64_t expires_ms = 0;
  ShortText<20> item_name;
  ShortText<100> description;
  std::string_view extra;
};

struct NexmarkPerson {
  int64_t id = 0;
  ShortText<16> name;
  ShortText<16> email;
  ShortText<19> credit_card;
  std::string_view city, state, extra;
};

/// The texts that all events draw from. Immutable; any thread.
class NexmarkTexts {
 public:
  static constexpr uint32_t kHotChannels = 4, kChannels = 10'000;

  NexmarkTexts();

  const StringRef& channel(uint32_t index) const { return channels_[index]; }
  const StringRef& url(uint32_t index) const { return urls_[index]; }
  /// A piece of the random letters. REQUIRES size <= 2^20.
  std::string_view Letters(RandomStream& random, uint32_t size) const;
  /// What keeps every text of this class alive.
  const BufferRef& bytes() const { return bytes_; }

 private:
  BufferRef bytes_;  // first the random letters
  std::vector<StringRef> channels_, urls_;
};

/// Makes events. Immutable; any thread.
class NexmarkEvents {
 public:
  /// Milliseconds since 1970 of event 0, unless another time is asked for.
  static constexpr int64_t kBaseMs = 1'700'000'000'000;
  static constexpr double kRate = 1000;

  /// `rate`: events of all kinds in a second of event time.
  explicit NexmarkEvents(uint64_t seed = 0, double rate = kRate, int64_t base_ms = kBaseMs);

  /// When event n happens, in milliseconds since 1970.
  int64_t TimeOf(int64_t n) const {
    return base_ms_ + static_cast<int64_t>(static_cast<double>(n) * 1000.0 / rate_);
  }
  // REQUIRES event n is of the kind. Fields that are not wanted have no meaningful values.
  NexmarkBid Bid(int64_t n, FieldSet<BidField> wanted = {}) const;
  NexmarkAuction Auction(int64_t n, FieldSet<AuctionField> wanted = {}) const;
  NexmarkPerson Person(int64_t n, FieldSet<PersonField> wanted = {}) const;

  const NexmarkTexts& texts() const { return texts_; }

 private:
  RandomStream DrawsOf(int64_t n) const;
  std::string_view Extra(RandomStream& random, uint32_t used, uint32_t average) const;

  const uint64_t seed_;
  const double rate_;
  const int64_t base_ms_;
  const NexmarkTexts texts_;
};

}  // namespace riverrun::executor
