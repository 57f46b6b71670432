// How far a view has come that is being filled.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "executor/batch_source.h"

namespace riverrun::server {

/// The history of a new view, and how much of it has been read. The coordinator's thread says what
/// there is, the workers count, any thread asks.
class Filling {
 public:
  /// Adds rows that will be read. Before any is.
  void Expect(int64_t rows) { expected_ += rows; }
  /// Some of the history has a length that nobody knows: there is no progress to tell.
  void ExpectUnknown() { known_ = false; }

  /// The part that has been read, from 0 to 1; nothing if that is not known.
  std::optional<double> Progress() const;

  /// The rows of `source`, counted by `filling` as they are read.
  static std::unique_ptr<executor::BatchSource> Count(std::unique_ptr<executor::BatchSource> source,
                                                      std::shared_ptr<Filling> filling);

 private:
  class CountedRows;

  int64_t expected_ = 0;
  bool known_ = true;
  std::atomic<int64_t> read_ = 0;
};

}  // namespace riverrun::server
