// Casts between json and jsonb, and from jsonb scalars to the SQL types they hold.
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "types/text/jsonb.h"

namespace riverrun::executor {
namespace {

void JsonToJsonb(const KernelInput& in, KernelOutput& out) {
  const StringReader text(in.args[0]);
  std::string canonical;
  ForEachValid(in, out, [&](uint32_t row) {
    canonical.clear();
    Result<void> parsed = CanonicalJson(text[row], canonical);
    if (!parsed) return out.Fail(row, std::move(parsed.error()));
    out.SetString(row, canonical);
  });
}

void JsonbToJson(const KernelInput& in, KernelOutput& out) { out.SetColumn(in.args[0]); }

// What a canonical text is, as PostgreSQL's messages call it.
std::string_view KindOfJson(std::string_view text) {
  switch (text.front()) {
    case '{': return "object";
    case '[': return "array";
    case '"': return "string";
    case 't':
    case 'f': return "boolean";
    case 'n': return "null";
    default: return "numeric";
  }
}

Error WrongKind(std::string_view text, const Type& type) {
  Type plain = type.kind == TypeKind::kDecimal ? Type::Numeric() : type;
  plain.typmod = -1;
  return {sqlstate::kInvalidParameterValue,
          "cannot cast jsonb " + std::string(KindOfJson(text)) + " to type " + TypeName(plain)};
}

void JsonbToBool(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view>(in, out, [&](uint32_t row, std::string_view text) {
    if (KindOfJson(text) != "boolean") return out.Fail(row, WrongKind(text, out.type()));
    out.values<uint8_t>()[row] = text.front() == 't';
  });
}

// A number goes the way numeric goes to that type.
template <class T, auto kConvert>
void JsonbToNumber(const KernelInput& in, KernelOutput& out) {
  ForEachCall<std::string_view>(in, out, [&](uint32_t row, std::string_view text) {
    if (KindOfJson(text) != "numeric") return out.Fail(row, WrongKind(text, out.type()));
    const Result<Numeric> number = ParseNumeric(text);
    if (!number) return out.Fail(row, number.error());
    const ArithmeticStatus status = kConvert(*number, out.values<T>()[row]);
    if (status != ArithmeticStatus::kOk) out.Fail(row, ErrorOf(status));
  });
}

ArithmeticStatus AsDouble(const Numeric& x, double& out) {
  out = ToDouble(x);
  return ArithmeticStatus::kOk;
}
ArithmeticStatus AsFloat(const Numeric& x, float& out) {
  out = ToFloat(x);
  return ArithmeticStatus::kOk;
}

void JsonbToNumeric(const KernelInput& in, KernelOutput& out) {
  const Type& type = out.type();
  ForEachCall<std::string_view>(in, out, [&](uint32_t row, std::string_view text) {
    if (KindOfJson(text) != "numeric") return out.Fail(row, WrongKind(text, type));
    const Result<Numeric> number = ParseNumeric(text);
    if (!number) return out.Fail(row, number.error());
    if (type.kind == TypeKind::kNumeric) return SetNumeric(out, row, *number);
    const ArithmeticStatus status =
        ToDecimal(*number, type.precision, type.scale, out.values<Int128>()[row]);
    if (status != ArithmeticStatus::kOk) out.Fail(row, ErrorOf(status));
  });
}

}  // namespace

void RegisterJsonCasts(FunctionRegistry& registry) {
  constexpr std::string_view kDescription = "conversion";
  const FunctionOptions fails = {.can_fail = CanFail::kYes};
  registry.Scalar("cast(json) -> jsonb", JsonToJsonb,
                  {.can_fail = CanFail::kYes, .cast = CastContext::kAssignment}, kDescription);
  registry.Scalar("cast(jsonb) -> json", JsonbToJson, {.cast = CastContext::kAssignment},
                  kDescription);
  registry.Scalar("cast(jsonb) -> boolean", JsonbToBool, fails, kDescription);
  registry.Scalar("cast(jsonb) -> smallint", JsonbToNumber<int16_t, ToInt16>, fails, kDescription);
  registry.Scalar("cast(jsonb) -> integer", JsonbToNumber<int32_t, ToInt32>, fails, kDescription);
  registry.Scalar("cast(jsonb) -> bigint", JsonbToNumber<int64_t, ToInt64>, fails, kDescription);
  registry.Scalar("cast(jsonb) -> real", JsonbToNumber<float, AsFloat>, fails, kDescription);
  registry.Scalar("cast(jsonb) -> double precision", JsonbToNumber<double, AsDouble>, fails,
                  kDescription);
  registry.Scalar("cast(jsonb) -> numeric", JsonbToNumeric, fails, kDescription);
}

}  // namespace riverrun::executor
