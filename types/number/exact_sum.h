// Exact sums of floating-point numbers, so that a retraction undoes its insertion to the last bit
// and no order of arrival shows (architecture, "Rules of the algebra").
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "types/error.h"
#include "types/number/numeric.h"

namespace riverrun {

/// The sum of weight * value over doubles, or of weight * x * y, kept exactly.
///
/// NaN and the infinities are counted; the finite rest is two doubles that do not overlap, as long
/// as two suffice. What they cannot take goes to the heap, to a long integer in units of 2^-2176
/// that keeps only its words in use; so neither huge nor tiny values are ever lost. Counts wrap
/// modulo 2^64, so they too are exact under retraction; they may be negative until the barrier.
///
/// The order of additions shows in no result and in no serialised byte; only HeapBytes depends on
/// it, until Compact. Sums of -0.0 alone are 0. Not thread-safe; moved, not copied.
class ExactSum {
 public:
  ExactSum() noexcept;
  ~ExactSum();
  ExactSum(ExactSum&&) noexcept;
  ExactSum& operator=(ExactSum&&) noexcept;

  /// Adds weight * value.
  void Add(double value, int64_t weight);

  /// Adds weight * x * y, without rounding the product.
  void AddProduct(double x, double y, int64_t weight);

  /// Adds another sum.
  void Merge(const ExactSum& other);

  /// The sum, rounded once to the nearest double (ties to even), with IEEE's rules for NaN and
  /// infinities. Fails with kFloatOverflow if the finite sum exceeds the range.
  [[nodiscard]] ArithmeticStatus Round(double& out) const;

  /// The sum divided by a count, rounded once: avg. REQUIRES: count > 0.
  [[nodiscard]] ArithmeticStatus Mean(int64_t count, double& out) const;

  /// Whether a NaN or an infinity takes part.
  bool HasSpecial() const noexcept;

  /// Gives back heap memory that the value no longer needs; call it at barriers.
  void Compact();

  /// Bytes on the heap.
  size_t HeapBytes() const noexcept;

  /// Appends the state. Equal sums give equal bytes, however they came about.
  void AppendTo(std::string& out) const;

  /// Takes one state from the front of `in`. Errors: XX001.
  static Result<ExactSum> TakeFrom(std::string_view& in);

  /// The sum of products of deviations, rounded once: sum(xy) - sum(x) * sum(y) / count, where the
  /// three are sums over the same rows. With x = y it is what variance divides. A special value in
  /// any of them gives NaN. Fails with kFloatOverflow. REQUIRES: count > 0.
  [[nodiscard]] static ArithmeticStatus CoMoment(int64_t count, const ExactSum& products,
                                                 const ExactSum& xs, const ExactSum& ys,
                                                 double& out);

 private:
  struct Wide;   // words and counts on the heap
  struct Exact;  // the whole sum as one long integer, for reading

  bool AddNarrow(double value) noexcept;
  void AddFinite(double value);
  void AddFiniteProduct(double x, double y);
  void AddWide(uint64_t x, uint64_t y, uint64_t weight, int exponent, bool negative);
  void AddSpecial(double value, int64_t weight);
  Wide& MakeWide();
  Exact Total() const;
  double SpecialValue() const noexcept;

  // The finite sum is high_ + low_ + the words of wide_. high_ is high_ + low_, rounded.
  double high_ = 0;
  double low_ = 0;
  std::unique_ptr<Wide> wide_;  // null until something needs it
};

}  // namespace riverrun
