// Messages from clients, whole and broken, without a socket.
#include "server/wire/frame.h"

#include <gtest/gtest.h>

#include <random>

#include "server/wire/big_endian.h"
#include "server/wire/startup.h"

namespace riverrun::server {
namespace {

using namespace std::string_literals;

constexpr size_t kMessageMax = 1 << 20;

std::string Message(char type, const std::string& body) {
  std::string message(1, type);
  AppendInt32(static_cast<int32_t>(body.size() + 4), message);
  return message + body;
}

std::string WithLength(char type, uint32_t length) {
  std::string message(1, type);
  AppendInt32(static_cast<int32_t>(length), message);
  return message;
}

std::string Packet(uint32_t code, const std::string& body) {
  std::string packet;
  AppendInt32(static_cast<int32_t>(body.size() + 8), packet);
  AppendInt32(static_cast<int32_t>(code), packet);
  return packet + body;
}

// Texts of the result are views of the body.
template <class T>
T Decoded(char type, const std::string& body) {
  const auto message = DecodeMessage(type, body);
  EXPECT_TRUE(message.has_value()) << message.error().text;
  return message ? std::get<T>(*message) : T{};
}

std::string DecodeError(char type, const std::string& body) {
  const auto message = DecodeMessage(type, body);
  if (message) return "none";
  EXPECT_EQ(message.error().sqlstate, State("08P01"));
  return message.error().text;
}

TEST(ExamineFrame, FindsTheEndOneByteAtATime) {
  const std::string whole = Message('Q', "select 1\0"s);
  for (size_t size = 0; size < whole.size(); ++size) {
    const FrameHead head = ExamineFrame(whole.substr(0, size), kMessageMax);
    EXPECT_EQ(head.state, FrameState::kIncomplete) << size;
  }
  const FrameHead head = ExamineFrame(whole + "S", kMessageMax);
  EXPECT_EQ(head.state, FrameState::kComplete);
  EXPECT_EQ(head.bytes, whole.size());
}

TEST(ExamineFrame, RefusesLengthsBeforeTheBody) {
  for (const uint32_t length : {0u, 3u, 0x7fffffffu, 0x80000000u, 0xffffffffu, 1u << 30}) {
    EXPECT_EQ(ExamineFrame(WithLength('Q', length), kMessageMax).state, FrameState::kBadLength)
        << length;
  }
  EXPECT_EQ(ExamineFrame(WithLength('Q', kMessageMax), kMessageMax).state,
            FrameState::kIncomplete);
  EXPECT_EQ(ExamineFrame(WithLength('Q', kMessageMax + 1), kMessageMax).state,
            FrameState::kBadLength);
}

TEST(ExamineFrame, HasASmallLimitForSmallMessages) {
  for (const char type : "CDEHSXcf"s) {
    EXPECT_EQ(ExamineFrame(WithLength(type, 10'000), kMessageMax).state, FrameState::kIncomplete);
    EXPECT_EQ(ExamineFrame(WithLength(type, 10'001), kMessageMax).state, FrameState::kBadLength);
  }
}

TEST(ExamineFrame, KnowsAnUnknownTypeByItsFirstByte) {
  EXPECT_EQ(ExamineFrame("y", kMessageMax).state, FrameState::kUnknownType);
  EXPECT_EQ(ExamineFrame("p", kMessageMax).state, FrameState::kUnknownType);
  EXPECT_EQ(ExamineFrame("\0"s, kMessageMax).state, FrameState::kUnknownType);
}

TEST(DecodeMessage, ReadsParse) {
  const std::string body = "s\0select $1\0\0\2\0\0\0\x17\0\0\0\0"s;
  const auto parse = Decoded<ParseMessage>('P', body);
  EXPECT_EQ(parse.statement, "s");
  EXPECT_EQ(parse.text, "select $1");
  EXPECT_EQ(parse.types, (std::vector<uint32_t>{23, 0}));
}

TEST(DecodeMessage, ReadsBind) {
  const std::string body =
      "p\0s\0\0\1\0\1\0\3"s + "\0\0\0\2ab"s + "\xff\xff\xff\xff"s + "\0\0\0\0"s + "\0\2\0\0\0\1"s;
  const auto bind = Decoded<BindMessage>('B', body);
  EXPECT_EQ(bind.portal, "p");
  EXPECT_EQ(bind.statement, "s");
  EXPECT_EQ(bind.parameter_formats, (std::vector<int16_t>{1}));
  ASSERT_EQ(bind.values.size(), 3u);
  EXPECT_EQ(bind.values[0], "ab");
  EXPECT_EQ(bind.values[1], std::nullopt);
  EXPECT_EQ(bind.values[2], "");
  EXPECT_EQ(bind.result_formats, (std::vector<int16_t>{0, 1}));
}

TEST(DecodeMessage, ReadsDescribeCloseAndExecute) {
  EXPECT_EQ(Decoded<DescribeMessage>('D', "Sx\0"s).target, Target::kStatement);
  EXPECT_EQ(Decoded<DescribeMessage>('D', "P\0"s).target, Target::kPortal);
  const std::string close = "Pname\0"s;
  EXPECT_EQ(Decoded<CloseMessage>('C', close).name, "name");
  EXPECT_EQ(Decoded<ExecuteMessage>('E', "p\0\0\0\0\5"s).rows_max, 5u);
  EXPECT_EQ(Decoded<ExecuteMessage>('E', "p\0\xff\xff\xff\xff"s).rows_max, 0u);
}

TEST(DecodeMessage, RefusesWhatPostgresRefuses) {
  EXPECT_EQ(DecodeError('Q', "select 1"), "invalid string in message");
  EXPECT_EQ(DecodeError('Q', "select 1\0; select 2\0"s), "invalid message format");
  EXPECT_EQ(DecodeError('D', "S\0zz"s), "invalid message format");
  EXPECT_EQ(DecodeError('D', "Xname\0"s), "invalid DESCRIBE message subtype 88");
  EXPECT_EQ(DecodeError('C', "Xname\0"s), "invalid CLOSE message subtype 88");
  EXPECT_EQ(DecodeError('S', "abc"), "invalid message format");
  EXPECT_EQ(DecodeError('P', "\0select 1\0\xff\xff"s), "insufficient data left in message");
  EXPECT_EQ(DecodeError('E', "\0\0\0"s), "insufficient data left in message");
}

TEST(DecodeMessage, BelievesNoLengthOfAParameter) {
  const std::string head = "\0\0\0\0\0\1"s;
  for (const char* length : {"\x40\x00\x00\x00", "\x7f\xff\xff\xff", "\xff\xff\xff\xfe"}) {
    EXPECT_EQ(DecodeError('B', head + std::string(length, 4) + "abc\0\0"s),
              "insufficient data left in message");
  }
  // A count of 65,535 parameters, and none of them.
  EXPECT_EQ(DecodeError('B', "\0\0\0\0\xff\xff"s), "insufficient data left in message");
}

TEST(DecodeMessage, TakesEveryPrefixOfAMessageWithoutReadingBehindIt) {
  const std::string body = "p\0s\0\0\1\0\1\0\1\0\0\0\2ab\0\1\0\1"s;
  ASSERT_TRUE(DecodeMessage('B', body).has_value());
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(DecodeMessage('B', body.substr(0, size)).has_value()) << size;
  }
}

TEST(ExamineStartup, LimitsThePacket) {
  const auto state = [](uint32_t length) {
    std::string bytes;
    AppendInt32(static_cast<int32_t>(length), bytes);
    return ExamineStartup(bytes).state;
  };
  for (const uint32_t length : {0u, 4u, 7u, 10'001u, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_EQ(state(length), FrameState::kBadLength) << length;
  }
  EXPECT_EQ(state(8), FrameState::kIncomplete);
  EXPECT_EQ(state(10'000), FrameState::kIncomplete);
  // "GET " of HTTP and the first bytes of TLS are lengths that no packet has.
  EXPECT_EQ(ExamineStartup("GET / HTTP/1.1\r\n").state, FrameState::kBadLength);
  EXPECT_EQ(ExamineStartup("\x16\x03\x01\x00"s).state, FrameState::kBadLength);
}

SessionRequest Session(uint32_t version, const std::string& parameters) {
  const auto request = DecodeStartup(Packet(version, parameters));
  EXPECT_TRUE(request.has_value()) << request.error().error.text;
  return request ? std::get<SessionRequest>(*request) : SessionRequest{};
}

StartupFailure Failure(uint32_t version, const std::string& parameters) {
  const auto request = DecodeStartup(Packet(version, parameters));
  EXPECT_FALSE(request.has_value());
  return request ? StartupFailure{} : request.error();
}

TEST(DecodeStartup, ReadsParameters) {
  const SessionRequest request =
      Session(3 << 16, "user\0ann\0application_name\0psql\0\0"s);
  EXPECT_EQ(request.options.user, "ann");
  EXPECT_EQ(request.options.database, "ann");
  EXPECT_EQ(request.options.settings.size(), 1u);
  EXPECT_EQ(request.options.settings[0], (std::pair("application_name"s, "psql"s)));
  EXPECT_FALSE(request.negotiate);
  EXPECT_EQ(Session(3 << 16, "user\0a\0database\0d\0\0"s).options.database, "d");
}

TEST(DecodeStartup, SaysWhatIsUnknownOfANewerProtocol) {
  EXPECT_TRUE(Session((3 << 16) + 2, "user\0a\0\0"s).negotiate);
  const SessionRequest request = Session(3 << 16, "user\0a\0_pq_.foo\0x\0\0"s);
  EXPECT_TRUE(request.negotiate);
  EXPECT_EQ(request.unknown_options, std::vector<std::string>{"_pq_.foo"});
}

TEST(DecodeStartup, RefusesWhatPostgresRefuses) {
  EXPECT_EQ(Failure(4 << 16, "user\0a\0\0"s).error.text,
            "unsupported frontend protocol 4.0: server supports 3.0 to 3.0");
  EXPECT_EQ(Failure((1234 << 16) + 1, "user\0a\0\0"s).error.text,
            "unsupported frontend protocol 1234.1: server supports 3.0 to 3.0");
  EXPECT_TRUE(Failure(2 << 16, "user\0a\0\0"s).silent);
  EXPECT_EQ(Failure(3 << 16, "database\0d\0\0"s).error.sqlstate, State("28000"));
  for (const std::string& body : {"user\0a"s, "user\0a\0"s, ""s, "user\0a\0b\0\0"s, "\0x"s}) {
    EXPECT_EQ(Failure(3 << 16, body).error.sqlstate, State("08P01")) << body;
  }
  EXPECT_EQ(Failure(3 << 16, "user\0a\0replication\0database\0\0"s).error.sqlstate,
            sqlstate::kFeatureNotSupported);
  EXPECT_EQ(Session(3 << 16, "user\0a\0replication\0OFF\0\0"s).options.settings.size(), 0u);
}

TEST(DecodeStartup, CutsLongNamesWhereACharacterEnds) {
  const std::string name = std::string(62, 'x') + "\u00e4" + "yz";
  EXPECT_EQ(Session(3 << 16, "user\0"s + name + "\0\0"s).options.user, std::string(62, 'x'));
}

TEST(DecodeStartup, ReadsCancelAndEncryption) {
  const auto cancel = DecodeStartup(Packet(80877102, "\0\0\0\7\x80\0\0\1"s));
  ASSERT_TRUE(cancel.has_value());
  EXPECT_EQ(std::get<CancelRequest>(*cancel).process_id, 7);
  EXPECT_EQ(std::get<CancelRequest>(*cancel).key, 0x80000001u);
  for (const std::string& body : {"\0\0\0\7"s, "\0\0\0\7\0\0\0\1\0"s}) {
    const auto bad = DecodeStartup(Packet(80877102, body));
    ASSERT_FALSE(bad.has_value());
    EXPECT_TRUE(bad.error().silent);
  }
  EXPECT_EQ(std::get<EncryptionRequest>(*DecodeStartup(Packet(80877103, ""))).kind,
            EncryptionRequest::Kind::kTls);
  EXPECT_EQ(std::get<EncryptionRequest>(*DecodeStartup(Packet(80877104, ""))).kind,
            EncryptionRequest::Kind::kGss);
}

TEST(ParseStartupOptions, ReadsBothForms) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(*ParseStartupOptions("-c search_path=a,b  --statement-timeout=5s -cgeqo=off"),
            (Settings{{"search_path", "a,b"}, {"statement_timeout", "5s"}, {"geqo", "off"}}));
  EXPECT_EQ(*ParseStartupOptions("-c x=a\\ b\\\\c"), (Settings{{"x", "a b\\c"}}));
  EXPECT_EQ(*ParseStartupOptions("  "), Settings{});
  for (const char* text : {"-d 1", "word", "-c", "-c x", "--=1", "-c =1", "--"}) {
    const auto settings = ParseStartupOptions(text);
    ASSERT_FALSE(settings.has_value()) << text;
    EXPECT_EQ(settings.error().sqlstate, sqlstate::kSyntaxError) << text;
  }
}

TEST(DecodeMessage, TakesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string body(random() % 40, '\0');
    for (char& c : body) c = static_cast<char>(random() % 4 == 0 ? 0 : random());
    DecodeMessage("QPBDCEHSXFdcf"[random() % 13], body);
    const auto code = static_cast<uint32_t>(random());
    DecodeStartup(Packet(random() % 2 == 0 ? 3 << 16 : code, body));
  }
}

}  // namespace
}  // namespace riverrun::server
