// A server on a socket of this machine, and clients of every kind.
#include "server/wire/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/wire/statement_threads.h"
#include "tests/server/wire_case.h"

namespace riverrun::server {
namespace {

using namespace std::string_literals;
using namespace wire_case;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A client that sends and reads bytes; it waits ten seconds for an answer.
class TestClient {
 public:
  explicit TestClient(uint16_t port) : file_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* name = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(connect(file_, name, sizeof(address)), 0);
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  }
  ~TestClient() { Leave(); }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = send(file_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
  }
  /// False when the server has closed the connection, or says nothing.
  bool Receive() {
    char buffer[64 << 10];
    const ssize_t count = recv(file_, buffer, sizeof(buffer), 0);
    if (count > 0) bytes_.append(buffer, static_cast<size_t>(count));
    silent_ = count < 0 && errno == EAGAIN;
    return count > 0;
  }
  std::optional<Answer> Next() {
    while (true) {
      if (std::optional<Answer> answer = TakeAnswer(bytes_)) return answer;
      if (!Receive()) return std::nullopt;
    }
  }
  /// Everything up to ReadyForQuery, or up to the end.
  std::string Until(char last = 'Z') {
    std::string text;
    while (true) {
      const std::optional<Answer> answer = Next();
      text += text.empty() ? "" : " | ";
      if (!answer) return text + (silent_ ? "silent" : "closed");
      if (answer->type == 'K') key_ = answer->body;
      text += Text(answer->type, answer->body);
      if (answer->type == last) return text;
    }
  }
  std::string Ask(const std::string& messages) {
    Send(messages);
    return Until();
  }
  std::string Login(const std::string& parameters = "user\0riverrun\0"s) {
    return Ask(Startup(parameters));
  }
  void SendCancel(uint16_t port, const std::string& key) const {
    TestClient other(port);
    other.Send("\0\0\0\x10\x04\xd2\x16\x2e"s + key);
    EXPECT_FALSE(other.Receive());
  }
  std::string Bytes(size_t count) {
    while (bytes_.size() < count && Receive()) {
    }
    return std::exchange(bytes_, "");
  }
  const std::string& key() const { return key_; }
  void Leave() {
    if (file_ >= 0) close(std::exchange(file_, -1));
  }

 private:
  int file_;
  bool silent_ = false;
  std::string bytes_;
  std::string key_;
};

// Over the rows of a table, each 2^times times.
std::string Repeated(const std::string& table, int times, const std::string& select) {
  std::string sql = "with c0 as (select k from " + table + ")";
  for (int i = 1; i <= times; ++i) {
    const std::string below = "c" + std::to_string(i - 1);
    sql += ", c" + std::to_string(i) + " as (select k from " + below +
           " union all select k from " + below + ")";
  }
  return sql + " " + select + " from c" + std::to_string(times);
}
// A billion rows: it takes long, unless it is ended.
const std::string kForever = Repeated("many", 13, "select count(*)");
// 1,000 rows of 10,000 bytes.
const std::string kLarge = "select repeat('x', 10000) from few";

class ListenerTest : public WireCase {
 protected:
  void Listen(ListenerOptions options = {}) {
    options.port = 0;
    auto listener = Listener::Listen(*engine_, options);
    ASSERT_TRUE(listener.has_value()) << listener.error().text;
    listener_ = *std::move(listener);
  }
  /// What kForever and kLarge read.
  void FillTables() {
    TestClient client(port());
    client.Login();
    client.Ask(Query("create table few (k int)") + Query("create table many (k int)"));
    client.Until();
    std::string insert = "insert into few values (0)";
    for (int k = 1; k < 1000; ++k) insert += ", (" + std::to_string(k) + ")";
    EXPECT_EQ(client.Ask(Query(insert)), "INSERT 0 1000 | ready I");
    for (int i = 0; i < 32; ++i) {
      EXPECT_EQ(client.Ask(Query("insert into many " + Repeated("few", 2, "select k"))),
                "INSERT 0 4000 | ready I");
    }
    EXPECT_EQ(client.Ask(Query("select count(*) from many")),
              "[count] | (128000) | SELECT 1 | ready I");
    client.Send(Message('X'));
    EXPECT_EQ(client.Until(), "closed");
  }
  void TearDown() override {
    const auto begin = steady_clock::now();
    listener_.reset();
    EXPECT_LT(steady_clock::now() - begin, milliseconds(4'500));
  }
  uint16_t port() const { return listener_->port(); }
  std::string Ask(const std::string& sql) {
    TestClient client(port());
    client.Login();
    return client.Ask(Query(sql));
  }
  /// Waits until a count is what it should be.
  bool Reaches(uint64_t ConnectionCounts::*what, uint64_t wanted) {
    for (int i = 0; i < 500; ++i) {
      if (listener_->counts().*what >= wanted) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerTest, LetsAClientIn) {
  Listen();
  TestClient client(port());
  client.Send("\0\0\0\x08\x04\xd2\x16\x30"s);  // GSS
  EXPECT_EQ(client.Bytes(1), "N");
  client.Send("\0\0\0\x08\x04\xd2\x16\x2f"s);  // TLS
  EXPECT_EQ(client.Bytes(1), "N");
  const std::string greeting = client.Login();
  EXPECT_TRUE(greeting.starts_with("auth | application_name := ")) << greeting;
  EXPECT_TRUE(greeting.ends_with(" | key | ready I")) << greeting;
  EXPECT_EQ(client.Ask(Query("select 1")), "[?column?] | (1) | SELECT 1 | ready I");
  client.Send(Message('X'));
  EXPECT_EQ(client.Until(), "closed");
}

TEST_F(ListenerTest, ReadsOneByteAtATime) {
  Listen();
  TestClient client(port());
  const std::string all = Startup("user\0riverrun\0"s) + Query("select 1") +
                          Parse("", "select 2") + Bind("", "") + Execute("") + Sync();
  for (const char byte : all) client.Send({&byte, 1});
  EXPECT_TRUE(client.Until().ends_with("ready I"));
  EXPECT_EQ(client.Until(), "[?column?] | (1) | SELECT 1 | ready I");
  EXPECT_EQ(client.Until(), "parsed | bound | (2) | SELECT 1 | ready I");
}

TEST_F(ListenerTest, RefusesStartupsThatCannotBe) {
  Listen();
  const auto answer = [this](const std::string& bytes) {
    TestClient client(port());
    return client.Ask(bytes);
  };
  EXPECT_EQ(answer("\0\0\0\4"s), "closed");
  EXPECT_EQ(answer("\xff\xff\xff\xff"s), "closed");
  EXPECT_EQ(answer("GET / HTTP/1.1\r\n\r\n"), "closed");
  EXPECT_EQ(answer(Startup("user\0a\0"s, 2 << 16)), "closed");
  EXPECT_EQ(answer(Startup("user\0a\0"s, 4 << 16)),
            "FATAL 0A000 unsupported frontend protocol 4.0: server supports 3.0 to 3.0 | closed");
  EXPECT_EQ(answer(Startup("database\0d\0"s)),
            "FATAL 28000 no PostgreSQL user name specified in startup packet | closed");
  EXPECT_EQ(answer(Startup("user\0nobody9\0"s)),
            "auth | FATAL 28000 role \"nobody9\" does not exist | closed");
  EXPECT_EQ(answer(Startup("user\0riverrun\0database\0nosuch\0"s)),
            "auth | FATAL 3D000 database \"nosuch\" does not exist | closed");
  EXPECT_EQ(answer(Startup("user\0riverrun\0nosuchguc\0x\0"s)),
            "auth | FATAL 42704 unrecognized configuration parameter \"nosuchguc\" | closed");
  EXPECT_TRUE(answer(Startup("user\0riverrun\0"s, (3 << 16) + 2)).starts_with("negotiate | auth"));
  TestClient twice(port());
  twice.Send("\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x08\x04\xd2\x16\x2f"s);
  EXPECT_EQ(twice.Bytes(2).substr(0, 2), "NE");
  EXPECT_TRUE(Reaches(&ConnectionCounts::refused, 6));
}

TEST_F(ListenerTest, ClosesOnMessagesThatCannotBe) {
  Listen();
  const auto answer = [this](const std::string& bytes) {
    TestClient client(port());
    client.Login();
    return client.Ask(bytes);
  };
  EXPECT_EQ(answer("Q\0\0\0\3"s), "closed");
  EXPECT_EQ(answer("Q\x7f\xff\xff\xff"s), "closed");
  EXPECT_EQ(answer("y\0\0\0\4"s), "FATAL 08P01 invalid frontend message type 121 | closed");
  // What came before is answered.
  EXPECT_EQ(answer(Query("select 1") + "Q\0\0\0\3"s), "[?column?] | (1) | SELECT 1 | ready I");
  EXPECT_TRUE(Reaches(&ConnectionCounts::broken, 4));
}

TEST_F(ListenerTest, TakesLargeMessagesUpToTheLimit) {
  ListenerOptions options;
  options.message_bytes_max = 4 << 20;
  Listen(options);
  TestClient client(port());
  client.Login();
  const std::string text(3 << 20, 'x');
  EXPECT_EQ(client.Ask(Query("select length('" + text + "')")),
            "[length] | (3145728) | SELECT 1 | ready I");
  client.Send(Query("select '" + text + text + "'"));
  EXPECT_EQ(client.Until(), "closed");
}

TEST_F(ListenerTest, ReadsNoMoreThanItCanHold) {
  Listen();
  TestClient client(port());
  client.Login();
  std::string syncs;
  for (int i = 0; i < 400'000; ++i) syncs += Sync();
  std::thread sender([&] { client.Send(syncs); });
  for (int i = 0; i < 400'000; ++i) {
    const std::optional<Answer> answer = client.Next();
    ASSERT_TRUE(answer && answer->type == 'Z') << i;
  }
  sender.join();
}

TEST_F(ListenerTest, CancelsWithTheRightKeyOnly) {
  Listen();
  FillTables();
  TestClient client(port());
  client.Login();
  client.Send(Query(kForever));
  std::string wrong = client.key();
  wrong[7] = static_cast<char>(wrong[7] ^ 1);
  client.SendCancel(port(), wrong);
  // Until the statement runs a cancel has no effect, so it is sent until it had one.
  std::atomic<bool> cancelled = false;
  std::thread canceller([&] {
    while (!cancelled) {
      client.SendCancel(port(), client.key());
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  const std::string answer = client.Until();
  cancelled = true;
  canceller.join();
  EXPECT_TRUE(
      answer.ends_with("ERROR 57014 canceling statement due to user request | ready I"))
      << answer;
  EXPECT_EQ(client.Ask(Query("select 1")), "[?column?] | (1) | SELECT 1 | ready I");
}

TEST_F(ListenerTest, AClientThatGoesEndsItsStatement) {
  ListenerOptions options;
  options.connections_max = 1;
  Listen(options);
  FillTables();
  for (const bool says_so : {false, true}) {
    TestClient client(port());
    ASSERT_TRUE(client.Login().ends_with("ready I"));
    client.Send(Query(kForever));
    std::this_thread::sleep_for(milliseconds(50));
    if (says_so) client.Send(Message('X'));
    client.Leave();
    // Its place is free again.
    EXPECT_TRUE(Reaches(&ConnectionCounts::left, says_so ? 3 : 2));
  }
}

TEST_F(ListenerTest, WhatAClientAsksForBeforeItGoesIsDone) {
  Listen();
  EXPECT_EQ(Ask("create table t (k int primary key)"), "CREATE TABLE | ready I");
  {
    TestClient client(port());
    client.Login();
    client.Send(Query("insert into t values (1)") + Message('X'));
  }
  EXPECT_TRUE(Reaches(&ConnectionCounts::left, 2));
  EXPECT_EQ(Ask("select k from t"), "[k] | (1) | SELECT 1 | ready I");
}

TEST_F(ListenerTest, RefusesMoreSessionsThanThereMayBe) {
  ListenerOptions options;
  options.connections_max = 2;
  Listen(options);
  {
    TestClient first(port()), second(port()), third(port());
    EXPECT_TRUE(first.Login().ends_with("ready I"));
    EXPECT_TRUE(second.Login().ends_with("ready I"));
    EXPECT_EQ(third.Login(), "FATAL 53300 sorry, too many clients already | closed");
    first.Send(Message('X'));
    EXPECT_EQ(first.Until(), "closed");
    TestClient fourth(port());
    EXPECT_TRUE(fourth.Login().ends_with("ready I"));
  }
  EXPECT_TRUE(Reaches(&ConnectionCounts::left, 3));
  EXPECT_EQ(listener_->counts().accepted, 4u);
  EXPECT_EQ(listener_->counts().sessions, 3u);
  EXPECT_EQ(listener_->counts().refused, 1u);
}

TEST_F(ListenerTest, ClientsThatSayNothingMakeRoomForOthers) {
  ListenerOptions options;
  options.connections_max = 2;
  Listen(options);
  std::vector<std::unique_ptr<TestClient>> silent;
  for (int i = 0; i < 80; ++i) silent.push_back(std::make_unique<TestClient>(port()));
  EXPECT_TRUE(Reaches(&ConnectionCounts::refused, 14));
  EXPECT_EQ(silent[0]->Until(), "closed");
  EXPECT_EQ(Ask("select 1"), "[?column?] | (1) | SELECT 1 | ready I");
}

TEST_F(ListenerTest, WaitsForAStartupNotForEver) {
  ListenerOptions options;
  options.authentication_timeout = milliseconds(100);
  Listen(options);
  TestClient silent(port()), half(port()), ready(port());
  EXPECT_TRUE(ready.Login().ends_with("ready I"));
  half.Send(Startup("user\0riverrun\0"s).substr(0, 20));
  EXPECT_EQ(silent.Until(), "closed");
  EXPECT_EQ(half.Until(), "closed");
  EXPECT_TRUE(Reaches(&ConnectionCounts::timed_out, 2));
  // A session has no such limit.
  EXPECT_EQ(ready.Ask(Query("select 1")), "[?column?] | (1) | SELECT 1 | ready I");
}

TEST_F(ListenerTest, ASlowReaderGetsEverything) {
  Listen();
  FillTables();
  TestClient client(port());
  client.Login();
  client.Send(Query(kLarge) + Query(kLarge));
  std::this_thread::sleep_for(milliseconds(200));
  for (int query = 0; query < 2; ++query) {
    int rows = 0;
    std::optional<Answer> answer = client.Next();
    for (; answer && answer->type != 'Z'; answer = client.Next()) rows += answer->type == 'D';
    EXPECT_TRUE(answer.has_value());
    EXPECT_EQ(rows, 1'000);
  }
}

TEST_F(ListenerTest, TellsEveryClientThatItStops) {
  Listen();
  FillTables();
  TestClient idle(port()), busy(port()), silent(port()), deaf(port());
  idle.Login();
  busy.Login();
  deaf.Login();
  busy.Send(Query(kForever));
  deaf.Send(Query(kLarge) + Query(kLarge) + Query(kLarge));
  std::this_thread::sleep_for(milliseconds(100));
  const auto begin = steady_clock::now();
  listener_->Stop();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(4'500));
  const std::string last =
      "FATAL 57P01 terminating connection due to administrator command | closed";
  EXPECT_EQ(idle.Until(), last);
  const std::string busy_last = busy.Until();
  EXPECT_TRUE(busy_last.ends_with(last)) << busy_last;
  EXPECT_EQ(silent.Until(), "closed");
  EXPECT_EQ(listener_->counts().stopped, 4u);
}

TEST_F(ListenerTest, SaysWhichPortIsTaken) {
  Listen();
  ListenerOptions options;
  options.port = port();
  const auto second = Listener::Listen(*engine_, options);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().sqlstate, sqlstate::kIoError);
  EXPECT_EQ(second.error().text, "cannot listen on 127.0.0.1 port " + std::to_string(port()) +
                                     ": Address already in use");
  options.address = "nowhere";
  EXPECT_FALSE(Listener::Listen(*engine_, options).has_value());
}

TEST_F(ListenerTest, ServesManyClientsAtOnce) {
  Listen();
  EXPECT_EQ(Ask("create table t (k int primary key, c int)"), "CREATE TABLE | ready I");
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([this, c] {
      TestClient client(port());
      client.Login();
      for (int i = 0; i < 50; ++i) {
        const std::string key = std::to_string(c * 50 + i);
        EXPECT_EQ(client.Ask(Query("insert into t values (" + key + ", 1)")),
                  "INSERT 0 1 | ready I");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  // Another session's read may be of the epoch before; it comes to see every row.
  std::string answer;
  for (int i = 0; i < 100 && !answer.starts_with("[count] | (400)"); ++i) {
    answer = Ask("select count(*) from t");
  }
  EXPECT_EQ(answer, "[count] | (400) | SELECT 1 | ready I");
}

TEST(StatementThreads, StartsWhatIsNeededAndEndsWhatIsIdle) {
  StatementThreads threads(3, milliseconds(50));
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0, done = 0;
  bool go = false;
  for (int i = 0; i < 5; ++i) {
    threads.Run([&] {
      std::unique_lock lock(mutex);
      ++running;
      changed.notify_all();
      changed.wait(lock, [&] { return go; });
      ++done;
      changed.notify_all();
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return running == 3; });
    EXPECT_EQ(threads.threads(), 3u);
    go = true;
    changed.notify_all();
    changed.wait(lock, [&] { return done == 5; });
  }
  for (int i = 0; i < 500 && threads.threads() > 0; ++i) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ(threads.threads(), 0u);
}

}  // namespace
}  // namespace riverrun::server
