#include <algorithm>

#include "planner/logical/derive.h"
#include "planner/logical/rewrite_plan.h"
#include "planner/lower/lowering.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

std::string Names(const LogicalNode& node, const std::vector<ColumnId>& columns) {
  const PlanColumns output = OutputOf(node);
  std::string text;
  for (const ColumnId id : columns) {
    const auto found = std::ranges::find(output, id, &PlanColumn::id);
    text += (text.empty() ? "" : ", ") + (found == output.end() ? "?" : found->name);
  }
  return text;
}

// The streams that a plan reads: what makes its state grow.
std::string Streams(const LogicalPlan& plan) {
  std::set<std::string> names;
  for (const LogicalPlan& node : NodesOf(plan)) {
    const auto* scan = As<Scan>(node);
    if (scan != nullptr && scan->kind == ScanKind::kStream) names.insert(scan->name);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " and ") + name;
  return text;
}

constexpr std::string_view kBoundByTime =
    "Group by a window of event time and say EMIT ON WINDOW CLOSE, or keep recent rows only, with "
    "WHERE time > now() - INTERVAL '1 day'.";

// What grows, and what would bound it.
Notice NoticeOf(const LogicalNode& node) {
  return std::visit(
      Overloaded{
          [&](const Aggregate& n) -> Notice {
            const std::string keys = Names(node, KeyColumns(n));
            if (n.calls.empty()) {
              return {"every distinct (" + keys + ") is kept", std::string(kBoundByTime)};
            }
            if (keys.empty()) {
              return {"every distinct argument of an aggregate is kept", std::string(kBoundByTime)};
            }
            return {"every group of GROUP BY " + keys + " is kept", std::string(kBoundByTime)};
          },
          [](const TopN&) -> Notice {
            return {
                "every row under ORDER BY ... LIMIT is kept, because its input may take rows "
                "back",
                std::string(kBoundByTime)};
          },
          [](const Join&) -> Notice {
            return {
                "both sides of a join are kept",
                "Bound the join in time: r.time BETWEEN l.time - INTERVAL '1 hour' AND l.time."};
          },
          [&](const auto&) -> Notice {
            return {"the rows under " + std::string(KindName(node)) + " are kept",
                    std::string(kBoundByTime)};
          }},
      node.node);
}

}  // namespace

std::vector<Notice> StateNotices(const LogicalPlan& plan) {
  PropertyCache properties;
  std::vector<Notice> notices;
  for (const LogicalPlan& node : NodesOf(plan)) {
    std::vector<PlanProperties> inputs;
    for (const LogicalPlan& input : InputsOf(*node)) inputs.push_back(properties.Of(input));
    if (OwnStateBound(*node, inputs)) continue;
    Notice notice = NoticeOf(*node);
    notice.text += ", so the state grows with " + Streams(node);
    notices.push_back(std::move(notice));
  }
  return notices;
}

}  // namespace riverrun::planner
