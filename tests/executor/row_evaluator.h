// The reference: one row at a time, straight from the definitions.
#pragma once

#include <variant>

#include "executor/expressions/expression.h"

namespace riverrun::executor::testing {

/// The value of an expression for a row, or the error it ends with.
using Outcome = std::variant<Value, Error>;

/// Evaluates an expression for one row of a batch. Calls kernels with constant arguments only.
Outcome EvaluateRow(const Expression& expression, const Batch& batch, uint32_t row,
                    const EvalContext& context);

}  // namespace riverrun::executor::testing
