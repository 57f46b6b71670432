// Text from values of any type: concat, concat_ws, || with a text, format.
#include <charconv>
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "executor/functions/text/quoting.h"
#include "types/text/text_format.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

// The arguments from `first` on that are not null, one after the other.
template <bool kSeparated>
void Concat(const KernelInput& in, KernelOutput& out) {
  TextWriter writer(*in.context.settings);
  std::string text;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (kSeparated && in.args[0].IsNull(row)) return out.SetNull(row);
    const std::string_view separator = kSeparated ? in.args[0].BytesAt(row) : std::string_view();
    text.clear();
    bool first = true;
    for (const Column& column : in.args.subspan(kSeparated ? 1 : 0)) {
      if (column.IsNull(row)) continue;
      if (!first) text += separator;
      first = false;
      writer.Append(column, row, text);
    }
    out.SetString(row, text);
  });
}

// text || anything: the other side is cast to text, which spells booleans out.
void ConcatenateAny(const KernelInput& in, KernelOutput& out) {
  TextWriter writer(*in.context.settings);
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    text.clear();
    for (const Column& column : in.args) {
      if (column.type.kind == TypeKind::kBool) {
        text += column.At<uint8_t>(row) != 0 ? "true" : "false";
      } else {
        writer.Append(column, row, text);
      }
    }
    out.SetString(row, text);
  });
}

// One row's call of format. Positions of arguments count from 1; 0 is the format itself.
class Formatter {
 public:
  Formatter(const KernelInput& in, uint32_t row, TextWriter& writer, std::string& out)
      : in_(in), row_(row), writer_(writer), out_(out), rest_(in.args[0].BytesAt(row)) {}

  Result<void> Run() {
    while (!rest_.empty()) {
      const size_t percent = rest_.find('%');
      out_ += rest_.substr(0, percent);
      if (percent == std::string_view::npos) break;
      rest_.remove_prefix(percent + 1);
      if (rest_.empty()) return Unterminated();
      if (rest_.front() == '%') {
        out_.push_back('%');
        rest_.remove_prefix(1);
      } else if (Result<void> done = Specifier(); !done) {
        return done;
      }
    }
    return {};
  }

 private:
  static std::unexpected<Error> Invalid(std::string text) {
    return Fail(sqlstate::kInvalidParameterValue, std::move(text));
  }
  static std::unexpected<Error> Unterminated() {
    return Invalid("unterminated format() type specifier");
  }

  // Digits at the front as a number; absent if there are none.
  Result<std::optional<int32_t>> Number() {
    int32_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return std::nullopt;
    if (error == std::errc::result_out_of_range) {
      return Fail(sqlstate::kNumericValueOutOfRange, "number is out of range");
    }
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  // Reads n$ if it is there; 0 if not.
  Result<int32_t> Position() {
    const std::string_view before = rest_;
    const auto number = Number();
    if (!number) return std::unexpected(number.error());
    if (number->has_value() && rest_.starts_with('$')) {
      rest_.remove_prefix(1);
      if (**number == 0) {
        return Invalid("format specifies argument 0, but arguments are numbered from 1");
      }
      return **number;
    }
    rest_ = before;
    return 0;
  }

  // The argument at a position, or the next one.
  Result<const Column*> Argument(int32_t position) {
    const size_t index = position > 0 ? static_cast<size_t>(position) : next_;
    next_ = index + 1;
    if (index >= in_.args.size()) return Invalid("too few arguments for format()");
    return &in_.args[index];
  }

  // A width: digits, or an argument that is an integer. Negative means aligned to the left.
  Result<int32_t> Width() {
    if (!rest_.starts_with('*')) {
      const auto number = Number();
      if (!number) return std::unexpected(number.error());
      return number->value_or(0);
    }
    rest_.remove_prefix(1);
    const Result<int32_t> position = Position();
    if (!position) return position;
    const Result<const Column*> column = Argument(*position);
    if (!column) return std::unexpected(column.error());
    if ((*column)->IsNull(row_)) return 0;
    if ((*column)->type.kind == TypeKind::kInt4) return (*column)->At<int32_t>(row_);
    if ((*column)->type.kind == TypeKind::kInt2) return (*column)->At<int16_t>(row_);
    const Result<Numeric> number = ParseNumeric(writer_.ToText(**column, row_));
    int32_t width = 0;
    if (!number || ToInt32(*number, width) != ArithmeticStatus::kOk) {
      return Fail(
          sqlstate::kInvalidTextRepresentation,
          "invalid input syntax for type integer: \"" + writer_.ToText(**column, row_) + "\"");
    }
    return width;
  }

  Result<void> Specifier() {
    const Result<int32_t> position = Position();
    if (!position) return std::unexpected(position.error());
    bool left = false;
    for (; rest_.starts_with('-'); rest_.remove_prefix(1)) left = true;
    const Result<int32_t> width = Width();
    if (!width) return std::unexpected(width.error());
    if (rest_.empty()) return Unterminated();
    const char type = rest_.front();
    if (type != 's' && type != 'I' && type != 'L') {
      const std::string_view shown = rest_.substr(0, Utf8CharacterBytes(type));
      return Invalid("unrecognized format() type specifier \"" + std::string(shown) + "\"");
    }
    rest_.remove_prefix(1);
    const Result<const Column*> column = Argument(*position);
    if (!column) return std::unexpected(column.error());
    std::string text;
    if (Result<void> made = Convert(**column, type, text); !made) return made;
    return Pad(text, *width, left);
  }

  Result<void> Convert(const Column& column, char type, std::string& text) {
    if (column.IsNull(row_)) {
      if (type == 'I') {
        return Fail(State("22004"), "null values cannot be formatted as an SQL identifier");
      }
      if (type == 'L') text = "NULL";
      return {};
    }
    const std::string plain = writer_.ToText(column, row_);
    if (type == 's') text = plain;
    if (type == 'I') AppendQuotedIdentifier(text, plain);
    if (type == 'L') AppendQuotedLiteral(text, plain);
    return {};
  }

  Result<void> Pad(const std::string& text, int32_t width, bool left) {
    if (width < 0) {
      left = true;
      width = width == INT32_MIN ? INT32_MAX : -width;
    }
    const size_t characters = CountCharacters(text);
    const auto wanted = static_cast<size_t>(width);
    const size_t missing = wanted > characters ? wanted - characters : 0;
    if (out_.size() + missing > kStringBytesMax) {
      return Fail(sqlstate::kProgramLimitExceeded, "requested length too large");
    }
    if (!left) out_.append(missing, ' ');
    out_ += text;
    if (left) out_.append(missing, ' ');
    return {};
  }

  const KernelInput& in_;
  const uint32_t row_;
  TextWriter& writer_;
  std::string& out_;
  std::string_view rest_;
  size_t next_ = 1;
};

void Format(const KernelInput& in, KernelOutput& out) {
  TextWriter writer(*in.context.settings);
  std::string text;
  ForEachRow(in.rows, in.selection, [&](uint32_t row) {
    if (in.args[0].IsNull(row)) return out.SetNull(row);
    text.clear();
    Result<void> made = Formatter(in, row, writer, text).Run();
    if (!made) return out.Fail(row, std::move(made).error());
    out.SetString(row, text);
  });
}

}  // namespace

void RegisterFormat(FunctionRegistry& registry) {
  constexpr FunctionOptions kOptions = {.strict = false, .volatility = Volatility::kStable};
  constexpr FunctionOptions kFallible = {
      .strict = false, .can_fail = CanFail::kYes, .volatility = Volatility::kStable};
  registry.Scalar("concat(variadic any) -> text", Concat<false>, kOptions,
                  "the texts of all arguments but nulls");
  registry.Scalar("concat_ws(text, variadic any) -> text", Concat<true>, kOptions,
                  "the texts of all arguments but nulls, with a separator");
  registry.Scalar("||(text, anynonarray) -> text", ConcatenateAny,
                  {.volatility = Volatility::kStable}, "one after the other");
  registry.Scalar("||(anynonarray, text) -> text", ConcatenateAny,
                  {.volatility = Volatility::kStable}, "one after the other");
  registry.Scalar("format(text) -> text", Format, kFallible, "text with values put in");
  registry.Scalar("format(text, variadic any) -> text", Format, kFallible,
                  "text with values put in");
}

}  // namespace riverrun::executor
