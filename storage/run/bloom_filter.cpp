#include "storage/run/bloom_filter.h"

namespace riverrun::storage {
namespace {

constexpr uint64_t kKeysPerLine = 50;

}  // namespace

BloomFilter::BloomFilter(uint64_t keys)
    : line_count_(keys / kKeysPerLine + 1), lines_(line_count_ * kWordsPerLine) {}

}  // namespace riverrun::storage
