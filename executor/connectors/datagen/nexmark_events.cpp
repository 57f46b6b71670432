#include "executor/connectors/datagen/nexmark_events.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "types/error.h"

namespace riverrun::executor {
namespace {

// Events come in rounds.
constexpr int64_t kRound = 50, kPersons = 1, kAuctions = 3;
constexpr int64_t kBids = kRound - kPersons - kAuctions;

constexpr int64_t kFirstId = 1000;  // of persons and of auctions
constexpr int64_t kFirstCategory = 10;
constexpr uint32_t kCategories = 5;
constexpr int64_t kActivePersons = 1000, kOpenAuctions = 100, kLead = 10;
constexpr int64_t kHotEvery = 100;  // every so many ids one is hot

constexpr uint32_t kLetters = 1 << 20;

constexpr std::array<std::string_view, 11> kFirstNames = {
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::array<std::string_view, 9> kLastNames = {
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"};
constexpr std::array<std::string_view, 10> kCities = {
    "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
    "Bend",    "Redmond",     "Seattle",       "Kent",  "Cheyenne"};
constexpr std::array<std::string_view, 6> kStates = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array<std::string_view, NexmarkTexts::kHotChannels> kHotChannelNames = {
    "Google", "Facebook", "Baidu", "Apple"};

template <size_t size>
std::string_view Pick(RandomStream& random, const std::array<std::string_view, size>& texts) {
  return texts[random.Below(size)];
}

// From 3 to below `size_end` characters: letters, and `space` for one in 13.
template <class Text>
void PutText(RandomStream& random, uint32_t size_end, char space, Text& out) {
  for (uint32_t size = 3 + random.Below(size_end - 3); size > 0; --size) {
    out.Put(random.Below(13) == 0 ? space : static_cast<char>('a' + random.Below(26)));
  }
}

std::string Url(RandomStream& random) {
  std::string url = "https://www.nexmark.com/";
  for (int i = 0; i < 3; ++i) {
    ShortText<5> folder;
    PutText(random, 5, '_', folder);
    url += folder.view();
    url += '/';
  }
  return url + "item.htm?query=1";
}

uint32_t ReverseBits(uint32_t value) {
  uint32_t reversed = 0;
  for (int bit = 0; bit < 32; ++bit) reversed |= (value >> bit & 1) << (31 - bit);
  return reversed;
}

// From 100 to 10^8, its logarithm uniform.
int64_t Price(RandomStream& random) {
  return std::llround(std::pow(10.0, random.Unit() * 6.0) * 100.0);
}

// The last person, or auction, that there is at event n; ids without the first one added.
int64_t LastPerson(int64_t n) { return n / kRound; }
int64_t LastAuction(int64_t n) {
  const int64_t round = n / kRound, slot = n % kRound;
  if (slot < kPersons) return round * kAuctions - 1;
  return round * kAuctions + std::min(slot - kPersons, kAuctions - 1);
}

int64_t AnyPerson(int64_t n, RandomStream& random) {
  const int64_t persons = LastPerson(n) + 1, active = std::min(persons, kActivePersons);
  return persons - active + random.Below(static_cast<uint32_t>(active + kLead));
}

int64_t AnyAuction(int64_t n, RandomStream& random) {
  const int64_t last = LastAuction(n), first = std::max<int64_t>(last - kOpenAuctions, 0);
  return first + random.Below(static_cast<uint32_t>(last - first + 1 + kLead));
}

}  // namespace

std::optional<NexmarkKind> NexmarkKindByName(std::string_view name) {
  std::string folded;
  for (char c : name) folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (folded == "person") return NexmarkKind::kPerson;
  if (folded == "auction") return NexmarkKind::kAuction;
  if (folded == "bid") return NexmarkKind::kBid;
  return std::nullopt;
}

int64_t NexmarkEventNumber(NexmarkKind kind, int64_t index) {
  switch (kind) {
    case NexmarkKind::kPerson: return index * kRound;
    case NexmarkKind::kAuction: return index / kAuctions * kRound + kPersons + index % kAuctions;
    case NexmarkKind::kBid:
      return index / kBids * kRound + kPersons + kAuctions + index % kBids;
  }
  return 0;
}

int64_t NexmarkCountBefore(NexmarkKind kind, int64_t number) {
  const int64_t rounds = number / kRound, slot = number % kRound;
  switch (kind) {
    case NexmarkKind::kPerson: return rounds * kPersons + std::min(slot, kPersons);
    case NexmarkKind::kAuction:
      return rounds * kAuctions + std::clamp<int64_t>(slot - kPersons, 0, kAuctions);
    case NexmarkKind::kBid:
      return rounds * kBids + std::max<int64_t>(slot - kPersons - kAuctions, 0);
  }
  return 0;
}

NexmarkTexts::NexmarkTexts() {
  RandomStream random(42);
  std::string bytes;
  bytes.reserve(kLetters + (kHotChannels + kChannels) * 100);
  for (uint32_t i = 0; i < kLetters; ++i) bytes += static_cast<char>('a' + random.Below(26));
  std::vector<std::pair<size_t, size_t>> places;  // of channel and URL in turns
  const auto keep = [&](std::string_view text) {
    places.emplace_back(bytes.size(), text.size());
    bytes += text;
  };
  for (const std::string_view name : kHotChannelNames) {
    keep(name);
    keep(Url(random));
  }
  for (uint32_t i = 0; i < kChannels; ++i) {
    keep("channel-" + std::to_string(i));
    std::string url = Url(random);
    if (random.Below(10) > 0) {
      const int64_t id = static_cast<int32_t>(ReverseBits(i));
      url += "&channel_id=" + std::to_string(std::abs(id));
    }
    keep(url);
  }
  const auto buffer = Buffer::Allocate(bytes.size());
  bytes.copy(buffer->mutable_as<char>(), bytes.size());
  bytes_ = buffer;
  for (size_t i = 0; i < places.size(); ++i) {
    const std::string_view text(bytes_->as<char>() + places[i].first, places[i].second);
    (i % 2 == 0 ? channels_ : urls_).emplace_back(text);
  }
}

std::string_view NexmarkTexts::Letters(RandomStream& random, uint32_t size) const {
  return {bytes_->as<char>() + random.Below(kLetters - size), size};
}

NexmarkEvents::NexmarkEvents(uint64_t seed, double rate, int64_t base_ms)
    : seed_(seed), rate_(rate), base_ms_(base_ms) {
  CHECK(rate > 0, "events that take no time");
}

RandomStream NexmarkEvents::DrawsOf(int64_t n) const {
  uint64_t mixed = static_cast<uint64_t>(n) + 1 + seed_ * kGoldenGamma;
  for (int round = 0; round < 2; ++round) {
    mixed ^= mixed >> 32;
    mixed *= 0xd6e8feb86659fd93;
  }
  return RandomStream(mixed ^ mixed >> 32);
}

// Letters that bring an event of `used` bytes to about `average`.
std::string_view NexmarkEvents::Extra(RandomStream& random, uint32_t used,
                                      uint32_t average) const {
  if (used > average) return {};
  const uint32_t missing = average - used;
  const auto spread = static_cast<uint32_t>(std::lround(missing * 0.2));
  const uint32_t size = missing - spread + (spread > 0 ? random.Below(2 * spread) : 0);
  return texts_.Letters(random, size);
}

// Both of two values are drawn where one is needed: nobody can predict which, and a wrong guess of
// the processor is dearer.
NexmarkBid NexmarkEvents::Bid(int64_t n, FieldSet<BidField> wanted) const {
  NexmarkBid bid;
  RandomStream random = DrawsOf(n);
  const bool hot_auction = random.Below(2) > 0;
  RandomStream further = random;
  const int64_t any_auction = AnyAuction(n, further);
  random = hot_auction ? random : further;
  bid.auction = kFirstId + (hot_auction ? LastAuction(n) / kHotEvery * kHotEvery : any_auction);
  if (!wanted.HasFrom(BidField::kBidder)) return bid;
  const bool hot_bidder = random.Below(4) > 0;
  further = random;
  const int64_t any_person = AnyPerson(n, further);
  random = hot_bidder ? random : further;
  bid.bidder = kFirstId + (hot_bidder ? LastPerson(n) / kHotEvery * kHotEvery + 1 : any_person);
  if (!wanted.HasFrom(BidField::kPrice)) return bid;
  if (wanted.Has(BidField::kPrice)) {
    bid.price = Price(random);
  } else {
    random.Next();  // a power is dear
  }
  if (!wanted.HasFrom(BidField::kChannel)) return bid;
  constexpr uint32_t kHot = NexmarkTexts::kHotChannels;
  bid.channel = random.Below(2) > 0 ? random.Below(kHot)
                                    : kHot + random.Below(NexmarkTexts::kChannels);
  if (wanted.Has(BidField::kExtra)) bid.extra = Extra(random, 32, 100);
  return bid;
}

NexmarkAuction NexmarkEvents::Auction(int64_t n, FieldSet<AuctionField> wanted) const {
  NexmarkAuction auction;
  auction.id = kFirstId + LastAuction(n);
  if (!wanted.HasFrom(AuctionField::kSeller)) return auction;
  RandomStream random = DrawsOf(n);
  auction.seller = kFirstId + (random.Below(4) > 0 ? LastPerson(n) / kHotEvery * kHotEvery
                                                   : AnyPerson(n, random));
  auction.category = kFirstCategory + random.Below(kCategories);
  if (!wanted.HasFrom(AuctionField::kInitialBid)) return auction;
  auction.initial_bid = Price(random);
  // Half of them outlive the next kOpenAuctions auctions.
  const int64_t opens_ms = TimeOf(n);
  const int64_t open_ms = TimeOf(n + kOpenAuctions * kRound / kAuctions) - opens_ms;
  const int64_t range = std::clamp<int64_t>(open_ms * 2, 1, UINT32_MAX);
  auction.expires_ms = opens_ms + 1 + random.Below(static_cast<uint32_t>(range));
  if (!wanted.HasFrom(AuctionField::kItemName)) return auction;
  PutText(random, 20, ' ', auction.item_name);
  PutText(random, 100, ' ', auction.description);
  auction.reserve = auction.initial_bid + Price(random);
  if (!wanted.Has(AuctionField::kExtra)) return auction;
  auction.extra = Extra(random, 48 + auction.item_name.size + auction.description.size, 500);
  return auction;
}

NexmarkPerson NexmarkEvents::Person(int64_t n, FieldSet<PersonField> wanted) const {
  NexmarkPerson person;
  person.id = kFirstId + LastPerson(n);
  if (!wanted.HasFrom(PersonField::kName)) return person;
  RandomStream random = DrawsOf(n);
  person.name.Put(Pick(random, kFirstNames));
  person.name.Put(' ');
  person.name.Put(Pick(random, kLastNames));
  PutText(random, 7, ' ', person.email);
  person.email.Put('@');
  PutText(random, 5, ' ', person.email);
  person.email.Put(".com");
  for (int group = 0; group < 4; ++group) {
    if (group > 0) person.credit_card.Put(' ');
    const uint32_t digits = random.Below(10'000);
    for (uint32_t unit = 1000; unit > 0; unit /= 10) {
      person.credit_card.Put(static_cast<char>('0' + digits / unit % 10));
    }
  }
  person.city = Pick(random, kCities);
  person.state = Pick(random, kStates);
  if (!wanted.Has(PersonField::kExtra)) return person;
  const uint32_t used = 8 + person.name.size + person.email.size + person.credit_card.size +
                        static_cast<uint32_t>(person.city.size() + person.state.size());
  person.extra = Extra(random, used, 200);
  return person;
}

}  // namespace riverrun::executor
