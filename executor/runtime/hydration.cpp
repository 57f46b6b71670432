#include "executor/runtime/hydration.h"

#include <algorithm>
#include <utility>

namespace riverrun::executor {
namespace {

class HydratingInput : public PipelineInput {
 public:
  HydratingInput(ObjectId dataflow, const EpochInfo& at, std::unique_ptr<BatchSource> content,
                 std::vector<Watermark> watermarks, std::unique_ptr<PipelineInput> live,
                 std::shared_ptr<HydratingState> shared, std::shared_ptr<HydrationWaits> waits)
      : dataflow_(dataflow),
        at_(at),
        content_(std::move(content)),
        watermarks_(std::move(watermarks)),
        live_(std::move(live)),
        shared_(std::move(shared)),
        waits_(std::move(waits)),
        ready_fd_(content_ == nullptr ? -1 : content_->ReadyFd()) {
    if (ready_fd_ >= 0) waits_->ready_fds.push_back(ready_fd_);
  }
  ~HydratingInput() override { EndContent(); }

  std::optional<Message> Poll() override {
    if (shared_->behind->overflown && state_ != State::kFailed) FailByOverflow();
    switch (state_) {
      case State::kBegin:
        state_ = State::kContent;
        return EpochOpen{at_};
      case State::kContent:
        if (std::optional<Batch> rows = NextRows()) return std::move(*rows);
        if (state_ == State::kFailed || !IsContentRead()) return std::nullopt;
        if (!watermarks_.empty()) {
          const Watermark watermark = watermarks_.back();
          watermarks_.pop_back();
          return watermark;
        }
        state_ = State::kLive;
        EndContent();
        return Barrier{.info = at_};
      case State::kLive:
        return live_->Poll();
      case State::kFailed:
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  enum class State : uint8_t { kBegin, kContent, kLive, kFailed };

  // Content that follows is read to the last end that the source has told of, as long as there are
  // new ones.
  std::optional<Batch> NextRows() {
    while (content_ != nullptr) {
      Result<std::optional<Batch>> next = content_->Next();
      if (!next) {
        Fail(next.error());
        return std::nullopt;
      }
      if (*next || !content_->AtEnd() || !content_->Follows() || !ReadOn()) {
        return std::move(*next);
      }
    }
    return std::nullopt;
  }

  // False if the source has ended no epoch since.
  bool ReadOn() {
    Behind& behind = *shared_->behind;
    if (behind.end.empty()) return false;
    content_->ReadOn(std::exchange(behind.end, {}), std::exchange(behind.raises, {}));
    return true;
  }

  bool IsContentRead() {
    if (content_ != nullptr && !content_->AtEnd()) return false;
    shared_->content_read = true;
    return shared_->behind->rows;
  }

  void Fail(const Error& error) {
    waits_->failures.emplace_back(dataflow_, error);
    state_ = State::kFailed;
  }

  void FailByOverflow() {
    Error error{sqlstate::kConfigurationLimitExceeded,
                "what came to its inputs while it was being filled does not fit into memory"};
    error.hint = "An eighth of memory_limit may wait for a view. Create it while less is written.";
    EndContent();
    Fail(error);
  }

  // The descriptor ends with the content.
  void EndContent() {
    const auto found = std::ranges::find(waits_->ready_fds, ready_fd_);
    if (found != waits_->ready_fds.end()) waits_->ready_fds.erase(found);
    ready_fd_ = -1;
    content_.reset();
  }

  const ObjectId dataflow_;
  const EpochInfo at_;
  std::unique_ptr<BatchSource> content_;
  std::vector<Watermark> watermarks_;
  const std::unique_ptr<PipelineInput> live_;
  const std::shared_ptr<HydratingState> shared_;
  const std::shared_ptr<HydrationWaits> waits_;
  int ready_fd_;
  State state_ = State::kBegin;
};

}  // namespace

std::unique_ptr<PipelineInput> MakeHydratingInput(ObjectId dataflow, const EpochInfo& at,
                                                  std::unique_ptr<BatchSource> content,
                                                  std::vector<Watermark> watermarks,
                                                  std::unique_ptr<PipelineInput> live,
                                                  std::shared_ptr<HydratingState> state,
                                                  std::shared_ptr<HydrationWaits> waits) {
  return std::make_unique<HydratingInput>(dataflow, at, std::move(content), std::move(watermarks),
                                          std::move(live), std::move(state), std::move(waits));
}

}  // namespace riverrun::executor
