// Values of one column, each a function of a key and the number of its event.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "executor/connectors/connector.h"
#include "executor/connectors/datagen/row_generator.h"
#include "types/value.h"

namespace riverrun::executor {

/// The time that passes from event to event.
struct EventClock {
  Micros start = 0;       // of event 0
  double rate = 1000;     // events a second

  /// When an event happens; never beyond the last timestamp.
  Micros TimeOf(int64_t event) const;
  /// The first event at a moment or later.
  int64_t EventAt(Micros time) const;
};

/// Makes the values of a column. Immutable; any thread.
class ValueGenerator {
 public:
  virtual ~ValueGenerator() = default;
  /// A value for each event.
  virtual Column Make(const EventRange& events, MemoryBudget* budget) const = 0;
  /// About how many bytes a value takes.
  virtual uint32_t bytes() const = 0;
  /// How many events there are values for; nothing if there is no end.
  virtual std::optional<int64_t> events_max() const { return std::nullopt; }
};

using MadeGenerator = std::expected<std::unique_ptr<const ValueGenerator>, DefinitionError>;

/// What WITH (fields.NAME.PROPERTY = ...) says of a column. Each asking marks what was asked for,
/// so that what nobody asks for can be refused.
class FieldOptions {
 public:
  struct Option {
    std::string key;  // as the user wrote it
    std::string value;
    bool used = false;
  };

  void Add(std::string_view property, Option option) { options_[std::string(property)] = option; }
  bool Has(std::string_view property) const { return options_.contains(property); }
  const Option* Find(std::string_view property);
  const Option* FirstUnused() const;

  /// The value as one of a type; `otherwise` if the option is not there.
  std::expected<Value, DefinitionError> Read(std::string_view property, const Type& type,
                                             Value otherwise);
  /// Whether `kind` says sequence, and not random. `allowed`: the type has sequences.
  std::expected<bool, DefinitionError> ReadIsSequence(const Type& type, bool allowed);
  /// An integer between two bounds.
  std::expected<int64_t, DefinitionError> ReadCount(std::string_view property, int64_t low,
                                                    int64_t high, int64_t otherwise);

 private:
  std::map<std::string, Option, std::less<>> options_;
};

/// An option whose value cannot be taken: 22023, `the option "KEY" ...`.
std::unexpected<DefinitionError> RefuseOption(std::string key, std::string why,
                                              std::string detail = {});

/// What a generator is made from.
struct ValueSpec {
  Type type;
  uint64_t key = 0;  // of the column, out of the seed and its name
  EventClock clock;
};

/// The generator of a column. Its errors name the option at fault.
MadeGenerator MakeValueGenerator(const ValueSpec& spec, FieldOptions& options);

// Those of some types; MakeValueGenerator chooses.

/// bool, integers, date, times, timestamps, interval, uuid.
MadeGenerator MakeScalarValues(const ValueSpec& spec, FieldOptions& options);
/// float4, float8, numeric in both forms.
MadeGenerator MakeFractionValues(const ValueSpec& spec, FieldOptions& options);
/// text, bytea, json, jsonb.
MadeGenerator MakeStringValues(const ValueSpec& spec, FieldOptions& options);

}  // namespace riverrun::executor
