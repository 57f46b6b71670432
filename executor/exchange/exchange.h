// How rows reach the worker that owns their key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "executor/runtime/pipeline.h"
#include "types/codec/key_batch.h"
#include "types/message.h"

namespace riverrun::executor {

/// Whom a worker's steps may have made work for, so that they are woken if they sleep.
struct Touched {
  uint64_t workers = 0;  // bit w: worker w
  bool coordinator = false;
};

/// One worker's end of one edge: bounded lanes to and from every worker, itself included.
/// A lane keeps order. The worker of this end is the only one that calls it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  /// False, and the message is untouched, if the lane to `target` is full.
  virtual bool TrySend(int target, Message&& message) = 0;
  /// The oldest message of the lane from `source`, or nothing.
  virtual std::optional<Message> TryReceive(int source) = 0;
  virtual int workers() const = 0;
  /// Where to note the workers whose lanes change: they got a message, or room for one.
  void NoteIn(Touched* touched) { touched_ = touched; }

 protected:
  void Note(int worker) {
    if (touched_ != nullptr) touched_->workers |= uint64_t{1} << worker;
  }

 private:
  Touched* touched_ = nullptr;
};

/// How an edge carries messages between workers.
enum class Carriage : uint8_t {
  kShared,      // batches by pointer
  kSerialised,  // batches as bytes, so that nothing is shared: the `wire` test mode
};

/// Makes the ends of one edge, one per worker. `capacity`: messages per lane, at least 1.
std::vector<std::unique_ptr<Exchange>> MakeExchange(int workers, uint32_t capacity,
                                                    Carriage carriage);

/// Which worker owns which vnodes. One machine: all of them are here.
class Placement {
 public:
  explicit Placement(int workers) : workers_(workers) {}
  int workers() const { return workers_; }
  int OwnerOf(uint16_t vnode) const { return vnode % workers_; }

 private:
  int workers_;
};

/// The sending end as a pipeline's sink: divides batches by key, repeats all else to everyone.
std::unique_ptr<PipelineSink> MakeExchangeSink(Exchange& exchange, Distribution distribution,
                                               Placement placement);

/// The receiving end as a pipeline's input: aligns barriers over the senders and passes on the
/// smallest watermark that all of them have reached.
std::unique_ptr<PipelineInput> MakeExchangeInput(Exchange& exchange);

}  // namespace riverrun::executor
