#include "types/uuid.h"

namespace riverrun {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool ParseDigits(std::string_view text, Uuid& uuid) {
  if (text.starts_with('{')) {
    if (!text.ends_with('}')) return false;
    text = text.substr(1, text.size() - 2);
  }
  size_t at = 0;
  for (size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (at + 2 > text.size()) return false;
    const int high = HexDigit(text[at]);
    const int low = HexDigit(text[at + 1]);
    if (high < 0 || low < 0) return false;
    uuid.bytes[i] = static_cast<uint8_t>(high << 4 | low);
    at += 2;
    const bool group_ends = i % 2 == 1 && i + 1 < uuid.bytes.size();
    if (group_ends && at < text.size() && text[at] == '-') ++at;
  }
  return at == text.size();
}

}  // namespace

Result<Uuid> ParseUuid(std::string_view text) {
  Uuid uuid;
  if (ParseDigits(text, uuid)) return uuid;
  return Fail(sqlstate::kInvalidTextRepresentation,
              "invalid input syntax for type uuid: \"" + std::string(text) + "\"");
}

void PrintUuid(const Uuid& uuid, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kDigits[uuid.bytes[i] >> 4]);
    out.push_back(kDigits[uuid.bytes[i] & 15]);
  }
}

}  // namespace riverrun
