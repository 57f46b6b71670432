#include "executor/connectors/datagen/generation_pace.h"

#include <algorithm>

#include "types/number/numeric.h"

namespace riverrun::executor {
namespace {

constexpr Int128 kUnit = Int128{1'000'000} * 1'000'000;  // microseconds in a million seconds

}  // namespace

void GenerationPace::Begin(int64_t first, Micros now) {
  first_ = first;
  begin_ = last_ = now;
}

// All partitions together have passed * rate / kUnit events, which they take in turns.
int64_t GenerationPace::DueAfter(Micros passed) const {
  const Int128 all = Int128{passed / kStep * kStep} * rate_ / kUnit;
  const Int128 own = (all + partitions_ - 1 - partition_) / partitions_;
  return static_cast<int64_t>(std::min<Int128>(own, std::numeric_limits<int64_t>::max() / 2));
}

int64_t GenerationPace::DueBefore(Micros now) {
  if (rate_ == 0) return std::numeric_limits<int64_t>::max();
  if (now < last_) Begin(first_ + DueAfter(last_ - begin_), now);
  last_ = now;
  return first_ + DueAfter(now - begin_);
}

std::optional<Micros> GenerationPace::DueAt(int64_t event) const {
  if (rate_ == 0) return std::nullopt;
  if (event < first_) return begin_;
  const Int128 all = Int128{event - first_} * partitions_ + partition_ + 1;
  const Int128 passed = (all * kUnit + rate_ - 1) / rate_;
  const Int128 steps = (passed + kStep - 1) / kStep;
  constexpr Int128 kNever = std::numeric_limits<Micros>::max();
  return static_cast<Micros>(std::min(begin_ + steps * kStep, kNever));
}

}  // namespace riverrun::executor
