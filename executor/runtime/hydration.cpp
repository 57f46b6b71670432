#include "executor/runtime/hydration.h"

#include <utility>

namespace riverrun::executor {
namespace {

class HydratingInput : public PipelineInput {
 public:
  HydratingInput(const EpochInfo& at, std::unique_ptr<BatchSource> content,
                 std::vector<Watermark> watermarks, std::unique_ptr<PipelineInput> live)
      : at_(at),
        content_(std::move(content)),
        watermarks_(std::move(watermarks)),
        live_(std::move(live)) {}

  std::optional<Message> Poll() override {
    switch (state_) {
      case State::kBegin:
        state_ = State::kContent;
        return EpochOpen{at_};
      case State::kContent:
        if (std::optional<Batch> rows = NextRows()) return std::move(*rows);
        if (!watermarks_.empty()) {
          const Watermark watermark = watermarks_.back();
          watermarks_.pop_back();
          return watermark;
        }
        state_ = State::kLive;
        content_.reset();
        return Barrier{.info = at_};
      case State::kLive:
        return live_->Poll();
    }
    return std::nullopt;
  }

 private:
  enum class State : uint8_t { kBegin, kContent, kLive };

  std::optional<Batch> NextRows() {
    if (content_ == nullptr) return std::nullopt;
    Result<std::optional<Batch>> next = content_->Next();
    CHECK(next.has_value(), next ? "" : next.error().text);
    return std::move(*next);
  }

  const EpochInfo at_;
  std::unique_ptr<BatchSource> content_;
  std::vector<Watermark> watermarks_;
  const std::unique_ptr<PipelineInput> live_;
  State state_ = State::kBegin;
};

}  // namespace

std::unique_ptr<PipelineInput> MakeHydratingInput(const EpochInfo& at,
                                                  std::unique_ptr<BatchSource> content,
                                                  std::vector<Watermark> watermarks,
                                                  std::unique_ptr<PipelineInput> live) {
  return std::make_unique<HydratingInput>(at, std::move(content), std::move(watermarks),
                                          std::move(live));
}

}  // namespace riverrun::executor
