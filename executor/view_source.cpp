#include "executor/view_source.h"

namespace riverrun::executor {
namespace {

class ViewSource : public BatchSource {
 public:
  explicit ViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor)
      : cursor_(std::move(cursor)) {}
  Result<std::optional<Batch>> Next() override {
    if (!cursor_) return std::unexpected(cursor_.error());
    return (*cursor_)->Next();
  }

 private:
  const Result<std::unique_ptr<storage::ViewCursor>> cursor_;
};

}  // namespace

std::unique_ptr<BatchSource> MakeViewSource(Result<std::unique_ptr<storage::ViewCursor>> cursor) {
  return std::make_unique<ViewSource>(std::move(cursor));
}

}  // namespace riverrun::executor
