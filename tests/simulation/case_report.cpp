#include "tests/simulation/case_report.h"

namespace riverrun::simulation {
namespace {

struct Count {
  uint64_t CaseReport::* member;
  const char* name;
};
constexpr Count kCounts[] = {
    {&CaseReport::epochs_checked, "views compared"},
    {&CaseReport::rows_compared, "rows"},
    {&CaseReport::errors_compared, "errors"},
    {&CaseReport::commits, "commits"},
    {&CaseReport::crashes, "crashes"},
    {&CaseReport::replayed_epochs_compared, "replayed epochs compared"},
    {&CaseReport::views_hydrated, "views hydrated"},
    {&CaseReport::windows_checked, "views of windows compared"},
    {&CaseReport::window_rows, "rows of them"},
    {&CaseReport::late_rows, "late rows"},
    {&CaseReport::idle_cuts, "cuts with idle partitions"},
    {&CaseReport::wakings, "wakings"},
    {&CaseReport::streams_reset, "streams reset"},
    {&CaseReport::streams_rebuilt, "streams rebuilt"},
    {&CaseReport::partitions_added, "partitions added"},
};

}  // namespace

void CaseReport::Add(const CaseReport& other) {
  for (const Count& count : kCounts) this->*count.member += other.*count.member;
}

std::string CaseReport::Text() const {
  std::string text;
  for (const Count& count : kCounts) {
    text += (text.empty() ? "" : ", ") + std::to_string(this->*count.member) + " " + count.name;
  }
  return text;
}

}  // namespace riverrun::simulation
