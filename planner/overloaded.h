// Visiting a variant with one lambda for each alternative.
#pragma once

namespace riverrun::planner {

/// `std::visit(Overloaded{[](const Filter& f) {...}, [](const auto&) {...}}, node)`.
template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace riverrun::planner
