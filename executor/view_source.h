// The content of a table or view as the input of a one-shot dataflow.
#pragma once

#include <memory>

#include "executor/batch_source.h"
#include "executor/operators/operators.h"
#include "storage/view/read_view.h"

namespace riverrun::executor {

/// The rows of a cursor; its error if it could not be opened.
std::unique_ptr<BatchSource> MakeViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor);
/// What a source reads of a view: by a scan, by a lookup if it wants one key, or what was made for
/// the view. The view outlives
/// the rows.
std::unique_ptr<BatchSource> OpenSource(const storage::ReadView& view, const SourceSpec& source);

}  // namespace riverrun::executor
