// What all parts of one statement's binding share. Private to planner/bind/.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "planner/bind/bind.h"

namespace riverrun::planner {

/// Where an error message points: a byte offset of the statement's text.
using Position = uint32_t;

/// An expression on its way to its type. Literals in quotes, NULL and parameters have none yet
/// (oid::kUnknown) until the place where they stand gives them one.
struct Bound {
  ExpressionRef expression;
  Position position = 0;
  std::optional<uint32_t> parameter = {};  // set for $n without a type

  const Type& type() const { return executor::TypeOf(*expression); }
  bool IsUnknown() const { return type().oid == oid::kUnknown; }
};

/// What names in the statement's own text (not in that of views) turned out to mean, by the place
/// where they begin.
struct MeantNames {
  std::map<Position, std::string> schemas;  // of relations
  /// The columns that a star stands for. One over columns of the same name is left out.
  std::map<Position, std::vector<ast::QualifiedName>> stars;
};

/// The statement that is being bound.
class BindState {
 public:
  BindState(const BindContext& bind_context, QueryMode query_mode);

  const BindContext& context() const { return *context_; }
  const executor::FunctionRegistry& functions() const { return functions_; }
  ColumnAllocator& columns() { return columns_; }
  QueryMode mode() const { return mode_; }

  /// From here on a literal may not mean the moment: what is bound is computed again later.
  void ForbidClock() { clock_forbidden_ = true; }
  /// What 'now' means in a literal; nothing where it may not stand.
  std::optional<Micros> Now() const;

  /// Notes that the statement names an object, and that its user may do this with it.
  void Use(const storage::CatalogObject& object, uint32_t privileges, Position position);
  const std::set<ObjectId>& reads() const { return reads_; }

  /// A number for something shared: a CTE.
  uint32_t NextShared() { return ++shared_; }

  /// The types of parameters as far as they are known. Counts from 1.
  std::optional<Type> ParameterType(uint32_t number);
  void SetParameterType(uint32_t number, const Type& type);
  /// The value given for a parameter; null if none was.
  const Value* ParameterValue(uint32_t number) const;
  /// Types of all parameters; 42P18 if one is not known.
  std::vector<Type> ParameterTypes() const;

  /// Where the text of a column reference stands, for errors that are found later.
  void NoteColumn(const ExpressionRef& reference, Position position);
  std::optional<Position> PositionOf(const Expression& reference) const;

  /// Throws 54001 if the plan is deeper than what is walked by recursion may be. Call for each part
  /// that another one may be put over without the statement's text nesting: WITH tables and views.
  void CheckDepth(const LogicalPlan& plan, Position position);

  /// Notes that a relation of this schema stands there.
  void NoteRelation(Position position, const std::string& schema);
  /// Notes the columns that a star stands for.
  void NoteStar(Position position, std::vector<ast::QualifiedName> columns);
  const MeantNames& meant_names() const { return meant_names_; }

  /// Binds what follows under another context (a view's own settings) until it is destroyed.
  class Under {
   public:
    Under(BindState& state, const BindContext& context)
        : state_(state), before_(state.context_), depth_(++state.depth_) {
      state.context_ = &context;
    }
    ~Under() {
      state_.context_ = before_;
      --state_.depth_;
    }
    Under(const Under&) = delete;
    Under& operator=(const Under&) = delete;
    int depth() const { return depth_; }

   private:
    BindState& state_;
    const BindContext* before_;
    int depth_;
  };

  /// The bound query, with CTEs that are read once put in their place.
  BoundQuery Finish(LogicalPlan plan, std::vector<ResultColumn> result) const;

 private:
  int DepthOf(const LogicalPlan& plan);

  const BindContext* context_;
  const executor::FunctionRegistry& functions_;
  const QueryMode mode_;
  bool clock_forbidden_;
  int depth_ = 0;
  ColumnAllocator columns_;
  std::set<ObjectId> reads_;
  MeantNames meant_names_;
  std::map<LogicalPlan, int> plan_depths_;  // of parts that were checked, and what is below them
  uint32_t shared_ = 0;
  std::vector<std::optional<Type>> parameter_types_;
  std::map<const Expression*, std::pair<ExpressionRef, Position>> column_positions_;
};

/// Throws 0A000: "joins are not supported yet". `what` comes with its verb.
[[noreturn]] void NotYet(std::string_view what, Position position);

/// The failed half of a Result as an exception that points somewhere.
[[noreturn]] void Throw(const Error& error, std::optional<Position> position);

}  // namespace riverrun::planner
