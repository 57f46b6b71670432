#include "planner/lower/dataflow_builder.h"

#include <algorithm>

#include "planner/overloaded.h"
#include "types/codec/bytes.h"

namespace riverrun::planner {
namespace {

using executor::InputRef;
using executor::OperatorNode;
using executor::OperatorSpec;
using executor::OutputColumn;

// FNV-1a: stored with the dataflow, so it must never change.
uint64_t StableHash(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  }
  return hash;
}

bool IsVolatile(const executor::ExpressionRef& expression) {
  return executor::VolatilityOf(*expression) == executor::Volatility::kVolatile;
}

bool IsVolatile(const OperatorSpec& spec) {
  return std::visit(
      Overloaded{[](const executor::FilterSpec& s) { return IsVolatile(s.predicate); },
                 [](const executor::ProjectSpec& s) {
                   return std::ranges::any_of(
                       s.outputs, [](const executor::ExpressionRef& e) { return IsVolatile(e); });
                 },
                 [](const auto&) { return false; }},
      spec);
}

bool SameOutputTypes(const std::vector<OutputColumn>& a, const std::vector<OutputColumn>& b) {
  return std::ranges::equal(
      a, b, [](const OutputColumn& x, const OutputColumn& y) { return x.type == y.type; });
}

std::function<OperatorId()> Counter() {
  return [last = uint32_t{0}]() mutable { return OperatorId{++last}; };
}

}  // namespace

DataflowBuilder::DataflowBuilder(std::function<OperatorId()> next_id)
    : next_id_(next_id ? std::move(next_id) : Counter()) {}

OperatorId DataflowBuilder::Add(OperatorSpec spec, std::vector<InputRef> inputs,
                                std::vector<OutputColumn> output) {
  OperatorNode node{{}, std::move(spec), std::move(inputs), std::move(output)};
  const uint64_t fingerprint = Fingerprint(node);
  const bool shareable = !IsVolatile(node.spec);
  const auto [first, last] = by_fingerprint_.equal_range(fingerprint);
  for (auto known = first; shareable && known != last; ++known) {
    const OperatorNode& other = spec_.nodes[added_.at(known->second).index];
    if (other.spec == node.spec && other.inputs == node.inputs &&
        SameOutputTypes(other.output, node.output)) {
      return other.id;
    }
  }
  node.id = next_id_();
  if (executor::IsStateful(node.spec)) node.state_fingerprint = fingerprint;
  added_.emplace(node.id, Added{spec_.nodes.size(), fingerprint});
  if (shareable) by_fingerprint_.emplace(fingerprint, node.id);
  spec_.nodes.push_back(std::move(node));
  return spec_.nodes.back().id;
}

const std::vector<OutputColumn>& DataflowBuilder::OutputOf(OperatorId id) const {
  return spec_.nodes[added_.at(id).index].output;
}

executor::DataflowSpec DataflowBuilder::Finish(OperatorId root) {
  CHECK(!spec_.nodes.empty() && spec_.nodes.back().id == root, "the root is added last");
  return std::move(spec_);
}

// Ids and names do not count, and not how rows are divided: state means the same on any worker.
uint64_t DataflowBuilder::Fingerprint(const OperatorNode& node) const {
  executor::DataflowSpec alone;
  alone.nodes.push_back({{}, node.spec, {}, node.output});
  for (OutputColumn& column : alone.nodes.front().output) column.name.clear();
  // Nothing with a state that is kept reads by key, and a key is not stored.
  if (auto* source = std::get_if<executor::SourceSpec>(&alone.nodes.front().spec)) {
    source->key.clear();
  }
  std::string bytes = executor::Serialize(alone);
  for (const InputRef& input : node.inputs) {
    AppendFixed(bytes, added_.at(input.from).fingerprint);
  }
  return StableHash(bytes);
}

}  // namespace riverrun::planner
