// The scanner must take any bytes: tokens advance, spans stay inside the text, and only SqlError
// leaves it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parser/literal.h"
#include "parser/split.h"
#include "types/error.h"

using riverrun::SqlError;
using namespace riverrun::parser;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    Scanner scanner(text);
    uint32_t end = 0;
    for (Token token = scanner.Next(); token.kind != TokenKind::kEnd; token = scanner.Next()) {
      CHECK(token.begin >= end && token.end > token.begin && token.end <= size);
      end = token.end;
      const std::string_view slice = Slice(text, token);
      if (token.kind == TokenKind::kString) DecodeString(slice, token.begin);
      if (token.kind == TokenKind::kQuotedIdentifier) DecodeIdentifier(slice, token.begin);
    }
  } catch (const SqlError&) {
  }
  try {
    for (const ScannedStatement& statement : SplitStatements(text)) {
      StatementCacheKey(text, statement);
    }
  } catch (const SqlError&) {
  }
  return 0;
}
