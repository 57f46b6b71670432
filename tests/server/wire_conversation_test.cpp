// The protocol over a real session, without a socket.
#include "server/wire/conversation.h"

#include <gtest/gtest.h>

#include "tests/server/wire_case.h"

namespace riverrun::server {
namespace {

using namespace std::string_literals;
using namespace wire_case;

class Recorder final : public Output {
 public:
  void Send(std::string_view bytes) override {
    bytes_.append(bytes);
    largest_ = std::max(largest_, bytes.size());
  }
  bool stopping() const override { return stopping_; }

  /// All messages since the last call.
  std::string Take() {
    std::string text;
    while (const std::optional<Answer> answer = TakeAnswer(bytes_)) {
      text += (text.empty() ? "" : " | ") + Text(answer->type, answer->body);
    }
    EXPECT_EQ(bytes_, "") << "half a message";
    return text;
  }
  size_t largest() const { return largest_; }
  void SetStopping() { stopping_ = true; }

 private:
  std::string bytes_;
  size_t largest_ = 0;
  bool stopping_ = false;
};

class ConversationTest : public WireCase {
 protected:
  void SetUp() override {
    WireCase::SetUp();
    auto session = Session::Start(*engine_, {});
    ASSERT_TRUE(session.has_value()) << session.error().error.text;
    session_ = *std::move(session);
    conversation_.emplace(*session_, output_);
  }

  void Send(std::string messages) {
    while (!messages.empty()) {
      const FrameHead head = ExamineFrame(messages, 1 << 20);
      ASSERT_EQ(head.state, FrameState::kComplete);
      const std::string frame = messages.substr(0, head.bytes);
      messages.erase(0, head.bytes);
      conversation_->Handle(frame, messages.empty() ? '\0' : messages[0]);
    }
  }
  std::string Ask(const std::string& messages) {
    Send(messages);
    return output_.Take();
  }

  Recorder output_;
  std::unique_ptr<Session> session_;
  std::optional<Conversation> conversation_;
};

TEST_F(ConversationTest, GreetsWithSettingsKeyAndReady) {
  conversation_->Greet(7, 8);
  const std::string text = output_.Take();
  EXPECT_TRUE(text.starts_with("application_name :=  | client_encoding := UTF8 | DateStyle :="));
  EXPECT_TRUE(text.ends_with(" | key | ready I")) << text;
  EXPECT_NE(text.find("integer_datetimes := on"), std::string::npos);
}

TEST_F(ConversationTest, AnswersSimpleQueries) {
  EXPECT_EQ(Ask(Query("select 1 as a, null, 'x'")),
            "[a, ?column?, ?column?] | (1, NULL, x) | SELECT 1 | ready I");
  EXPECT_EQ(Ask(Query("select 1; select 2")),
            "[?column?] | (1) | SELECT 1 | [?column?] | (2) | SELECT 1 | ready I");
  EXPECT_EQ(Ask(Query("")), "empty | ready I");
  EXPECT_EQ(Ask(Query("select * form t")),
            "ERROR 42601 syntax error at or near \"form\" @10 | ready I");
  EXPECT_EQ(Ask(Query("begin")), "BEGIN | ready T");
  EXPECT_EQ(Ask(Query("select 1/0")), "ERROR 22012 division by zero | ready E");
  EXPECT_EQ(Ask(Query("rollback")), "ROLLBACK | ready I");
}

TEST_F(ConversationTest, AnswersTheExtendedProtocol) {
  EXPECT_EQ(Ask(Parse("", "select $1::int + 1 as r, $2") + Bind("", "", {"41", "x"}) +
                Describe('P', "") + Execute("") + Sync()),
            "parsed | bound | [r, ?column?] | (42, x) | SELECT 1 | ready I");
  EXPECT_EQ(Ask(Parse("", "select $1::int") + Describe('S', "") + Sync()),
            "parsed | parameters 1 | [int4] | ready I");
  EXPECT_EQ(Ask(Parse("", "") + Describe('S', "") + Bind("", "") + Describe('P', "") +
                Execute("") + Sync()),
            "parsed | parameters 0 | no data | bound | no data | empty | ready I");
  EXPECT_EQ(Ask(Close('S', "nope") + Close('P', "nope") + Sync()), "closed | closed | ready I");
}

TEST_F(ConversationTest, SendsBinaryWhereAskedTo) {
  EXPECT_EQ(Ask(Parse("", "select true, 'x'") + Bind("", "", {}, {1, 0}) + Describe('P', "") +
                Execute("") + Sync()),
            "parsed | bound | [bool:binary, ?column?] | (\x01, x) | SELECT 1 | ready I");
  // Simple queries are text again.
  EXPECT_EQ(Ask(Query("select true")), "[bool] | (t) | SELECT 1 | ready I");
}

TEST_F(ConversationTest, RefusesFormatsThatThereAreNot) {
  EXPECT_EQ(Ask(Parse("", "select 1") + Bind("", "", {}, {7}) + Sync()),
            "parsed | bound | ready I");
  EXPECT_EQ(Ask(Parse("", "select 1") + Bind("", "", {}, {7}) + Execute("") + Sync()),
            "parsed | bound | ERROR 22023 unsupported format code: 7 | ready I");
}

TEST_F(ConversationTest, SkipsToSyncAfterAnError) {
  EXPECT_EQ(Ask(Parse("", "selec") + Bind("", "") + Execute("") + Query("select 1") +
                Message('H') + Sync()),
            "ERROR 42601 syntax error at or near \"selec\" @1 | ready I");
  EXPECT_EQ(Ask(Sync() + Sync()), "ready I | ready I");
  EXPECT_EQ(Ask(Execute("nope") + Sync()), "ERROR 34000 portal \"nope\" does not exist | ready I");
  // A message that cannot be read is an error as any other.
  EXPECT_EQ(Ask(Message('D', "S\0zz"s) + Parse("", "select 1") + Sync()),
            "ERROR 08P01 invalid message format | ready I");
  EXPECT_EQ(Ask(Query("select 1")), "[?column?] | (1) | SELECT 1 | ready I");
}

TEST_F(ConversationTest, AnErrorOfTheProtocolFailsTheTransaction) {
  EXPECT_EQ(Ask(Query("begin")), "BEGIN | ready T");
  EXPECT_EQ(Ask(Message('Q', "select 1")), "ERROR 08P01 invalid string in message | ready E");
  EXPECT_EQ(Ask(Query("rollback")), "ROLLBACK | ready I");
}

TEST_F(ConversationTest, EveryQueryAndSyncHasOneReady) {
  EXPECT_EQ(Ask(Parse("u", "select 6") + Query("select 7")),
            "parsed | [?column?] | (7) | SELECT 1 | ready I");
  EXPECT_EQ(Ask(Sync()), "ready I");
}

TEST_F(ConversationTest, FlushSendsAndSaysNothing) {
  Send(Parse("", "select 5"));
  EXPECT_EQ(output_.Take(), "");
  EXPECT_EQ(Ask(Message('H')), "parsed");
  EXPECT_EQ(Ask(Sync()), "ready I");
}

TEST_F(ConversationTest, PagesThroughAPortal) {
  EXPECT_EQ(Ask(Query("begin")), "BEGIN | ready T");
  const std::string rows = "select * from (values (1),(2),(3)) v(i)";
  EXPECT_EQ(Ask(Parse("", rows) + Bind("p", "") + Execute("p", 2) + Sync()),
            "parsed | bound | (1) | (2) | suspended | ready T");
  EXPECT_EQ(Ask(Execute("p", 2) + Sync()), "(3) | SELECT 1 | ready T");
  EXPECT_EQ(Ask(Query("commit")), "COMMIT | ready I");
}

TEST_F(ConversationTest, TellsSettingsBeforeReady) {
  EXPECT_EQ(Ask(Query("set application_name = 'x'; set timezone = 'Asia/Tokyo'")),
            "SET | SET | application_name := x | TimeZone := Asia/Tokyo | ready I");
}

TEST_F(ConversationTest, RefusesFunctionCallsAndIgnoresStrayCopy) {
  const std::string answer = Ask(Message('F', "\0\0\0\0\0\0\0\0\0\0"s));
  EXPECT_TRUE(answer.starts_with("ERROR 0A000")) << answer;
  EXPECT_TRUE(answer.ends_with("| ready I")) << answer;
  EXPECT_EQ(Ask(Message('d', "x") + Message('c') + Message('f', "x\0"s)), "");
}

TEST_F(ConversationTest, SendsWritesOfAPipelineInOneTransaction) {
  EXPECT_EQ(Ask(Query("create table t (k int primary key)")), "CREATE TABLE | ready I");
  EXPECT_EQ(Ask(Parse("", "insert into t values (1)") + Bind("", "") + Execute("") +
                Parse("", "select 1/0") + Bind("", "") + Execute("") + Sync()),
            "parsed | bound | INSERT 0 1 | parsed | bound | "
            "ERROR 22012 division by zero | ready I");
  EXPECT_EQ(Ask(Query("select count(*) from t")), "[count] | (0) | SELECT 1 | ready I");
  EXPECT_EQ(Ask(Parse("", "insert into t values (1)") + Bind("", "") + Execute("") + Sync()),
            "parsed | bound | INSERT 0 1 | ready I");
  EXPECT_EQ(Ask(Query("select count(*) from t")), "[count] | (1) | SELECT 1 | ready I");
}

TEST_F(ConversationTest, SendsLargeResultsInPieces) {
  std::string values = "(1)";
  for (int i = 1; i < 1000; ++i) values += ",(1)";
  const std::string answer =
      Ask(Query("select repeat('x', 1000) from (values " + values + ") v(i)"));
  EXPECT_TRUE(answer.ends_with("SELECT 1000 | ready I")) << answer.substr(0, 200);
  EXPECT_LT(output_.largest(), size_t{20'000});
}

TEST_F(ConversationTest, EndsOnTerminate) {
  EXPECT_EQ(Ask(Message('X')), "");
  EXPECT_TRUE(conversation_->ended());
  EXPECT_EQ(Ask(Query("select 1")), "");
}

TEST_F(ConversationTest, TheLastErrorOfAStoppingServerIsThatItStops) {
  output_.SetStopping();
  EXPECT_EQ(Ask(Query("select 1/0")),
            "FATAL 57P01 terminating connection due to administrator command");
  EXPECT_TRUE(conversation_->ended());
}

}  // namespace
}  // namespace riverrun::server
