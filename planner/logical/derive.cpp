#include "planner/logical/derive.h"

#include <algorithm>

#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

using Inputs = std::vector<PlanProperties>;

ColumnSet Union(ColumnSet a, const ColumnSet& b) {
  a.insert(b.begin(), b.end());
  return a;
}

// Of two bounds in words, both together. What a plan reads in two places is said once, and a long
// list is cut: a plan that shares its parts has more ways through it than anyone reads.
std::optional<std::string> Both(const std::optional<std::string>& a,
                                const std::optional<std::string>& b) {
  constexpr std::string_view kAnd = " and ";
  constexpr std::string_view kMore = "more";
  constexpr size_t kBytesMax = 1000;
  if (!a || !b) return std::nullopt;
  if (a->empty() || b->empty()) return a->empty() ? b : a;
  std::string both = *a;
  for (std::string_view rest = *b; !rest.empty();) {
    const size_t end = std::min(rest.find(kAnd), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + kAnd.size(), rest.size()));
    if (both.find(part) != std::string::npos) continue;
    if (both.size() > kBytesMax) {
      if (!both.ends_with(kMore)) both.append(kAnd).append(kMore);
      break;
    }
    both.append(kAnd).append(part);
  }
  return both;
}

std::string RowsText(uint64_t rows) {
  return rows == 1 ? "one row" : std::to_string(rows) + " rows";
}

// min, where nothing is infinity.
std::optional<uint64_t> Smaller(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<uint64_t> Product(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  uint64_t product = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &product)) return std::nullopt;
  return product;
}

std::optional<uint64_t> Sum(std::optional<uint64_t> a, std::optional<uint64_t> b) {
  uint64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

// Properties through a node that drops and renames columns and keeps rows.
PlanProperties Through(const PlanProperties& input, const ColumnImages& images) {
  PlanProperties out = input;
  out.keys.clear();
  for (const ColumnSet& key : input.keys) {
    if (std::optional<ColumnSet> mapped = MapKey(key, images)) out.keys.push_back(*mapped);
  }
  out.not_null = MapColumns(input.not_null, images);
  out.watermarked = MapColumns(input.watermarked, images);
  out.shifted = MapShifted(input.shifted, images);
  out.distribution = MapDistribution(input.distribution, images);
  return out;
}

struct Deriver {
  const Inputs& in;  // of the inputs, in order

  PlanProperties operator()(const Scan& n) {
    PlanProperties out;
    if (!n.key.empty()) out.keys.push_back(ColumnSet(n.key.begin(), n.key.end()));
    for (const Scan::Column& column : n.columns) {
      if (column.not_null) out.not_null.insert(column.column.id);
    }
    out.append_only = n.append_only;
    if (n.watermarked) out.watermarked.insert(*n.watermarked);
    if (n.kind != ScanKind::kStream) out.row_bound = "the rows of " + n.name;
    return out;
  }

  PlanProperties operator()(const Values& n) {
    PlanProperties out;
    out.append_only = true;
    out.rows_max = n.rows.size();
    out.distribution.kind = PlanDistribution::Kind::kSingleton;
    for (size_t c = 0; c < n.columns.size(); ++c) {
      const bool not_null =
          std::ranges::all_of(n.rows, [&](const auto& row) { return NeverNull(*row[c], {}); });
      if (not_null) out.not_null.insert(n.columns[c].id);
    }
    return out;
  }

  PlanProperties operator()(const Filter& n) {
    PlanProperties out = in[0];
    const ColumnSet fixed = FixedColumns(n.predicate);
    for (ColumnSet& key : out.keys) {
      std::erase_if(key, [&](ColumnId column) { return fixed.contains(column); });
    }
    out.not_null.merge(NotNullColumns(n.predicate));
    return out;
  }

  PlanProperties operator()(const Project& n) {
    PlanProperties out = Through(in[0], ImagesOf(n));
    for (const Project::Item& item : n.items) {
      if (NeverNull(*item.expression, in[0].not_null)) out.not_null.insert(item.column.id);
      const std::optional<ColumnId> column = AsColumn(*item.expression);
      if (column && in[0].watermarked.contains(*column)) out.watermarked.insert(item.column.id);
    }
    return out;
  }

  PlanProperties operator()(const Join& n) { return OfJoin(n); }
  PlanProperties operator()(const DependentJoin& n) { return OfJoin(n); }

  PlanProperties operator()(const Aggregate& n) {
    PlanProperties out;
    const std::vector<ColumnId> keys = KeyColumns(n);
    const ColumnSet key_set(keys.begin(), keys.end());
    if (n.grouping_sets.size() == 1) {
      out.keys.push_back(key_set);
      for (const ColumnSet& key : in[0].keys) {
        if (std::ranges::includes(key_set, key)) out.keys.push_back(key);
      }
      for (const ColumnId key : keys) {
        if (in[0].not_null.contains(key)) out.not_null.insert(key);
        const auto shifted = in[0].shifted.find(key);
        if (shifted != in[0].shifted.end()) out.shifted.insert(*shifted);
      }
      out.distribution = keys.empty() ? PlanDistribution{PlanDistribution::Kind::kSingleton}
                                      : PlanDistribution{PlanDistribution::Kind::kHash, keys};
    } else if (n.set_number) {
      out.keys.push_back(Union(key_set, {n.set_number->id}));
    }
    for (const Aggregate::Call& call : n.calls) {
      if (call.function->signature.name == "count") out.not_null.insert(call.column.id);
    }
    if (n.set_number) out.not_null.insert(n.set_number->id);
    if (keys.empty()) {
      out.rows_max = n.grouping_sets.size();
    } else {
      out.rows_max = Product(in[0].rows_max, n.grouping_sets.size());
      out.row_bound = in[0].row_bound;
    }
    out.append_only = n.calls.empty() && n.grouping_sets.size() == 1 && in[0].append_only &&
                      RepresentativesStay(n);
    if (n.closes_at) {
      out.append_only = true;
      for (const ColumnId key : keys) {
        if (in[0].watermarked.contains(key)) out.watermarked.insert(key);
      }
    }
    return out;
  }

  PlanProperties operator()(const TopN& n) {
    ColumnImages images;
    for (const PlanColumn& column : OutputOf(LogicalNode{n})) images.emplace(column.id, column.id);
    PlanProperties out = Through(in[0], images);
    if (!n.limit && n.offset == 0) return out;
    const ColumnSet partition(n.partition.begin(), n.partition.end());
    if (n.limit == 1) out.keys.push_back(partition);
    if (partition.empty()) out.rows_max = Smaller(out.rows_max, n.limit);
    out.append_only = false;
    out.watermarked.clear();
    out.distribution = partition.empty()
                           ? PlanDistribution{PlanDistribution::Kind::kSingleton}
                           : PlanDistribution{PlanDistribution::Kind::kHash, n.partition};
    return out;
  }

  PlanProperties operator()(const Over& n) {
    PlanProperties out = in[0];
    out.append_only = false;
    out.watermarked.clear();
    out.distribution = n.partition.empty()
                           ? PlanDistribution{PlanDistribution::Kind::kSingleton}
                           : PlanDistribution{PlanDistribution::Kind::kHash, n.partition};
    return out;
  }

  PlanProperties operator()(const WindowAssign& n) {
    PlanProperties out = in[0];
    if (n.kind == WindowAssign::Kind::kHop) {
      for (ColumnSet& key : out.keys) key.insert(n.window_start.id);
      out.rows_max.reset();
    }
    const ColumnSet window = {n.window_start.id, n.window_end.id, n.window_time.id};
    out.not_null = Union(Union(out.not_null, window), {n.time});  // a NULL time has no window
    if (out.watermarked.contains(n.time)) out.watermarked = Union(out.watermarked, window);
    Micros size = 0;
    if (IntervalToMicros(n.size, size) == TimeStatus::kOk) {
      const ColumnId family = n.window_start.id;
      out.shifted[n.window_start.id] = {family, 0};
      out.shifted[n.window_end.id] = {family, size};
      out.shifted[n.window_time.id] = {family, size - 1};
    }
    return out;
  }

  PlanProperties operator()(const TemporalFilter& n) {
    PlanProperties out = in[0];
    const bool retracts = std::ranges::any_of(n.bounds, [](const TemporalFilter::Bound& bound) {
      return bound.comparison == TemporalFilter::Comparison::kGreater ||
             bound.comparison == TemporalFilter::Comparison::kGreaterOrEqual;
    });
    out.append_only = out.append_only && !retracts;
    out.watermarked.clear();
    if (retracts && !out.row_bound) out.row_bound = "the rows inside the temporal filter";
    return out;
  }

  PlanProperties operator()(const SetOp& n) {
    PlanProperties out;
    const bool union_all = n.kind == SetOp::Kind::kUnion && n.all;
    out.rows_max = 0;
    out.row_bound = "";
    out.append_only = union_all;
    for (const PlanProperties& branch : in) {
      out.rows_max = Sum(out.rows_max, branch.rows_max);
      out.row_bound = Both(out.row_bound, branch.row_bound);
      out.append_only = out.append_only && branch.append_only;
    }
    for (size_t c = 0; c < n.columns.size(); ++c) {
      bool not_null = true;
      bool watermarked = union_all;
      for (size_t i = 0; i < in.size(); ++i) {
        not_null = not_null && in[i].not_null.contains(n.branches[i].columns[c]);
        watermarked = watermarked && in[i].watermarked.contains(n.branches[i].columns[c]);
      }
      if (not_null) out.not_null.insert(n.columns[c].id);
      if (watermarked) out.watermarked.insert(n.columns[c].id);
    }
    if (!n.all) out.keys.push_back(ColumnsOf(LogicalNode{n}));
    if (union_all) out.distribution = UnionDistribution(n, in);
    return out;
  }

  PlanProperties operator()(const Shared& n) { return Through(in[0], ImagesOf(n)); }
  PlanProperties operator()(const Pattern&) { return {}; }

  PlanProperties operator()(const Emit& n) {
    PlanProperties out = in[0];
    if (n.mode == Emit::Mode::kOnWindowClose) out.append_only = true;
    return out;
  }

  PlanProperties operator()(const Write&) { return {}; }

  PlanProperties operator()(const TableFunction& n) {
    PlanProperties out = in[0];
    if (n.ordinality) {
      for (ColumnSet& key : out.keys) key.insert(n.ordinality->id);
    } else {
      out.keys.clear();
    }
    out.rows_max.reset();
    return out;
  }

 private:
  template <class AnyJoin>
  PlanProperties OfJoin(const AnyJoin& n) {
    const PlanProperties &left = in[0], &right = in[1];
    PlanProperties out;
    out.keys = JoinKeys(n, left, right);
    const bool left_only = n.kind == JoinKind::kSemi || n.kind == JoinKind::kAnti ||
                           n.kind == JoinKind::kMark || n.kind == JoinKind::kSingle;
    if (n.kind != JoinKind::kRight && n.kind != JoinKind::kFull) out.not_null = left.not_null;
    if (n.kind == JoinKind::kInner || n.kind == JoinKind::kRight) {
      out.not_null.insert(right.not_null.begin(), right.not_null.end());
    }
    if (left_only) {
      out.rows_max = left.rows_max;
      out.row_bound = left.row_bound;
    } else {
      out.row_bound = Both(left.row_bound, right.row_bound);
      if (n.kind == JoinKind::kInner) out.rows_max = Product(left.rows_max, right.rows_max);
    }
    out.append_only = n.kind == JoinKind::kInner && left.append_only && right.append_only;
    return out;
  }

  // True if the row that stands for a group can never be replaced by one with a smaller image.
  bool RepresentativesStay(const Aggregate& n) {
    const PlanColumns output = OutputOf(LogicalNode{n});
    return std::ranges::all_of(
        output, [](const PlanColumn& column) { return EqualMeansIdentical(column.type); });
  }
};

}  // namespace

bool PlanProperties::IsUnique(const ColumnSet& columns) const {
  return std::ranges::any_of(
      keys, [&](const ColumnSet& key) { return std::ranges::includes(columns, key); });
}

namespace {

PlanProperties DeriveFrom(const LogicalNode& node, const Inputs& inputs) {
  PlanProperties out = std::visit(Deriver{inputs}, node.node);
  if (out.rows_max && *out.rows_max <= 1) out.keys.push_back({});
  out.keys = Minimal(std::move(out.keys));
  if (!out.keys.empty() && out.keys.front().empty()) out.rows_max = Smaller(out.rows_max, 1);
  if (out.rows_max) out.row_bound = RowsText(*out.rows_max);
  out.state_bound = OwnStateBound(node, inputs);
  for (const PlanProperties& input : inputs) {
    out.state_bound = Both(input.state_bound, out.state_bound);
  }
  return out;
}

}  // namespace

const PlanProperties& PropertyCache::Of(const LogicalPlan& plan) {
  if (const auto found = known_.find(plan); found != known_.end()) return found->second;
  Inputs inputs;
  for (const LogicalPlan& input : InputsOf(*plan)) inputs.push_back(Of(input));
  return known_.emplace(plan, DeriveFrom(*plan, inputs)).first->second;
}

PlanProperties Derive(const LogicalNode& node) {
  PropertyCache cache;
  Inputs inputs;
  for (const LogicalPlan& input : InputsOf(node)) inputs.push_back(cache.Of(input));
  return DeriveFrom(node, inputs);
}

}  // namespace riverrun::planner
