// Casts through text: what PostgreSQL's input and output functions do, and the lengths of varchar.
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/text/text_format.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

constexpr size_t kNameBytesMax = 63;

// text to anything: the type's input function.
void Parse(const KernelInput& in, KernelOutput& out) {
  const StringReader text(in.args[0]);
  std::optional<Micros> now;
  if (in.context.has_clock) now = in.context.epoch.now;
  TextReader reader(*in.context.settings, now);
  ColumnBuilder builder(out.type(), out.budget());
  ForEachValid(in, out, [&](uint32_t row) {
    while (builder.rows() < row) builder.AppendNull();
    Result<void> parsed = reader.Append(text[row], builder);
    if (parsed) return;
    builder.AppendNull();
    out.Fail(row, std::move(parsed.error()));
  });
  while (builder.rows() < in.rows) builder.AppendNull();
  out.SetColumn(builder.Finish());
}

// How a string becomes varchar(n) or name. Absent if it does not.
using Fit = std::optional<std::string_view> (*)(std::string_view text, const Type& type);

size_t LengthMax(const Type& type) { return static_cast<size_t>(type.typmod - 4); }

// CAST cuts without a word.
std::optional<std::string_view> Cut(std::string_view text, const Type& type) {
  if (type.oid == oid::kName) {
    if (text.size() <= kNameBytesMax) return text;
    size_t end = kNameBytesMax;
    while ((static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
    return text.substr(0, end);
  }
  if (type.typmod < 0 || text.size() <= LengthMax(type)) return text;
  return text.substr(0, SkipCharacters(text, LengthMax(type)));
}

// An assignment cuts only spaces.
std::optional<std::string_view> CutSpaces(std::string_view text, const Type& type) {
  const std::string_view kept = *Cut(text, type);
  if (text.find_first_not_of(' ', kept.size()) != std::string_view::npos) return std::nullopt;
  return kept;
}

Error TooLong(const Type& type) {
  return {sqlstate::kStringDataRightTruncation,
          "value too long for type character varying(" + std::to_string(LengthMax(type)) + ")"};
}

template <Fit kFit>
void TextToText(const KernelInput& in, KernelOutput& out) {
  const Type& type = out.type();
  if (type.typmod < 0 && type.oid != oid::kName) return out.SetColumn(in.args[0]);
  const StringReader text(in.args[0]);
  out.Pin(in.args[0]);
  ForEachValid(in, out, [&](uint32_t row) {
    const std::optional<std::string_view> kept = kFit(text[row], type);
    if (!kept) return out.Fail(row, TooLong(type));
    // A long string cut within the pinned bytes stays there; a short one lies in the StringRef.
    out.SetRef(row, StringRef(*kept));
  });
}

// The text of a cast is the type's output, but booleans are spelled out.
void AppendCastText(TextWriter& writer, const Column& column, uint32_t row, std::string& text) {
  if (column.type.kind == TypeKind::kBool) {
    text += column.At<uint8_t>(row) != 0 ? "true" : "false";
  } else {
    writer.Append(column, row, text);
  }
}

template <Fit kFit>
void AnyToText(const KernelInput& in, KernelOutput& out) {
  const Column& column = in.args[0];
  const Type& type = out.type();
  TextWriter writer(*in.context.settings);
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    text.clear();
    AppendCastText(writer, column, row, text);
    const std::optional<std::string_view> kept = kFit(text, type);
    if (!kept) return out.Fail(row, TooLong(type));
    out.SetString(row, *kept);
  });
}

bool HasLength(std::span<const Type>, const Type& result) { return result.typmod >= 0; }

constexpr std::string_view kDescription = "conversion";

void RegisterFromText(FunctionRegistry& registry) {
  for (const std::string type :
       {"boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric", "uuid",
        "json", "jsonb", "oid", "bytea"}) {
    registry.Scalar("cast(text) -> " + type, Parse, {.can_fail = CanFail::kYes}, kDescription);
  }
  // These depend on the zone, on DateStyle, or on 'now'.
  for (const std::string type :
       {"date", "time", "timetz", "timestamp", "timestamptz", "interval", "anyarray"}) {
    registry.Scalar("cast(text) -> " + type, Parse,
                    {.can_fail = CanFail::kYes, .volatility = Volatility::kStable}, kDescription);
  }
}

void RegisterToText(FunctionRegistry& registry) {
  for (const std::string type : {"text", "name"}) {
    registry.Scalar("cast(text) -> " + type, TextToText<Cut>, {.cast = CastContext::kImplicit},
                    kDescription);
    registry.Scalar("cast(any) -> " + type, AnyToText<Cut>,
                    {.volatility = Volatility::kStable, .cast = CastContext::kAssignment},
                    kDescription);
  }
  registry.Scalar("assign(text) -> text", TextToText<CutSpaces>, {.may_fail = HasLength},
                  "conversion when assigned to varchar(n)");
  registry.Scalar("assign(any) -> text", AnyToText<CutSpaces>,
                  {.may_fail = HasLength, .volatility = Volatility::kStable},
                  "conversion when assigned to varchar(n)");
}

}  // namespace

void RegisterTextCasts(FunctionRegistry& registry) {
  RegisterFromText(registry);
  RegisterToText(registry);
}

}  // namespace riverrun::executor
