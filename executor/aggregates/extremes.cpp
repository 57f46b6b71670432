// min and max of every ordered type. Of values that SQL calls equal (1.0 and 1.00), min gives the
// one with the smallest image and max the one with the greatest, so that arrival never shows.
#include <bit>
#include <new>

#include "executor/aggregates/aggregate.h"
#include "executor/aggregates/row_loop.h"
#include "executor/state/ordered_multiset.h"
#include "types/codec/key.h"

namespace riverrun::executor {
namespace {

enum class Side : uint8_t { kMin, kMax };

constexpr char kValueTag = 1;  // how the image of a value that is not null begins

// A value of at most 8 bytes as a number whose order is that of the values' images.
template <class T>
uint64_t ToOrdinal(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    if (value != value) return ~uint64_t{0};  // every NaN is above infinity
    const auto bits = std::bit_cast<Bits>(value);
    constexpr Bits kSign = Bits{1} << (sizeof(T) * 8 - 1);
    return static_cast<Bits>((bits & kSign) != 0 ? ~bits : bits | kSign);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<uint64_t>(int64_t{value}) ^ uint64_t { 1 } << 63;
  } else {
    return value;
  }
}

template <class T>
T FromOrdinal(uint64_t ordinal) {
  if constexpr (std::is_floating_point_v<T>) {
    using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
    if (ordinal == ~uint64_t{0}) return std::numeric_limits<T>::quiet_NaN();
    const auto bits = static_cast<Bits>(ordinal);
    constexpr Bits kSign = Bits{1} << (sizeof(T) * 8 - 1);
    return std::bit_cast<T>(static_cast<Bits>((bits & kSign) != 0 ? bits ^ kSign : ~bits));
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<T>(static_cast<int64_t>(ordinal ^ uint64_t{1} << 63));
  } else {
    return static_cast<T>(ordinal);
  }
}

// Append-only, fixed width: the extreme itself.
template <Side kSide, class T>
class OrdinalExtreme : public AggregateFunction {
 public:
  size_t state_bytes() const override { return sizeof(State); }

  void Update(const AggregateInput& in) override {
    const Reader<T> values(in.args[0]);
    ForEachArgument(in, [&](size_t i, uint32_t row, auto) {
      auto& state = in.states.At<State>(i);
      // Counted from the bottom up for max and from the top down for min: zero is the worst.
      const uint64_t ordinal = ToOrdinal(values[row]);
      const uint64_t merit = kSide == Side::kMax ? ordinal : ~ordinal;
      state.merit = std::max(state.merit, merit);
      state.present = 1;
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = states.At<State>(i);
      if (state.present == 0) {
        out.AppendNull();
      } else {
        out.Append(FromOrdinal<T>(kSide == Side::kMax ? state.merit : ~state.merit));
      }
    }
  }

 private:
  struct State {
    uint64_t merit;
    uint64_t present;
  };
};

// Append-only, any type: the image of the extreme.
template <Side kSide>
class ImageExtreme : public AggregateFunction {
 public:
  size_t state_bytes() const override { return sizeof(State); }
  void Destroy(std::byte* state, StateArena& arena) const override {
    const auto& held = *reinterpret_cast<State*>(state);
    if (held.capacity > 0) arena.Free(held.bytes, held.capacity);
  }

  void Update(const AggregateInput& in) override {
    ForEachArgument(in, [&](size_t i, uint32_t row, auto) {
      image_.clear();
      AppendImage(in.args[0], row, image_);
      auto& state = in.states.At<State>(i);
      const bool better = kSide == Side::kMin ? image_ < state.view() : image_ > state.view();
      if (state.size == 0 || better) Keep(state, in.arena);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = states.At<State>(i);
      if (state.size == 0) {
        out.AppendNull();
      } else {
        DecodeImage(state.view(), out);
      }
    }
  }

 private:
  struct State {
    std::byte* bytes;
    uint32_t size;  // 0 before the first value: no image is empty
    uint32_t capacity;
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes), size}; }
  };

  void Keep(State& state, StateArena& arena) {
    if (image_.size() > state.capacity) {
      if (state.capacity > 0) arena.Free(state.bytes, state.capacity);
      state.capacity = static_cast<uint32_t>((image_.size() + 15) / 16 * 16);
      state.bytes = arena.Allocate(state.capacity);
    }
    std::memcpy(state.bytes, image_.data(), image_.size());
    state.size = static_cast<uint32_t>(image_.size());
  }

  std::string image_;
};

// Under retraction: all values, because any may be the extreme once the others are gone.
template <Side kSide>
class RetractableExtreme : public AggregateFunction {
 public:
  size_t state_bytes() const override { return sizeof(OrderedMultiset); }
  void Init(std::byte* state) const override { new (state) OrderedMultiset; }
  void Destroy(std::byte* state, StateArena& arena) const override {
    reinterpret_cast<OrderedMultiset*>(state)->Clear(arena);
  }

  void Update(const AggregateInput& in) override {
    ForEachArgument(in, [&](size_t i, uint32_t row, Weight weight) {
      image_.clear();
      AppendImage(in.args[0], row, image_);
      // Without the tag, which is the same for all values: integers then fill a slot's head.
      const std::string_view value = std::string_view(image_).substr(1);
      in.states.At<OrderedMultiset>(i).Add(value, weight, in.arena);
    });
  }

  void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane&) override {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& values = states.At<OrderedMultiset>(i);
      if (values.empty()) {
        out.AppendNull();
      } else {
        image_.resize(1);
        image_[0] = kValueTag;
        image_.append((kSide == Side::kMin ? values.First() : values.Last()).key);
        DecodeImage(image_, out);
      }
    }
  }

 private:
  std::string image_;
};

template <Side kSide>
std::unique_ptr<AggregateFunction> MakeExtreme(const AggregateUse& use) {
  const TypeKind kind = use.args[0].kind;
  CHECK(kind == use.result.kind && use.args[0].scale == use.result.scale,
        "min and max return a value of their argument");
  if (!use.append_only) return std::make_unique<RetractableExtreme<kSide>>();
  switch (kind) {
    case TypeKind::kInt2:
      return std::make_unique<OrdinalExtreme<kSide, int16_t>>();
    case TypeKind::kInt4:
    case TypeKind::kDate:
      return std::make_unique<OrdinalExtreme<kSide, int32_t>>();
    case TypeKind::kInt8:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return std::make_unique<OrdinalExtreme<kSide, int64_t>>();
    case TypeKind::kOid:
      return std::make_unique<OrdinalExtreme<kSide, uint32_t>>();
    case TypeKind::kFloat4:
      return std::make_unique<OrdinalExtreme<kSide, float>>();
    case TypeKind::kFloat8:
      return std::make_unique<OrdinalExtreme<kSide, double>>();
    default:
      return std::make_unique<ImageExtreme<kSide>>();
  }
}

// A decimal keeps its scale; varchar(3) and the like become their type without modifier.
Type SameType(std::span<const Type> args) {
  if (args[0].kind == TypeKind::kText) return Type::Text();
  Type type = args[0];
  type.typmod = -1;
  return type;
}

// Those of PostgreSQL 15, and bytea and uuid, which it has no min and max for.
constexpr std::string_view kOrderedTypes[] = {"smallint",
                                              "integer",
                                              "bigint",
                                              "oid",
                                              "real",
                                              "double precision",
                                              "numeric",
                                              "date",
                                              "time without time zone",
                                              "time with time zone",
                                              "timestamp without time zone",
                                              "timestamp with time zone",
                                              "interval",
                                              "text",
                                              "bytea",
                                              "uuid",
                                              "anyarray"};

}  // namespace

void RegisterExtremes(FunctionRegistry& registry) {
  const auto add = [&](const std::string& name, std::string_view type, AggregateFactory factory,
                       std::string_view description) {
    const std::string signature = name + "(" + std::string(type) + ") -> " + std::string(type);
    // The extreme of the extremes of parts.
    registry.Aggregate(signature, factory, {.result_type = SameType}, description,
                       {{signature}, signature});
  };
  for (const std::string_view type : kOrderedTypes) {
    add("min", type, &MakeExtreme<Side::kMin>, "the smallest of the values that are not null");
    add("max", type, &MakeExtreme<Side::kMax>, "the largest of the values that are not null");
  }
}

}  // namespace riverrun::executor
