// A real engine in a temporary directory, and the two ends of the protocol written down as text.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/engine.h"
#include "server/wire/big_endian.h"
#include "server/wire/frame.h"
#include "server/system_clock.h"
#include "storage/posix_file_system.h"
#include "tests/server/temporary_directory.h"

namespace riverrun::server::wire_case {

class WireCase : public ::testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.data_directory = directory_.path();
    auto opened = Engine::Open(files_, clock_, options);
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    engine_ = *std::move(opened);
  }

  TemporaryDirectory directory_;
  storage::PosixFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
};

// What clients send.

/// The bytes of a literal with its NULs, without the one at its end.
template <size_t N>
std::string Bytes(const char (&literal)[N]) {
  return std::string(literal, N - 1);
}

inline std::string Message(char type, const std::string& body = "") {
  std::string message(1, type);
  AppendInt32(static_cast<int32_t>(body.size() + 4), message);
  return message + body;
}
inline std::string Query(const std::string& sql) { return Message('Q', sql + Bytes("\0")); }
inline std::string Parse(const std::string& name, const std::string& sql) {
  return Message('P', name + Bytes("\0") + sql + Bytes("\0\0\0"));
}
/// Text parameters; `formats` of the results.
inline std::string Bind(const std::string& portal, const std::string& statement,
                        const std::vector<std::string>& values = {},
                        const std::vector<int16_t>& formats = {}) {
  std::string body = portal + Bytes("\0") + statement + Bytes("\0\0\0");
  AppendInt16(static_cast<int16_t>(values.size()), body);
  for (const std::string& value : values) {
    AppendInt32(static_cast<int32_t>(value.size()), body);
    body += value;
  }
  AppendInt16(static_cast<int16_t>(formats.size()), body);
  for (const int16_t format : formats) AppendInt16(format, body);
  return Message('B', body);
}
inline std::string Describe(char kind, const std::string& name) {
  return Message('D', kind + name + Bytes("\0"));
}
inline std::string Close(char kind, const std::string& name) {
  return Message('C', kind + name + Bytes("\0"));
}
inline std::string Execute(const std::string& portal, int32_t rows_max = 0) {
  std::string body = portal + Bytes("\0");
  AppendInt32(rows_max, body);
  return Message('E', body);
}
inline std::string Sync() { return Message('S'); }
inline std::string Startup(const std::string& parameters, uint32_t version = 3 << 16) {
  std::string packet;
  AppendInt32(static_cast<int32_t>(parameters.size() + 9), packet);
  AppendInt32(static_cast<int32_t>(version), packet);
  return packet + parameters + Bytes("\0");
}

// What the server answers, one message behind the other with " | " between them.

inline std::string FieldsOfReport(std::string_view body) {
  std::string severity, code, text, position;
  FieldReader reader(body);
  while (const char field = static_cast<char>(reader.Byte())) {
    const std::string value(reader.Text());
    if (field == 'V') severity = value;
    if (field == 'C') code = value;
    if (field == 'M') text = value;
    if (field == 'P') position = " @" + value;
  }
  return severity + " " + code + " " + text + position;
}

inline std::string RowText(std::string_view body) {
  FieldReader reader(body);
  std::string text = "(";
  const uint16_t count = reader.Int16();
  for (uint16_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    const auto length = static_cast<int32_t>(reader.Int32());
    text += length < 0 ? "NULL" : std::string(reader.Bytes(static_cast<size_t>(length)));
  }
  return text + ")";
}

inline std::string FieldNames(std::string_view body) {
  FieldReader reader(body);
  std::string text = "[";
  const uint16_t count = reader.Int16();
  for (uint16_t i = 0; i < count; ++i) {
    text += (i > 0 ? ", " : "") + std::string(reader.Text());
    reader.Bytes(4 + 2 + 4 + 2 + 4);
    if (reader.Int16() == 1) text += ":binary";
  }
  return text + "]";
}

inline std::string Text(char type, std::string_view body) {
  switch (type) {
    case 'R': return "auth";
    case 'S': {
      FieldReader reader(body);
      const std::string name(reader.Text());
      return name + " := " + std::string(reader.Text());
    }
    case 'K': return "key";
    case 'Z': return "ready " + std::string(body);
    case 'E':
    case 'N': return FieldsOfReport(body);
    case 'C': return std::string(body.substr(0, body.size() - 1));
    case 'T': return FieldNames(body);
    case 'D': return RowText(body);
    case 't': return "parameters " + std::to_string(FieldReader(body).Int16());
    case '1': return "parsed";
    case '2': return "bound";
    case '3': return "closed";
    case 'n': return "no data";
    case 's': return "suspended";
    case 'I': return "empty";
    case 'v': return "negotiate";
    default: return std::string(1, type);
  }
}

/// Takes the first whole message off `bytes`.
struct Answer {
  char type;
  std::string body;
};
inline std::optional<Answer> TakeAnswer(std::string& bytes) {
  if (bytes.size() < 5) return std::nullopt;
  const size_t length = FieldReader(std::string_view(bytes).substr(1)).Int32();
  if (bytes.size() < length + 1) return std::nullopt;
  Answer answer{bytes[0], bytes.substr(5, length - 4)};
  bytes.erase(0, length + 1);
  return answer;
}

}  // namespace riverrun::server::wire_case
