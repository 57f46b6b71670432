// EMIT ON WINDOW CLOSE: which groups leave once, when their window is over.
#pragma once

#include "planner/bind/bind_state.h"

namespace riverrun::planner {

/// The plan of a query with EMIT ON WINDOW CLOSE: its windows take no late rows, and its aggregates
/// by a window close. Carries each row's watermark, a hidden column of its stream, to where it is
/// looked at. Throws 0A000, at `position`, for a query of which some row would not come from a
/// window that closes, and says what is in the way.
LogicalPlan CloseWindows(BindState& state, const LogicalPlan& plan, Position position);

}  // namespace riverrun::planner
