// TUMBLE and HOP: which windows of event time a row is in.
//
// Windows that do not overlap add three columns and copy nothing. Those that do repeat rows: the
// pairs of row and window of an input batch become output batches, one after the other. Where only
// groups are wanted, rows are put into slices first, which copies nothing either, and the groups of
// a slice are repeated in its place: a slice is in the same windows from its first microsecond to
// its last.

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "executor/operators/operators.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
namespace {

// a + b, at the ends of the range where it does not fit.
Micros AddSaturated(Micros a, Micros b) {
  Micros sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<Micros>::max() : std::numeric_limits<Micros>::min();
}

Error OutOfRange() {
  return {sqlstate::kDatetimeFieldOverflow, "timestamp out of range: no window holds it"};
}

// The three columns of windows, row by row.
class WindowColumns {
 public:
  explicit WindowColumns(uint32_t rows) : nulls_(Buffer::AllocateZeroed(NullBytes(rows))) {
    for (auto& column : columns_) column = Buffer::AllocateZeroed(rows * sizeof(Micros));
  }

  void Set(uint32_t row, Micros start, Micros end) {
    columns_[0]->mutable_as<Micros>()[row] = start;
    columns_[1]->mutable_as<Micros>()[row] = end;
    columns_[2]->mutable_as<Micros>()[row] = end - 1;
  }
  void SetNull(uint32_t row) {
    SetNullBit(nulls_->mutable_as<uint64_t>(), row);
    has_nulls_ = true;
  }
  void AppendTo(Batch& batch, const Type& type) {
    for (auto& column : columns_) {
      Column& out = batch.columns.emplace_back();
      out.type = type;
      out.values = std::move(column);
      if (has_nulls_) out.nulls = nulls_;
    }
  }

 private:
  std::shared_ptr<Buffer> columns_[3];
  std::shared_ptr<Buffer> nulls_;
  bool has_nulls_ = false;
};

// The slice of each row, and its mark where rows may be late.
class SliceColumns {
 public:
  SliceColumns(uint32_t rows, bool with_marks)
      : times_(Buffer::AllocateZeroed(rows * sizeof(Micros))),
        nulls_(Buffer::AllocateZeroed(NullBytes(rows))) {
    if (with_marks) marks_ = Buffer::AllocateZeroed(rows * sizeof(Micros));
  }

  void Set(uint32_t row, Micros last, Micros mark) {
    times_->mutable_as<Micros>()[row] = last;
    if (marks_ != nullptr) marks_->mutable_as<Micros>()[row] = mark;
  }
  void SetNull(uint32_t row) {
    SetNullBit(nulls_->mutable_as<uint64_t>(), row);
    has_nulls_ = true;
  }
  void AppendTo(Batch& batch, const Type& type) {
    for (auto* values : {&times_, &marks_}) {
      if (*values == nullptr) continue;
      Column& out = batch.columns.emplace_back();
      out.type = type;
      out.values = std::move(*values);
      if (has_nulls_) out.nulls = nulls_;
    }
  }

 private:
  std::shared_ptr<Buffer> times_, marks_, nulls_;
  bool has_nulls_ = false;
};

class AssignWindows : public Operator {
 public:
  AssignWindows(const WindowSpec& spec, const OperatorContext& context)
      : spec_(spec),
        type_((*context.inputs)[static_cast<size_t>(spec.time)]),
        first_column_(static_cast<int>(context.inputs->size())),
        origin_(spec.offset - FloorDivide(spec.offset, spec.slide) * spec.slide),
        slice_(SliceLength(spec)),
        late_(spec.mode == WindowSpec::Mode::kWindowsOfSlices ? nullptr : context.late) {
    CHECK(spec.mode == WindowSpec::Mode::kWindows || spec.size >= spec.slide,
          "windows with gaps between them are not made of slices");
  }

  Step OnBatch(int, Batch batch, Output& out) override {
    if (spec_.mode == WindowSpec::Mode::kSlices) {
      out.Emit(AddSlices(std::move(batch)));
      return out.Full() ? Step::kMore : Step::kDone;
    }
    if (spec_.size > spec_.slide) {
      rows_.emplace(std::move(batch), *this);
      return Repeat(out);
    }
    out.Emit(AddWindows(std::move(batch)));
    return out.Full() ? Step::kMore : Step::kDone;
  }
  Step Resume(Output& out) override { return rows_ ? Repeat(out) : Step::kDone; }
  Step OnWatermark(int port, Watermark watermark, Output& out) override;

 private:
  // What of a row is in the output.
  enum class Fate : uint8_t {
    kDropped,   // it has no time, or is late for all windows
    kFailed,    // once and without a window, because it has an error
    kAssigned,  // in windows
  };

  // The batch whose rows are being repeated, and how far that has come.
  struct Repeated {
    Repeated(Batch batch, const AssignWindows& op)
        : input(std::move(batch)), times(Flatten(input.columns[op.spec_.time], input.rows)) {
      if (op.spec_.row_watermark) {
        marks = Flatten(input.columns[*op.spec_.row_watermark], input.rows);
      }
    }
    Batch input;
    Column times;
    std::optional<Column> marks;
    uint32_t next = 0;              // of the selected rows
    std::optional<Micros> started;  // of a row at which the output was full: its next window
  };

  // Rows with their windows on the way into one batch.
  struct Pairs {
    std::vector<uint16_t> rows = {};
    WindowColumns windows = WindowColumns(kBatchRowsMax);
    ErrorLane failed = {};
  };

  // Every window that holds the time must have a start and an end.
  bool HasWindows(Micros time) const {
    return IsFiniteTimestamp(time) && time - spec_.slide - spec_.size > kTimestampMin &&
           time < kTimestampEnd - spec_.slide - spec_.size;
  }
  Batch AddWindows(Batch batch);
  bool AllAreInWindows(const Batch& batch) const;
  Batch AddSlices(Batch batch);
  std::optional<Micros> CellMark(Micros time, Micros mark);
  Step Repeat(Output& out);
  bool RepeatRow(uint32_t row, Pairs& pairs);
  Fate Judge(const Column& times, uint32_t row, bool has_error, std::optional<Error>& error) const;
  Micros LastStart(Micros time);
  Micros MarkOf(const std::optional<Column>& marks, uint32_t row) const;
  void CountLate() {
    if (late_ != nullptr) ++*late_;
  }

  const WindowSpec spec_;
  const Type type_;
  const int first_column_;  // of the window's
  const Micros origin_;     // a window starts there; 0 <= origin < slide
  const Micros slice_;      // its length
  uint64_t* const late_;
  Micros last_start_ = 0;  // of the row before: most rows have the same
  bool has_last_ = false;
  std::optional<Repeated> rows_;
};

// The last start that is not after the time.
Micros AssignWindows::LastStart(Micros time) {
  if (has_last_ && time >= last_start_ && time - last_start_ < spec_.slide) return last_start_;
  last_start_ = FloorDivide(time - origin_, spec_.slide) * spec_.slide + origin_;
  has_last_ = true;
  return last_start_;
}

Micros AssignWindows::MarkOf(const std::optional<Column>& marks, uint32_t row) const {
  if (!marks || marks->IsNull(row)) return kNoWatermark;
  return marks->At<Micros>(row);
}

AssignWindows::Fate AssignWindows::Judge(const Column& times, uint32_t row, bool has_error,
                                         std::optional<Error>& error) const {
  error.reset();
  if (has_error) return Fate::kFailed;
  if (times.IsNull(row)) return Fate::kDropped;
  // A slice is in the windows of its rows, which have been judged.
  const bool judged = spec_.mode == WindowSpec::Mode::kWindowsOfSlices;
  if (judged || HasWindows(times.At<Micros>(row))) return Fate::kAssigned;
  error = OutOfRange();
  return Fate::kFailed;
}

// True if every row is in a window, whichever that is: what there is to decide row by row is the
// exception.
bool AssignWindows::AllAreInWindows(const Batch& batch) const {
  const Column& times = batch.columns[static_cast<size_t>(spec_.time)];
  if (spec_.closes || spec_.size != spec_.slide || !batch.errors.empty() ||
      times.nulls != nullptr || times.encoding != Encoding::kFlat) {
    return false;
  }
  const auto* values = times.values->as<Micros>();
  const auto [least, greatest] = std::minmax_element(values, values + batch.rows);
  return HasWindows(*least) && HasWindows(*greatest);
}

// Windows that do not overlap: at most one a row, the columns stay.
Batch AssignWindows::AddWindows(Batch batch) {
  const Column& times = batch.columns[static_cast<size_t>(spec_.time)];
  std::optional<Column> marks;
  if (spec_.row_watermark) marks = batch.columns[static_cast<size_t>(*spec_.row_watermark)];
  WindowColumns windows(batch.rows);
  if (AllAreInWindows(batch)) {
    const auto* values = times.values->as<Micros>();
    for (uint32_t row = 0; row < batch.rows; ++row) {
      const Micros start = LastStart(values[row]);
      windows.Set(row, start, start + spec_.size);
    }
    windows.AppendTo(batch, type_);
    return batch;
  }
  std::vector<uint16_t> kept;
  kept.reserve(batch.selected());
  ErrorLane failed;
  std::optional<Error> error;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    const bool has_error = !batch.errors.empty() && FindError(batch.errors, row) != nullptr;
    const Fate fate = Judge(times, row, has_error, error);
    if (fate == Fate::kDropped) {
      if (spec_.closes) CountLate();
      return;
    }
    if (fate == Fate::kFailed) {
      windows.SetNull(row);
      if (error) failed.push_back({static_cast<uint16_t>(row), *std::move(error)});
      kept.push_back(static_cast<uint16_t>(row));
      return;
    }
    const Micros time = times.At<Micros>(row);
    const Micros start = LastStart(time);
    if (time - start >= spec_.size) return;  // between two windows
    if (spec_.closes && start + spec_.size <= MarkOf(marks, row)) return CountLate();
    windows.Set(row, start, start + spec_.size);
    kept.push_back(static_cast<uint16_t>(row));
  });
  if (kept.size() < batch.selected()) batch.selection = MakeSelection(kept, batch.rows);
  windows.AppendTo(batch, type_);
  MergeErrors(batch.errors, std::move(failed));
  return batch;
}

// What of the watermark of a row counts in its slice: a time before the end of the first window
// that is still open to it. Nothing if none is. A row that misses a window is counted once.
std::optional<Micros> AssignWindows::CellMark(Micros time, Micros mark) {
  if (!spec_.closes) return kNoWatermark;
  const Micros last = LastStart(time);
  const Micros first = last - (last - (time - spec_.size) - 1) / spec_.slide * spec_.slide;
  if (first + spec_.size > mark) return kNoWatermark;
  CountLate();
  if (last + spec_.size <= mark) return std::nullopt;
  const Micros missed = (mark - first - spec_.size) / spec_.slide;
  return first + missed * spec_.slide + spec_.size;
}

// One slice a row, the columns stay.
Batch AssignWindows::AddSlices(Batch batch) {
  const Column& times = batch.columns[static_cast<size_t>(spec_.time)];
  std::optional<Column> marks;
  if (spec_.row_watermark) marks = batch.columns[static_cast<size_t>(*spec_.row_watermark)];
  SliceColumns slices(batch.rows, marks.has_value());
  std::vector<uint16_t> kept;
  kept.reserve(batch.selected());
  ErrorLane failed;
  std::optional<Error> error;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    const bool has_error = !batch.errors.empty() && FindError(batch.errors, row) != nullptr;
    const Fate fate = Judge(times, row, has_error, error);
    if (fate == Fate::kDropped) {
      if (spec_.closes) CountLate();
      return;
    }
    if (fate == Fate::kFailed) {
      slices.SetNull(row);
      if (error) failed.push_back({static_cast<uint16_t>(row), *std::move(error)});
      kept.push_back(static_cast<uint16_t>(row));
      return;
    }
    const Micros time = times.At<Micros>(row);
    const std::optional<Micros> mark = CellMark(time, MarkOf(marks, row));
    if (!mark) return;
    const Micros start = FloorDivide(time - origin_, slice_) * slice_ + origin_;
    slices.Set(row, start + slice_ - 1, *mark);
    kept.push_back(static_cast<uint16_t>(row));
  });
  if (kept.size() < batch.selected()) batch.selection = MakeSelection(kept, batch.rows);
  slices.AppendTo(batch, type_);
  MergeErrors(batch.errors, std::move(failed));
  return batch;
}

// Fills one output batch after the other from the rows at work.
Step AssignWindows::Repeat(Output& out) {
  Repeated& work = *rows_;
  const Batch& input = work.input;
  while (work.next < input.selected()) {
    Pairs pairs;
    while (work.next < input.selected() && pairs.rows.size() < kBatchRowsMax) {
      const auto* selected = input.selection == nullptr ? nullptr : input.selection->as<uint16_t>();
      if (RepeatRow(selected == nullptr ? work.next : selected[work.next], pairs)) ++work.next;
    }
    Batch batch = TakeRows(input, pairs.rows);
    pairs.windows.AppendTo(batch, type_);
    MergeErrors(batch.errors, std::move(pairs.failed));
    out.Emit(std::move(batch));
    if (out.Full()) return Step::kMore;
  }
  rows_.reset();
  return Step::kDone;
}

// Adds a row with each of its windows, the last one first. False if there was no room for all: the
// row goes on with `started`.
bool AssignWindows::RepeatRow(uint32_t row, Pairs& pairs) {
  Repeated& work = *rows_;
  const ErrorLane& errors = work.input.errors;
  const bool has_error = !errors.empty() && FindError(errors, row) != nullptr;
  std::optional<Error> error;
  const Fate fate = Judge(work.times, row, has_error, error);
  if (fate == Fate::kFailed) {
    const auto at = static_cast<uint16_t>(pairs.rows.size());
    pairs.windows.SetNull(at);
    if (error) pairs.failed.push_back({at, *std::move(error)});
    pairs.rows.push_back(static_cast<uint16_t>(row));
  }
  if (fate == Fate::kDropped && spec_.closes) CountLate();
  if (fate != Fate::kAssigned) return true;
  const Micros time = work.times.At<Micros>(row);
  const Micros mark = spec_.closes ? MarkOf(work.marks, row) : kNoWatermark;
  const Micros last = LastStart(time);
  const Micros before = time - spec_.size;  // windows that hold the time start after it
  // A row has missed a window if it has missed the first one: counted once.
  const Micros first = last - (last - before - 1) / spec_.slide * spec_.slide;
  if (!work.started && first + spec_.size <= mark) CountLate();
  Micros start = work.started.value_or(last);
  work.started.reset();
  for (; start > before && start + spec_.size > mark; start -= spec_.slide) {
    if (pairs.rows.size() == kBatchRowsMax) {
      work.started = start;
      return false;
    }
    pairs.windows.Set(static_cast<uint32_t>(pairs.rows.size()), start, start + spec_.size);
    pairs.rows.push_back(static_cast<uint16_t>(row));
  }
  return true;
}

// No row to come has a time below the watermark, so its windows end after it.
Step AssignWindows::OnWatermark(int, Watermark watermark, Output& out) {
  out.Emit(watermark);
  if (spec_.closes && watermark.column == spec_.time) {
    const Micros time = watermark.time;
    if (spec_.mode == WindowSpec::Mode::kSlices) {
      // No slice ends before its rows.
      out.Emit(Watermark{static_cast<uint16_t>(first_column_), time});
      return out.Full() ? Step::kMore : Step::kDone;
    }
    const Micros end = AddSaturated(time, 1);
    const bool holds = time != kNothingHeldBack;
    const auto column = static_cast<uint16_t>(first_column_);
    out.Emit(Watermark{column, holds ? AddSaturated(end, -spec_.size) : time});
    out.Emit(Watermark{static_cast<uint16_t>(column + 1), holds ? end : time});
    out.Emit(Watermark{static_cast<uint16_t>(column + 2), time});
  }
  return out.Full() ? Step::kMore : Step::kDone;
}

}  // namespace

Micros SliceLength(const WindowSpec& spec) { return std::gcd(spec.size, spec.slide); }

std::unique_ptr<Operator> MakeWindows(const WindowSpec& spec, const OperatorContext& context) {
  return std::make_unique<AssignWindows>(spec, context);
}

}  // namespace riverrun::executor
