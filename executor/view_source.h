// The content of a table or view as the input of a dataflow.
#pragma once

#include <memory>

#include "executor/batch_source.h"
#include "storage/view/read_view.h"

namespace riverrun::executor {

/// The rows of a cursor; its error if it could not be opened.
std::unique_ptr<BatchSource> MakeViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor);

}  // namespace riverrun::executor
