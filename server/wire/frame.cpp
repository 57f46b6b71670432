#include "server/wire/frame.h"

#include <algorithm>

namespace riverrun::server {
namespace {

constexpr size_t kHeadBytes = 5;
constexpr size_t kLengthBytes = 4;  // the length counts itself
constexpr size_t kSmallMessageMax = 10'000;

constexpr std::string_view kLargeTypes = "QPBFd";
constexpr std::string_view kSmallTypes = "CDEHSXcf";

uint32_t BigEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

Error ProtocolError(std::string text) { return {State("08P01"), std::move(text)}; }

// The message, if the reader has read all of it and nothing is left.
Result<FrontendMessage> Whole(const FieldReader& reader, FrontendMessage message) {
  const Result<void> end = reader.End();
  if (!end) return std::unexpected(end.error());
  return message;
}

Result<FrontendMessage> DecodeQuery(FieldReader reader) {
  QueryMessage message{.text = reader.Text()};
  return Whole(reader, message);
}

Result<FrontendMessage> DecodeParse(FieldReader reader) {
  ParseMessage message;
  message.statement = reader.Text();
  message.text = reader.Text();
  const uint16_t count = reader.Int16();
  for (uint16_t i = 0; i < count && !reader.failed(); ++i) message.types.push_back(reader.Int32());
  return Whole(reader, std::move(message));
}

std::vector<int16_t> ReadFormats(FieldReader& reader) {
  std::vector<int16_t> formats;
  const uint16_t count = reader.Int16();
  for (uint16_t i = 0; i < count && !reader.failed(); ++i) {
    formats.push_back(static_cast<int16_t>(reader.Int16()));
  }
  return formats;
}

Result<FrontendMessage> DecodeBind(FieldReader reader) {
  constexpr uint32_t kNull = 0xffffffff;
  BindMessage message;
  message.portal = reader.Text();
  message.statement = reader.Text();
  message.parameter_formats = ReadFormats(reader);
  const uint16_t count = reader.Int16();
  for (uint16_t i = 0; i < count && !reader.failed(); ++i) {
    const uint32_t length = reader.Int32();
    if (length == kNull) {
      message.values.push_back(std::nullopt);
    } else {
      message.values.push_back(reader.Bytes(length));
    }
  }
  message.result_formats = ReadFormats(reader);
  return Whole(reader, std::move(message));
}

// Describe and Close: the letter of a statement or a portal, and its name.
template <class Message>
Result<FrontendMessage> DecodeNamed(FieldReader reader, std::string_view verb) {
  const uint8_t letter = reader.Byte();
  Message message{Target::kStatement, reader.Text()};
  if (letter == 'P') {
    message.target = Target::kPortal;
  } else if (letter != 'S' && !reader.failed()) {
    return std::unexpected(ProtocolError("invalid " + std::string(verb) + " message subtype " +
                                         std::to_string(letter)));
  }
  return Whole(reader, message);
}

Result<FrontendMessage> DecodeExecute(FieldReader reader) {
  ExecuteMessage message{.portal = reader.Text()};
  const auto rows = static_cast<int32_t>(reader.Int32());
  message.rows_max = static_cast<uint32_t>(std::max(rows, 0));
  return Whole(reader, message);
}

template <class Message>
Result<FrontendMessage> DecodeEmpty(FieldReader reader) {
  return Whole(reader, Message{});
}

}  // namespace

FrameHead ExamineFrame(std::string_view bytes, size_t message_bytes_max) {
  if (bytes.empty()) return {};
  const bool large = kLargeTypes.find(bytes[0]) != std::string_view::npos;
  if (!large && kSmallTypes.find(bytes[0]) == std::string_view::npos) {
    return {FrameState::kUnknownType, 0};
  }
  if (bytes.size() < kHeadBytes) return {};
  const size_t length = BigEndian(bytes.substr(1, kLengthBytes));
  if (length < kLengthBytes || length > (large ? message_bytes_max : kSmallMessageMax)) {
    return {FrameState::kBadLength, 0};
  }
  const size_t all = 1 + length;
  return {bytes.size() < all ? FrameState::kIncomplete : FrameState::kComplete, all};
}

Result<FrontendMessage> DecodeMessage(char type, std::string_view body) {
  const FieldReader reader(body);
  switch (type) {
    case 'Q': return DecodeQuery(reader);
    case 'P': return DecodeParse(reader);
    case 'B': return DecodeBind(reader);
    case 'D': return DecodeNamed<DescribeMessage>(reader, "DESCRIBE");
    case 'C': return DecodeNamed<CloseMessage>(reader, "CLOSE");
    case 'E': return DecodeExecute(reader);
    case 'H': return DecodeEmpty<FlushMessage>(reader);
    case 'S': return DecodeEmpty<SyncMessage>(reader);
    case 'X': return FrontendMessage(TerminateMessage{});
    case 'F': return FrontendMessage(FunctionCallMessage{});
    case 'd':
    case 'c':
    case 'f': return FrontendMessage(CopyMessage{});
    default: break;
  }
  CHECK(false, "a message type that ExamineFrame refuses");
  return FrontendMessage(TerminateMessage{});
}

bool FieldReader::Has(size_t count) {
  if (failed()) return false;
  if (rest_.size() < count) Fail("insufficient data left in message");
  return !failed();
}

void FieldReader::Fail(const char* error) {
  error_ = error;
  rest_ = {};
}

uint8_t FieldReader::Byte() {
  const std::string_view bytes = Bytes(1);
  return bytes.empty() ? uint8_t{0} : static_cast<uint8_t>(bytes[0]);
}

uint16_t FieldReader::Int16() { return static_cast<uint16_t>(BigEndian(Bytes(2))); }

uint32_t FieldReader::Int32() { return BigEndian(Bytes(4)); }

std::string_view FieldReader::Bytes(size_t count) {
  if (!Has(count)) return {};
  const std::string_view bytes = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return bytes;
}

std::string_view FieldReader::Text() {
  if (failed()) return {};
  const size_t end = rest_.find('\0');
  if (end == std::string_view::npos) {
    Fail("invalid string in message");
    return {};
  }
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return text;
}

Result<void> FieldReader::End() const {
  if (failed()) return std::unexpected(ProtocolError(error_));
  if (!rest_.empty()) return std::unexpected(ProtocolError("invalid message format"));
  return {};
}

}  // namespace riverrun::server
