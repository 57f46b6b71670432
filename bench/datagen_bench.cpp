// Generates rows and drops them: CPU time for each, without an engine behind.
//
//   datagen_bench [ROWS]   10 million if not given
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "executor/connectors/datagen/datagen.h"

namespace riverrun::executor {
namespace {

using Columns = std::vector<StreamColumn>;
using Options = std::vector<std::pair<std::string, std::string>>;

const Columns kBid = {{"auction", Type::Int8()}, {"bidder", Type::Int8()},
                      {"price", Type::Int8()},   {"channel", Type::Text()},
                      {"url", Type::Text()},     {"dateTime", Type::TimestampTz()},
                      {"extra", Type::Text()}};

class NoClock : public Clock {
 public:
  Micros Now() override { return 0; }
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void Run(const char* name, const Columns& columns, Options options, const std::vector<int>& wanted,
         uint64_t rows) {
  NoClock clock;
  options.emplace_back("rate", "unlimited");
  const auto made = MakeDatagen({columns, options}, clock);
  CHECK(made.has_value(), made ? "" : ToString(made.error().error));
  const auto reader = (*made)->Open({Position{}}, wanted, nullptr);
  const double cpu = CpuSeconds();
  uint64_t made_rows = 0;
  while (made_rows < rows) made_rows += (*(*reader)->Poll(kBatchRowsMax, 1 << 20))->rows.rows;
  const double ns = (CpuSeconds() - cpu) * 1e9 / static_cast<double>(made_rows);
  std::printf("%-32s %llu rows; CPU %.1f ns a row\n", name,
              static_cast<unsigned long long>(made_rows), ns);
}

void RunAll(uint64_t rows) {
  const Options nexmark = {{"nexmark", "bid"}};
  Run("Nexmark's bid", kBid, nexmark, {0, 1, 2, 3, 4, 5, 6}, rows);
  Run("... auction", kBid, nexmark, {0}, rows);
  Run("... auction, price", kBid, nexmark, {0, 2}, rows);
  Run("... bidder, dateTime", kBid, nexmark, {1, 5}, rows);
  Run("bigint", {{"v", Type::Int8()}}, {}, {0}, rows);
  Run("bigint, sequence", {{"v", Type::Int8()}}, {{"fields.v.kind", "sequence"}}, {0}, rows);
  Run("double precision", {{"v", Type::Float8()}}, {}, {0}, rows);
  Run("numeric(10,2)", {{"v", Type::Decimal(10, 2)}}, {}, {0}, rows);
  Run("timestamptz", {{"v", Type::TimestampTz()}}, {}, {0}, rows);
  Run("text, 10 letters", {{"v", Type::Text()}}, {}, {0}, rows);
  Run("text, 50 letters", {{"v", Type::Text()}}, {{"fields.v.length", "50"}}, {0}, rows);
  Run("text, one of three", {{"v", Type::Text()}}, {{"fields.v.values", "a,b,c"}}, {0}, rows);
  Run("jsonb", {{"v", Type::Jsonb()}}, {}, {0}, rows);
}

}  // namespace
}  // namespace riverrun::executor

int main(int argc, char** argv) {
  riverrun::executor::RunAll(argc > 1 ? std::stoull(argv[1]) : 10'000'000);
}
