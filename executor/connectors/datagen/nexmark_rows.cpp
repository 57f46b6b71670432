#include "executor/connectors/datagen/nexmark_rows.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "executor/connectors/datagen/nexmark_events.h"
#include "storage/catalog/nearest_name.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
namespace {

enum class FieldForm : uint8_t { kNumber, kText, kTime };

// A column of a kind, as the benchmark spells it.
struct FieldName {
  std::string_view name;
  FieldForm form;
  int field;  // of BidField and its like; kWhen for the event time, which is not drawn
  uint32_t bytes_max = 0;  // of a text that is made for each row; others are shared
};
constexpr int kWhen = -1;

template <class Field>
constexpr FieldName Number(std::string_view name, Field field) {
  return {name, FieldForm::kNumber, static_cast<int>(field)};
}
template <class Field>
constexpr FieldName Text(std::string_view name, Field field, uint32_t bytes_max = 0) {
  return {name, FieldForm::kText, static_cast<int>(field), bytes_max};
}

constexpr FieldName kBidFields[] = {Number("auction", BidField::kAuction),
                                    Number("bidder", BidField::kBidder),
                                    Number("price", BidField::kPrice),
                                    Text("channel", BidField::kChannel),
                                    Text("url", BidField::kUrl),
                                    {"dateTime", FieldForm::kTime, kWhen},
                                    Text("extra", BidField::kExtra)};
constexpr FieldName kAuctionFields[] = {
    Number("id", AuctionField::kId),
    Text("itemName", AuctionField::kItemName, 20),
    Text("description", AuctionField::kDescription, 100),
    Number("initialBid", AuctionField::kInitialBid),
    Number("reserve", AuctionField::kReserve),
    {"dateTime", FieldForm::kTime, kWhen},
    {"expires", FieldForm::kTime, static_cast<int>(AuctionField::kExpires)},
    Number("seller", AuctionField::kSeller),
    Number("category", AuctionField::kCategory),
    Text("extra", AuctionField::kExtra)};
constexpr FieldName kPersonFields[] = {Number("id", PersonField::kId),
                                       Text("name", PersonField::kName, 16),
                                       Text("emailAddress", PersonField::kEmail, 16),
                                       Text("creditCard", PersonField::kCreditCard, 19),
                                       Text("city", PersonField::kCity),
                                       Text("state", PersonField::kState),
                                       {"dateTime", FieldForm::kTime, kWhen},
                                       Text("extra", PersonField::kExtra)};

std::span<const FieldName> FieldsOf(NexmarkKind kind) {
  switch (kind) {
    case NexmarkKind::kPerson: return kPersonFields;
    case NexmarkKind::kAuction: return kAuctionFields;
    case NexmarkKind::kBid: return kBidFields;
  }
  return {};
}

struct NexmarkColumn {
  size_t position;
  Type type;
  int field;
  uint32_t bytes_max;
};

// A column in the making.
class FieldWriter {
 public:
  FieldWriter(const NexmarkColumn& column, uint32_t rows, MemoryBudget* budget)
      : type_(column.type), field_(column.field) {
    if (type_.kind == TypeKind::kText) {
      strings_.emplace(rows, size_t{rows} * column.bytes_max, budget);
    } else {
      numbers_ = Buffer::Allocate(rows * sizeof(int64_t), budget);
      next_ = numbers_->mutable_as<int64_t>();
    }
  }

  int field() const { return field_; }
  void Put(int64_t number) { *next_++ = number; }
  void PutTime(int64_t ms) {
    *next_++ = type_.kind == TypeKind::kInt8 ? ms : ms * kMicrosPerMillisecond;
  }
  void Put(std::string_view text) { strings_->Put(text); }
  /// A text that NexmarkTexts or the program keeps.
  void PutShared(std::string_view text) { strings_->PutRef(StringRef(text)); }
  void PutShared(const StringRef& text) { strings_->PutRef(text); }
  Column Finish(const NexmarkTexts& texts) {
    if (strings_) return strings_->Finish(type_, texts.bytes());
    return FlatColumn(type_, numbers_);
  }

 private:
  const Type& type_;
  const int field_;
  std::optional<StringWriter> strings_;
  std::shared_ptr<Buffer> numbers_;
  int64_t* next_ = nullptr;
};

// Puts one value of each event. What to put is looked up once for all of them.
template <class Event, class Get>
void PutEach(std::span<const Event> events, FieldWriter& out, Get get) {
  for (const Event& event : events) out.Put(get(event));
}
template <class Event, class Get>
void PutEachShared(std::span<const Event> events, FieldWriter& out, Get get) {
  for (const Event& event : events) out.PutShared(get(event));
}

void Put(std::span<const NexmarkBid> bids, const NexmarkTexts& texts, FieldWriter& out) {
  using Bid = NexmarkBid;
  switch (static_cast<BidField>(out.field())) {
    case BidField::kAuction:
      return PutEach(bids, out, [](const Bid& bid) { return bid.auction; });
    case BidField::kBidder:
      return PutEach(bids, out, [](const Bid& bid) { return bid.bidder; });
    case BidField::kPrice:
      return PutEach(bids, out, [](const Bid& bid) { return bid.price; });
    case BidField::kChannel:
      return PutEachShared(bids, out, [&](const Bid& bid) { return texts.channel(bid.channel); });
    case BidField::kUrl:
      return PutEachShared(bids, out, [&](const Bid& bid) { return texts.url(bid.channel); });
    case BidField::kExtra:
      return PutEachShared(bids, out, [](const Bid& bid) { return bid.extra; });
  }
}

void PutOne(const NexmarkAuction& auction, FieldWriter& out) {
  switch (static_cast<AuctionField>(out.field())) {
    case AuctionField::kId: return out.Put(auction.id);
    case AuctionField::kSeller: return out.Put(auction.seller);
    case AuctionField::kCategory: return out.Put(auction.category);
    case AuctionField::kInitialBid: return out.Put(auction.initial_bid);
    case AuctionField::kExpires: return out.PutTime(auction.expires_ms);
    case AuctionField::kItemName: return out.Put(auction.item_name.view());
    case AuctionField::kDescription: return out.Put(auction.description.view());
    case AuctionField::kReserve: return out.Put(auction.reserve);
    case AuctionField::kExtra: return out.PutShared(auction.extra);
  }
}

void PutOne(const NexmarkPerson& person, FieldWriter& out) {
  switch (static_cast<PersonField>(out.field())) {
    case PersonField::kId: return out.Put(person.id);
    case PersonField::kName: return out.Put(person.name.view());
    case PersonField::kEmail: return out.Put(person.email.view());
    case PersonField::kCreditCard: return out.Put(person.credit_card.view());
    case PersonField::kCity: return out.PutShared(person.city);
    case PersonField::kState: return out.PutShared(person.state);
    case PersonField::kExtra: return out.PutShared(person.extra);
  }
}

// Persons and auctions are one event in twelve, and mostly text.
template <class Event>
void Put(std::span<const Event> events, const NexmarkTexts&, FieldWriter& out) {
  for (const Event& event : events) PutOne(event, out);
}

class NexmarkRows : public RowGenerator {
 public:
  NexmarkRows(NexmarkKind kind, std::vector<NexmarkColumn> columns, uint64_t seed,
              const EventClock& clock)
      : kind_(kind),
        columns_(std::move(columns)),
        clock_(clock),
        events_(seed, clock.rate, clock.start / kMicrosPerMillisecond) {}

  void Fill(const EventRange& events, std::span<const uint8_t> wanted, MemoryBudget* budget,
            std::span<Column> columns) const override {
    std::vector<FieldWriter> writers;
    std::vector<size_t> positions;
    uint32_t fields = 0;
    for (const NexmarkColumn& column : columns_) {
      if (wanted[column.position] == 0) continue;
      writers.emplace_back(column, events.rows, budget);
      positions.push_back(column.position);
      if (column.field != kWhen) fields |= 1u << column.field;
    }
    switch (kind_) {
      case NexmarkKind::kPerson:
        FillWith<PersonField>(events, fields, writers, &NexmarkEvents::Person);
        break;
      case NexmarkKind::kAuction:
        FillWith<AuctionField>(events, fields, writers, &NexmarkEvents::Auction);
        break;
      case NexmarkKind::kBid:
        FillWith<BidField>(events, fields, writers, &NexmarkEvents::Bid);
        break;
    }
    for (size_t i = 0; i < writers.size(); ++i) {
      columns[positions[i]] = writers[i].Finish(events_.texts());
    }
  }

  uint32_t RowBytes(std::span<const uint8_t> wanted) const override {
    uint32_t bytes = 0;
    for (const NexmarkColumn& column : columns_) {
      if (wanted[column.position] == 0) continue;
      bytes += column.type.kind == TypeKind::kText ? 16 + column.bytes_max : 8;
    }
    return bytes;
  }

  int64_t EventAt(Micros time) const override {
    return NexmarkCountBefore(kind_, clock_.EventAt(time));
  }

 private:
  // So many events are made, then put into one column after the other, while they are in the cache.
  static constexpr uint32_t kPieceRows = 64;

  template <class Field, class Event>
  void FillWith(const EventRange& range, uint32_t fields, std::vector<FieldWriter>& writers,
                Event (NexmarkEvents::*make)(int64_t, FieldSet<Field>) const) const {
    std::array<int64_t, kPieceRows> numbers;
    std::array<Event, kPieceRows> events;
    for (uint32_t begin = 0; begin < range.rows; begin += kPieceRows) {
      const uint32_t rows = std::min(kPieceRows, range.rows - begin);
      for (uint32_t i = 0; i < rows; ++i) {
        numbers[i] = NexmarkEventNumber(kind_, range[begin + i]);
      }
      for (uint32_t i = 0; i < rows; ++i) {
        events[i] = (events_.*make)(numbers[i], FieldSet<Field>{fields});
      }
      for (FieldWriter& writer : writers) {
        if (writer.field() == kWhen) {
          for (uint32_t i = 0; i < rows; ++i) writer.PutTime(events_.TimeOf(numbers[i]));
        } else {
          Put(std::span<const Event>(events).first(rows), events_.texts(), writer);
        }
      }
    }
  }

  const NexmarkKind kind_;
  const std::vector<NexmarkColumn> columns_;
  const EventClock clock_;
  const NexmarkEvents events_;
};

bool HasForm(const Type& type, FieldForm form) {
  switch (form) {
    case FieldForm::kNumber: return type.kind == TypeKind::kInt8;
    case FieldForm::kText: return type.kind == TypeKind::kText && type.typmod < 0;
    case FieldForm::kTime:
      return (type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTimestampTz ||
              type.kind == TypeKind::kInt8) &&
             (type.typmod < 0 || type.typmod >= 3);
  }
  return false;
}

DefinitionError UnknownField(const std::string& name, std::span<const FieldName> fields) {
  std::vector<std::string_view> names;
  std::string list;
  for (const FieldName& field : fields) {
    names.push_back(field.name);
    list += (list.empty() ? "" : ", ") + std::string(field.name);
  }
  Error error{sqlstate::kUndefinedColumn, "Nexmark has no \"" + name + "\" in this stream"};
  const auto nearest = storage::NearestName(name, names);
  error.hint = nearest ? "Perhaps you meant \"" + *nearest + "\"." : "There are " + list + ".";
  return {std::move(error)};
}

DefinitionError WrongType(const StreamColumn& column, FieldForm form) {
  Error error{sqlstate::kDatatypeMismatch,
              "column \"" + column.name + "\" of Nexmark cannot be of type " +
                  TypeName(column.type)};
  switch (form) {
    case FieldForm::kNumber: error.hint = "It is a bigint."; break;
    case FieldForm::kText: error.hint = "It is a text."; break;
    case FieldForm::kTime:
      error.hint = "It is a timestamp or a timestamptz, or a bigint of milliseconds since 1970.";
      break;
  }
  return {std::move(error)};
}

}  // namespace

std::expected<std::unique_ptr<const RowGenerator>, DefinitionError> MakeNexmarkRows(
    const StreamDefinition& definition, const DatagenSettings& settings) {
  const std::span<const FieldName> fields = FieldsOf(*settings.nexmark);
  std::vector<NexmarkColumn> columns;
  for (size_t i = 0; i < definition.columns.size(); ++i) {
    const StreamColumn& column = definition.columns[i];
    if (!column.metadata.empty()) continue;
    const std::string folded = FoldName(column.name, false);
    const FieldName* found = nullptr;
    for (const FieldName& field : fields) {
      if (FoldName(field.name, false) == folded) found = &field;
    }
    DefinitionError error;
    if (found == nullptr) {
      error = UnknownField(column.name, fields);
    } else if (!HasForm(column.type, found->form)) {
      error = WrongType(column, found->form);
    } else {
      columns.push_back({i, column.type, found->field, found->bytes_max});
      continue;
    }
    error.column = i;
    return std::unexpected(std::move(error));
  }
  const EventClock clock{settings.start_time.value_or(NexmarkEvents::kBaseMs * 1000),
                         settings.event_rate.value_or(NexmarkEvents::kRate)};
  return std::make_unique<NexmarkRows>(*settings.nexmark, std::move(columns), settings.seed, clock);
}

}  // namespace riverrun::executor
