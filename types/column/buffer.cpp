#include "types/column/buffer.h"

#include <cstring>
#include <new>

namespace riverrun {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr size_t kPadding = 64;

}  // namespace

void Buffer::AlignedDelete::operator()(std::byte* bytes) const {
  ::operator delete[](bytes, kAlignment);
}

Buffer::Buffer(size_t bytes, MemoryBudget* budget)
    : size_(bytes),
      capacity_(bytes + kPadding),
      budget_(budget),
      bytes_(static_cast<std::byte*>(::operator new[](capacity_, kAlignment))) {
  if (budget_ != nullptr) budget_->Reserve(capacity_);
  std::memset(bytes_.get() + bytes, 0, kPadding);
}

Buffer::~Buffer() {
  if (budget_ != nullptr) budget_->Release(capacity_);
}

std::shared_ptr<Buffer> Buffer::Allocate(size_t bytes, MemoryBudget* budget) {
  return std::shared_ptr<Buffer>(new Buffer(bytes, budget));
}

std::shared_ptr<Buffer> Buffer::AllocateZeroed(size_t bytes, MemoryBudget* budget) {
  std::shared_ptr<Buffer> buffer = Allocate(bytes, budget);
  std::memset(buffer->mutable_as<std::byte>(), 0, bytes);
  return buffer;
}

}  // namespace riverrun
