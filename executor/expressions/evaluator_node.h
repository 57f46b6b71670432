// The steps that an expression is compiled into. Private to this folder.
//
// Every step keeps one promise: a row that gets an entry in the error lane is null in the step's
// column. So a strict function passes over rows that failed below it, and a boolean that failed is
// as undecided as an unknown one.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "executor/expressions/expression.h"

namespace riverrun::executor {

/// What the steps of one evaluation share.
struct Frame {
  const Batch& batch;
  const EvalContext& context;
  BufferPool& pool;
};

class EvaluatorNode {
 public:
  virtual ~EvaluatorNode() = default;
  /// Values for the rows of `selection`; appends to `errors` one entry for each row that failed.
  /// REQUIRES `errors` is empty.
  virtual Column Evaluate(const Frame& frame, const SelectionRef& selection,
                          ErrorLane& errors) = 0;
  /// The rows that are true, and those that failed, of a boolean step.
  virtual SelectionRef Filter(const Frame& frame, const SelectionRef& selection,
                              ErrorLane& errors);
  /// The value if it is always the same, else null.
  virtual const Column* constant() const { return nullptr; }
};
using NodePtr = std::unique_ptr<EvaluatorNode>;

/// Compiles an expression.
NodePtr MakeNode(const Expression& expression, const Settings& settings);

// Steps by family; each compiles its parts by MakeNode.
NodePtr MakeCallNode(const Call& call, const Settings& settings);
NodePtr MakeConnectiveNode(const And& node, const Settings& settings);
NodePtr MakeConnectiveNode(const Or& node, const Settings& settings);
NodePtr MakeTestNode(const Not& node, const Settings& settings);
NodePtr MakeTestNode(const IsNull& node, const Settings& settings);
NodePtr MakeTestNode(const IsTruth& node, const Settings& settings);
NodePtr MakeTestNode(const IsDistinct& node, const Settings& settings);
NodePtr MakeConditionalNode(const Case& node, const Settings& settings);
NodePtr MakeConditionalNode(const Coalesce& node, const Settings& settings);
NodePtr MakeConditionalNode(const NullIf& node, const Settings& settings);
NodePtr MakeConditionalNode(const Extreme& node, const Settings& settings);
NodePtr MakeInListNode(const InList& node, const Settings& settings);

std::vector<NodePtr> MakeNodes(std::span<const ExpressionRef> expressions,
                               const Settings& settings);

/// The rows of `selection` for which keep(row) holds; the selection itself if these are all.
template <class Keep>
SelectionRef Select(uint32_t rows, const SelectionRef& selection, Keep&& keep) {
  const uint32_t count = selection == nullptr ? rows : selection->count<uint16_t>();
  auto buffer = Buffer::Allocate(count * sizeof(uint16_t));
  auto* out = buffer->mutable_as<uint16_t>();
  uint32_t kept = 0;
  ForEachRow(rows, selection, [&](uint32_t row) {
    out[kept] = static_cast<uint16_t>(row);
    kept += keep(row) ? 1 : 0;
  });
  if (kept == count) return selection;
  buffer->Truncate(kept * sizeof(uint16_t));
  return buffer;
}

/// Number of rows in a selection.
inline uint32_t CountRows(uint32_t rows, const SelectionRef& selection) {
  return selection == nullptr ? rows : selection->count<uint16_t>();
}

/// Reads a boolean column of any encoding but kDictionary.
class TruthReader {
 public:
  explicit TruthReader(const Column& column)
      : values_(column), nulls_(column.nulls == nullptr ? nullptr : column.nulls->as<uint64_t>()),
        mask_(column.encoding == Encoding::kConstant ? 0 : ~0u) {}
  bool has_nulls() const { return nulls_ != nullptr; }
  bool IsNull(uint32_t row) const { return nulls_ != nullptr && NullBit(nulls_, row & mask_); }
  /// The value of a row that is not null.
  bool Value(uint32_t row) const { return values_[row] != 0; }
  bool IsTrue(uint32_t row) const { return Value(row) && !IsNull(row); }

 private:
  Reader<uint8_t> values_;
  const uint64_t* nulls_;
  uint32_t mask_;
};

/// Makes the rows of a lane null.
void NullFailedRows(Column& column, const ErrorLane& errors, uint32_t rows);

/// Puts rows of several columns of one type together.
class ColumnMerger {
 public:
  ColumnMerger(const Type& type, uint32_t rows, const Frame& frame);
  /// Takes over the values of those rows.
  void Put(const Column& column, const SelectionRef& selection);
  /// Makes those rows null.
  void PutNull(const SelectionRef& selection);
  void PutNull(const ErrorLane& failed);
  Column Take();

 private:
  void SetNull(uint32_t row);

  Column column_;
  uint32_t rows_;
  const Frame& frame_;
  std::shared_ptr<Buffer> values_, scales_, nulls_;
};

/// A function with its result type and prepared constants, ready to run over columns.
class KernelCall {
 public:
  /// `constants` has one entry an argument, null where it varies.
  KernelCall(const Function& function, const Type& type, std::span<const Type> arg_types,
             std::span<const Column* const> constants, const Settings& settings);
  /// A function with state made elsewhere.
  KernelCall(const Function& function, const Type& type, Prepared prepared, size_t args);

  /// The results for the rows of `selection`; `errors` gains those of this call only. The columns
  /// in `args` may be changed (dictionaries are resolved).
  Column Run(const Frame& frame, std::span<Column> args, const SelectionRef& selection,
             ErrorLane& errors);

 private:
  Column RunConstant(const Frame& frame, std::span<Column> args, const SelectionRef& selection,
                     ErrorLane& errors);
  std::optional<Column> RunOnDictionary(const Frame& frame, std::span<Column> args,
                                        const SelectionRef& selection);
  Column RunKernel(const Frame& frame, std::span<const Column> args, uint32_t rows,
                   const SelectionRef& selection, BufferPool* pool, ErrorLane& errors) const;

  const Function* function_;
  Type type_;
  Prepared prepared_;
  std::optional<Error> broken_;  // what `prepare` said; every row fails with it
  /// Whether results may be computed once for each entry of a dictionary, and for which argument.
  bool on_dictionary_ = false;
  size_t varying_arg_ = 0;
  std::shared_ptr<const Column> last_dictionary_, last_result_;  // last_result_ null: has nulls
};

}  // namespace riverrun::executor
