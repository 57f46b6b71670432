// The batch answer: what every view must contain.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "storage/journal_record.h"
#include "storage/view/view_store.h"
#include "tests/simulation/bag.h"
#include "tests/simulation/random_query.h"
#include "tests/simulation/stream_log.h"

namespace riverrun::simulation {

/// A commit with its place in the journal.
using LoggedCommit = std::pair<Lsn, storage::CommitRecord>;

/// What a view's query returns over a given input, and which rows fail.
struct Answer {
  Bag rows;
  Bag errors;
};

/// Content of a table after every commit before `lsn`.
Bag TableContent(ObjectId table, const std::vector<LoggedCommit>& commits, Lsn lsn);

/// Runs the query of a view once, over whole inputs and each aggregation in one step, by the local
/// driver.
Answer BatchAnswer(const RandomView& view, const std::map<ObjectId, Bag>& inputs,
                   const EpochInfo& epoch);

/// Content of a published version.
Bag ContentOf(const storage::VersionRef& version);
/// What an error collection contains, without its times: those are not part of a failure.
Bag FailuresOf(const storage::VersionRef& version);
/// The types of these rows.
std::vector<Type> FailureTypes();

/// The first rows in which two bags differ, in words; nothing if they are equal.
std::optional<std::string> Difference(const Bag& expected, const Bag& actual,
                                      const std::vector<Type>& types);

}  // namespace riverrun::simulation
