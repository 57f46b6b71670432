// A dataflow as data: what a query means to the engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "executor/operators/operators.h"
#include "types/error.h"
#include "types/id.h"

namespace riverrun::executor {

/// Which worker gets a row of an edge.
struct Distribution {
  enum class Kind : uint8_t {
    kAny,        // the worker that made it: the edge is a function call
    kHash,       // the owner of the vnode of the columns' EqualKey
    kSingleton,  // the owner of vnode 0
  };
  Kind kind = Kind::kAny;
  std::vector<int> columns;  // kHash: positions in the upstream operator's output
  bool operator==(const Distribution&) const = default;
};

/// An edge, seen from its downstream end.
struct InputRef {
  OperatorId from;
  Distribution distribution;
  bool operator==(const InputRef&) const = default;
};

/// A named, typed output column.
struct OutputColumn {
  std::string name;
  Type type;
  bool operator==(const OutputColumn&) const = default;
};

/// An operator of a dataflow. Its id names its state for ever.
struct OperatorNode {
  OperatorId id;
  OperatorSpec spec;
  std::vector<InputRef> inputs;  // port i is inputs[i]
  std::vector<OutputColumn> output;
  uint64_t state_fingerprint = 0;  // of all that determines the state's meaning
  uint16_t state_version = 1;      // of the state's bytes
  bool operator==(const OperatorNode&) const = default;
};

/// The whole DAG. Nodes stand in topological order; the last one is the output.
struct DataflowSpec {
  static constexpr uint16_t kFormat = 1;
  uint16_t format = kFormat;
  std::vector<OperatorNode> nodes;
  bool operator==(const DataflowSpec&) const = default;
};

/// Bytes for the catalog.
std::string Serialize(const DataflowSpec& spec);
/// Errors: XX001 for bytes that are no dataflow, or that call an unknown function; 0A000 for a
/// newer format.
Result<DataflowSpec> ParseDataflow(std::string_view bytes,
                                   const FunctionRegistry& registry = BuiltinFunctions());

/// Checks what every dataflow keeps: topological order, ids unique, inputs known, as many inputs
/// as the operator takes, column positions and types in range. Errors: XX000 naming the operator.
Result<void> Validate(const DataflowSpec& spec);

/// What an operator is called where people read of it: "Project 12", its kind and its id. One an
/// operator, in the order of the nodes.
std::vector<std::string> OperatorNames(const DataflowSpec& spec);

/// One line an operator, inputs indented below: the last stage of EXPLAIN.
std::string Explain(const DataflowSpec& spec);

/// Types of an operator's output columns.
std::vector<Type> TypesOf(const std::vector<OutputColumn>& columns);

}  // namespace riverrun::executor
