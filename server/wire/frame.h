// What a client sends, taken apart: where a message ends, and what is in it. PostgreSQL's protocol
// 3.0 (https://www.postgresql.org/docs/15/protocol-message-formats.html). No sockets, no threads.
//
// A message has a type byte, a length of four bytes that counts itself, and a body. What comes
// before authentication (server/wire/startup.h) has no type byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "types/error.h"

namespace riverrun::server {

/// What the beginning of a client's bytes is.
enum class FrameState : uint8_t {
  kIncomplete,   // more bytes are needed
  kComplete,     // a message
  kBadLength,    // nothing that follows can be understood
  kUnknownType,  // likewise; the client is told
};

struct FrameHead {
  FrameState state = FrameState::kIncomplete;
  /// The whole message, type and length included; 0 while the length is not known.
  size_t bytes = 0;
};

/// Looks at the first message of `bytes`. Lengths are checked before anything is kept for them:
/// Query, Parse, Bind, FunctionCall and CopyData have at most `message_bytes_max` bytes, other
/// messages 10,000.
FrameHead ExamineFrame(std::string_view bytes, size_t message_bytes_max);

// The messages. Texts are views of the body that they were decoded from, without NUL.

struct QueryMessage {
  std::string_view text;
};
struct ParseMessage {
  std::string_view statement;
  std::string_view text;
  std::vector<uint32_t> types;
};
struct BindMessage {
  std::string_view portal;
  std::string_view statement;
  std::vector<int16_t> parameter_formats;
  std::vector<std::optional<std::string_view>> values;  // absent: NULL
  std::vector<int16_t> result_formats;
};
/// What Describe and Close are about.
enum class Target : uint8_t { kStatement, kPortal };
struct DescribeMessage {
  Target target;
  std::string_view name;
};
struct CloseMessage {
  Target target;
  std::string_view name;
};
struct ExecuteMessage {
  std::string_view portal;
  uint32_t rows_max = 0;  // 0: all
};
struct FlushMessage {};
struct SyncMessage {};
struct TerminateMessage {};
struct FunctionCallMessage {};  // not taken apart: there are no functions to call
struct CopyMessage {};          // data, its end or its failure, of a COPY that does not run

using FrontendMessage =
    std::variant<QueryMessage, ParseMessage, BindMessage, DescribeMessage, CloseMessage,
                 ExecuteMessage, FlushMessage, SyncMessage, TerminateMessage, FunctionCallMessage,
                 CopyMessage>;

/// Takes a body apart. Errors: 08P01 with PostgreSQL's text; the conversation can go on.
/// REQUIRES a type that ExamineFrame knows.
Result<FrontendMessage> DecodeMessage(char type, std::string_view body);

/// Reads the fields of a body one after the other. After a failure every read fails.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  uint8_t Byte();
  uint16_t Int16();
  uint32_t Int32();
  /// The next `count` bytes.
  std::string_view Bytes(size_t count);
  /// Up to the next NUL, which is passed over.
  std::string_view Text();

  std::string_view rest() const { return rest_; }
  bool failed() const { return error_ != nullptr; }
  /// Succeeds if every read did and nothing is left.
  Result<void> End() const;

 private:
  bool Has(size_t count);
  void Fail(const char* error);

  std::string_view rest_;
  const char* error_ = nullptr;
};

}  // namespace riverrun::server
