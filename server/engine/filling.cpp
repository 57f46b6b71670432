#include "server/engine/filling.h"

#include <algorithm>

#include "storage/view/view_store.h"

namespace riverrun::server {

class Filling::CountedRows : public executor::BatchSource {
 public:
  CountedRows(std::unique_ptr<executor::BatchSource> source, std::shared_ptr<Filling> filling)
      : source_(std::move(source)), filling_(std::move(filling)) {}
  Result<std::optional<Batch>> Next() override {
    Result<std::optional<Batch>> next = source_->Next();
    if (next && *next) {
      filling_->read_.fetch_add(storage::CountRows(**next), std::memory_order_relaxed);
    }
    return next;
  }

 private:
  const std::unique_ptr<executor::BatchSource> source_;
  const std::shared_ptr<Filling> filling_;
};

std::optional<double> Filling::Progress() const {
  if (!known_) return std::nullopt;
  if (expected_ == 0) return 1.0;
  const auto read = static_cast<double>(read_.load(std::memory_order_relaxed));
  return std::min(read / static_cast<double>(expected_), 1.0);
}

std::unique_ptr<executor::BatchSource> Filling::Count(std::unique_ptr<executor::BatchSource> source,
                                                      std::shared_ptr<Filling> filling) {
  return std::make_unique<CountedRows>(std::move(source), std::move(filling));
}

}  // namespace riverrun::server
