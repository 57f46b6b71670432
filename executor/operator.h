// The operator interface: the front page of the executor.
//
// A dataflow is a DAG of operators. Everything on its edges is a Message (types/message.h): batches
// of weighted rows, watermarks, and barriers that end epochs. The law the operators keep together:
// after every barrier, the rows emitted so far add up to what the query returns as a batch over
// the rows received so far.
//
// Rules:
//   1. Stateful operators emit only in OnBarrier; stateless ones, the pairs of joins, and
//      parts of groups, which are added up again behind it, in OnBatch.
//   2. After each emitted batch ask Output::Full(). If true, keep your place and return kMore; the
//      pipeline calls Resume, and nothing else, until it returns kDone.
//   3. Multiplicities may be negative inside an epoch: a retraction may overtake its insertion.
//      Groups are created, destroyed and checked at barriers.
//   4. No clock, file, socket, thread or lock. One worker calls all methods.
// Read next: docs/engine.md, executor/runtime/pipeline.h.
#pragma once

#include <cstdint>
#include <optional>

#include "executor/functions/kernel.h"
#include "types/memory_budget.h"
#include "types/message.h"

namespace riverrun::executor {

/// kMore: the operator has more to emit and waits for room; see Operator::Resume.
enum class Step : uint8_t { kDone, kMore };

/// kFresh: no state. kRestored: Load has been called, what was emitted before stands.
enum class StartMode : uint8_t { kFresh, kRestored };

/// Where an operator's results go.
class Output {
 public:
  virtual ~Output() = default;
  /// Passes rows on. REQUIRES the columns have the operator's output types.
  virtual void Emit(Batch batch) = 0;
  virtual void Emit(Watermark watermark) = 0;
  /// Adds to the error collection (or retracts from it, by the rows' weights) the rows that have
  /// an entry in `errors`. A one-shot query fails with the first one instead.
  virtual void EmitError(const Batch& rows, const ErrorLane& errors) = 0;
  /// True when there is no room for another batch. Emitting stays legal, but is only for the
  /// operator's last batch of the call.
  virtual bool Full() const = 0;
  /// True when nobody wants another row (LIMIT is reached): return kDone without emitting.
  virtual bool Closed() const = 0;
  /// False when nobody takes what is emitted now, though somebody may later: who keeps its rows in
  /// any case can spare the work of emitting them.
  virtual bool HasReaders() const { return true; }
};

class CheckpointWriter;  // storage/checkpoint.h, with the first checkpoints
class CheckpointReader;
struct VnodeSet;

/// One step of a dataflow on one worker.
class Operator {
 public:
  virtual ~Operator() = default;

  /// Called once, when the first epoch opens, before any other call.
  virtual void OnStart(StartMode, Output&) {}
  /// Takes rows that arrived at an input. A stateful operator meets no error entries: the pipeline
  /// has sent those rows to the error collection.
  virtual Step OnBatch(int port, Batch batch, Output& out) = 0;
  /// Continues the call that returned kMore.
  virtual Step Resume(Output&) { return Step::kDone; }
  /// Takes a watermark of an input column; the default passes it on.
  virtual Step OnWatermark(int port, Watermark watermark, Output& out) {
    (void)port;
    out.Emit(watermark);
    return Step::kDone;
  }
  /// The epoch is complete at every input: its consolidated delta leaves here.
  virtual Step OnBarrier(const Barrier&, Output&) { return Step::kDone; }
  /// True when the operator needs no more input (LIMIT is reached).
  virtual bool Closed() const { return false; }
  /// When the operator wants an epoch even if nothing arrives (a window that closes by itself).
  virtual std::optional<Micros> NextTimer() const { return std::nullopt; }
  /// Copies a slice of the state that the last checkpoint barrier froze; kMore if there is more.
  virtual Step Save(CheckpointWriter&) { return Step::kDone; }
  /// Restores the state of the given vnodes, before OnStart.
  virtual Result<void> Load(CheckpointReader&, const VnodeSet&) { return {}; }
};

}  // namespace riverrun::executor
