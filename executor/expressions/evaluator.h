// Runs a bound expression over batches, column by column.
#pragma once

#include <memory>

#include "executor/expressions/expression.h"

namespace riverrun::executor {

class EvaluatorNode;  // one step; private to this folder

/// An expression made ready: constants folded, patterns compiled, buffers kept for the next batch.
/// Not for several threads at once. The registry of its functions must outlive it, and so must the
/// budget of the contexts that it ran in, since it keeps buffers.
class Evaluator {
 public:
  /// `settings` are those of the query; prepared constants may depend on them.
  Evaluator(const Expression& expression, const Settings& settings);
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  /// The values for the rows of `selection` (a subset of the batch's, usually its own); what other
  /// rows hold is undefined but readable. Any encoding. Rows that fail are null and get an entry
  /// in `errors`, which gains at most one a row and stays sorted; entries that it has stay.
  Column Evaluate(const Batch& batch, const EvalContext& context, const SelectionRef& selection,
                  ErrorLane& errors);
  /// For the batch's own selection.
  Column Evaluate(const Batch& batch, const EvalContext& context, ErrorLane& errors) {
    return Evaluate(batch, context, batch.selection, errors);
  }

  /// The rows of `selection` for which a boolean expression is true, and those for which it failed
  /// and nothing decided against them: these get an entry in `errors`.
  SelectionRef Filter(const Batch& batch, const EvalContext& context, const SelectionRef& selection,
                      ErrorLane& errors);

  /// Whether a row may fail.
  bool may_fail() const { return may_fail_; }
  const Type& type() const { return type_; }

 private:
  std::unique_ptr<EvaluatorNode> root_;
  std::unique_ptr<BufferPool> pool_;
  Type type_;
  bool may_fail_;
};

/// What a filter lets through: the batch with the selection of `predicate`, rows that failed
/// included with their error. A row that had an error already stays unless the predicate is false
/// or fails: a null may come from what failed.
Batch FilterRows(Evaluator& predicate, Batch batch, const EvalContext& context);

}  // namespace riverrun::executor
