// What cases have shown.
#pragma once

#include <cstdint>
#include <string>

namespace riverrun::simulation {

/// What a case did, so that a run can show that it did something.
struct CaseReport {
  uint64_t epochs_checked = 0;
  uint64_t rows_compared = 0;
  uint64_t errors_compared = 0;
  uint64_t commits = 0;
  uint64_t crashes = 0;
  uint64_t replayed_epochs_compared = 0;
  uint64_t views_hydrated = 0;  // created while the server ran
  uint64_t windows_checked = 0;  // views over windows, compared with the model
  uint64_t window_rows = 0;
  uint64_t late_rows = 0;  // at the end of the cases
  uint64_t idle_cuts = 0;  // in which a partition was idle
  uint64_t wakings = 0;    // of a partition that had been idle, up to the end of the cases
  uint64_t streams_reset = 0, streams_rebuilt = 0, partitions_added = 0;

  void Add(const CaseReport& other);
  std::string Text() const;
};

}  // namespace riverrun::simulation
