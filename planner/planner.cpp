#include "planner/planner.h"

namespace riverrun::planner {

LoweredQuery PlanQuery(BoundQuery query, const LowerOptions& options) {
  return Lower(Optimize(std::move(query), options.mode), options);
}

}  // namespace riverrun::planner
