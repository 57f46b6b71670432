// x = ANY (array), x < ALL (array) and their kin; arrays joined to text and split from it.
#include <optional>
#include <string>

#include "executor/functions/arrays/array_items.h"
#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/text/text_format.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

enum class Comparison { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

template <Comparison kComparison>
bool Holds(const std::string& a, const std::string& b) {
  switch (kComparison) {
    case Comparison::kEqual: return a == b;
    case Comparison::kNotEqual: return a != b;
    case Comparison::kLess: return a < b;
    case Comparison::kLessOrEqual: return a <= b;
    case Comparison::kGreater: return a > b;
    case Comparison::kGreaterOrEqual: return a >= b;
  }
  return false;
}

// Equal keys order as the values do. Over no elements ANY is false and ALL true, whatever x is;
// otherwise a null on either side leaves the answer open unless another element gives it.
template <Comparison kComparison, bool kAll>
void Quantified(const KernelInput& in, KernelOutput& out) {
  auto* result = out.values<uint8_t>();
  ItemKeys keys(in.args[1].type.element());
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[1].IsNull(row)) return out.SetNull(row);
    const std::vector<ArrayItem> items = ItemsOf(in.args[1].type, in.args[1].BytesAt(row));
    result[row] = kAll;
    if (items.empty()) return;
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    const std::string key = ItemKeys::Of(in.args[0], row);
    bool open = false;
    for (const ArrayItem& item : items) {
      if (item.IsNull()) {
        open = true;
      } else if (Holds<kComparison>(key, keys.Of(item)) != kAll) {
        result[row] = !kAll;
        return;
      }
    }
    if (open) out.SetNull(row);
  });
}

template <bool kAll>
void RegisterQuantified(FunctionRegistry& registry, const std::string& word) {
  const auto add = [&](const std::string& op, Kernel kernel) {
    registry.Scalar(op + " " + word + "(anycompatible, anycompatiblearray) -> boolean", kernel,
                    {.strict = false}, "comparison with the elements");
  };
  add("=", Quantified<Comparison::kEqual, kAll>);
  add("<>", Quantified<Comparison::kNotEqual, kAll>);
  add("<", Quantified<Comparison::kLess, kAll>);
  add("<=", Quantified<Comparison::kLessOrEqual, kAll>);
  add(">", Quantified<Comparison::kGreater, kAll>);
  add(">=", Quantified<Comparison::kGreaterOrEqual, kAll>);
}

// array_to_string: nulls are left out, or shown as the third argument.
void Join(const KernelInput& in, KernelOutput& out) {
  TextWriter writer(*in.context.settings);
  ColumnBuilder builder(in.args[0].type.element());
  std::string text;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row) || in.args[1].IsNull(row)) return out.SetNull(row);
    const bool show_nulls = in.args.size() > 2 && !in.args[2].IsNull(row);
    text.clear();
    bool first = true;
    for (const ArrayItem& item : ItemsOf(in.args[0].type, in.args[0].BytesAt(row))) {
      if (item.IsNull() && !show_nulls) continue;
      if (!first) text += in.args[1].BytesAt(row);
      first = false;
      if (item.IsNull()) {
        text += in.args[2].BytesAt(row);
        continue;
      }
      DecodeImage(item.image, builder);
      writer.Append(builder.Finish(), 0, text);
    }
    out.SetString(row, text);
  });
}

void AppendPiece(std::string_view piece, const std::optional<std::string_view>& null_text,
                 ColumnBuilder& out) {
  null_text && piece == *null_text ? out.AppendNull() : out.AppendBytes(piece);
}

// string_to_array. A null delimiter takes every character apart, an empty one takes all together.
void Split(const KernelInput& in, KernelOutput& out) {
  ColumnBuilder pieces(Type::Text());
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    std::string_view text = in.args[0].BytesAt(row);
    std::optional<std::string_view> null_text;
    if (in.args.size() > 2 && !in.args[2].IsNull(row)) null_text = in.args[2].BytesAt(row);
    const bool apart = in.args[1].IsNull(row);
    const std::string_view delimiter = apart ? std::string_view() : in.args[1].BytesAt(row);
    while (!text.empty()) {
      size_t end = text.size(), next = text.size();
      if (apart) {
        end = next = Utf8CharacterBytes(text.front());
      } else if (const size_t at = text.find(delimiter);
                 !delimiter.empty() && at != std::string_view::npos) {
        end = at;
        next = at + delimiter.size();
      }
      AppendPiece(text.substr(0, end), null_text, pieces);
      const bool ends_with_delimiter = next > end && next == text.size();
      text.remove_prefix(next);
      if (ends_with_delimiter) AppendPiece({}, null_text, pieces);
    }
    std::string value;
    const uint32_t count = pieces.rows();
    AppendArrayValue(pieces.Finish(), count, value);
    out.SetString(row, value);
  });
}

}  // namespace

void RegisterArraySearch(FunctionRegistry& registry) {
  RegisterQuantified<false>(registry, "any");
  RegisterQuantified<true>(registry, "all");
  constexpr FunctionOptions kStable = {.strict = false, .volatility = Volatility::kStable};
  registry.Scalar("array_to_string(anyarray, text) -> text", Join, kStable,
                  "the elements' texts with a delimiter");
  registry.Scalar("array_to_string(anyarray, text, text) -> text", Join, kStable,
                  "the elements' texts with a delimiter, and one for nulls");
  registry.Scalar("string_to_array(text, text) -> text[]", Split, {.strict = false},
                  "the pieces between delimiters");
  registry.Scalar("string_to_array(text, text, text) -> text[]", Split, {.strict = false},
                  "the pieces between delimiters, with one that means null");
}

}  // namespace riverrun::executor
