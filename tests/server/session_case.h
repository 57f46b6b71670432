// A real engine in a temporary directory, and sessions whose answers are written down as text.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/session/session.h"
#include "server/system_clock.h"
#include "storage/posix_file_system.h"
#include "tests/server/temporary_directory.h"

namespace riverrun::server {

/// Writes answers down, one behind the other with " | " between them:
///   (a, b)            the columns of the rows that follow
///   1, NULL           a row
///   SELECT 1          a statement that is complete
///   suspended, empty
///   ERROR 42601 text @8, NOTICE 00000 text
///   TimeZone := UTC   a setting that is told
class Transcript : public Client {
 public:
  void Describe(const std::vector<Field>& described) override {
    std::string names;
    for (const Field& field : described) names += (names.empty() ? "" : ", ") + field.name;
    Add("(" + names + ")");
    fields = described;
  }
  void Rows(const Batch& rows, TextWriter& writer) override {
    ForEachRow(rows.rows, rows.selection, [&](uint32_t row) {
      std::string text;
      for (const Column& column : rows.columns) {
        if (!text.empty()) text += ", ";
        text += column.IsNull(row) ? "NULL" : writer.ToText(column, row);
      }
      for (Weight i = 0; i < rows.WeightOf(row); ++i) Add(text);
    });
  }
  void Complete(std::string_view tag) override { Add(std::string(tag)); }
  void Suspended() override { Add("suspended"); }
  void EmptyQuery() override { Add("empty"); }
  void Tell(const Report& report) override { Add(TextOf(report)); }
  void Setting(std::string_view name, std::string_view value) override {
    Add(std::string(name) + " := " + std::string(value));
  }

  static std::string TextOf(const Report& report) {
    static constexpr const char* kNames[] = {"DEBUG",  "LOG",     "INFO", "NOTICE",
                                             "WARNING", "ERROR", "FATAL"};
    std::string text = kNames[static_cast<size_t>(report.severity)];
    text += " " + std::string(report.error.sqlstate.data(), 5) + " " + report.error.text;
    if (report.position) text += " @" + std::to_string(*report.position);
    return text;
  }
  std::string Take() { return std::exchange(text_, ""); }

  std::vector<Field> fields;  // those told last

 private:
  void Add(const std::string& line) { text_ += (text_.empty() ? "" : " | ") + line; }
  std::string text_;
};

/// A session with its client.
class Conversation {
 public:
  explicit Conversation(std::unique_ptr<Session> opened) : session(std::move(opened)) {}

  /// What a simple query answers.
  std::string Run(std::string_view sql) {
    session->RunSimple(sql, client);
    return client.Take();
  }
  /// What one row of one column says.
  std::string Value(std::string_view sql) {
    const std::string text = Run(sql);
    const size_t begin = text.find(" | ");
    if (begin == std::string::npos) return text;
    return text.substr(begin + 3, text.find(" | ", begin + 3) - begin - 3);
  }
  char status() const { return static_cast<char>(session->status()); }

  // The extended protocol; what is said about errors stands among the answers.
  std::string Parse(const std::string& name, std::string sql, std::vector<uint32_t> types = {}) {
    return Ended(session->Parse(name, std::move(sql), types));
  }
  std::string Bind(const std::string& portal, const std::string& statement,
                   std::vector<ParameterValue> values = {}, std::vector<Format> formats = {}) {
    return Ended(session->Bind(portal, statement, values, formats, {}));
  }
  std::string Execute(const std::string& portal, uint32_t rows_max = 0, bool sync_follows = false) {
    return Ended(session->Execute(portal, rows_max, sync_follows, client));
  }
  std::string Sync() { return Ended(session->Sync(client)); }
  /// Parse, Bind, Execute and Sync of the unnamed statement, until one fails.
  std::string Extended(std::string sql, std::vector<ParameterValue> values = {}) {
    std::string text = Parse("", std::move(sql));
    if (text.empty()) text = Bind("", "", std::move(values));
    if (text.empty()) text = Execute("", 0, true);
    const std::string end = Sync();
    return end.empty() ? text : text + " | " + end;
  }

  std::unique_ptr<Session> session;
  Transcript client;

 private:
  std::string Ended(const Session::Outcome& outcome) {
    if (!outcome) client.Tell(outcome.error());
    return client.Take();
  }
};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    EngineOptions options;
    options.data_directory = directory_.path();
    auto opened = Engine::Open(files_, clock_, options);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().text);
    engine_ = std::move(*opened);
    first_ = Connect();
  }
  ~SessionTest() override { first_.reset(); }

  std::unique_ptr<Conversation> Connect(SessionOptions options = {}) {
    auto session = Session::Start(*engine_, std::move(options));
    EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().error.text);
    return std::make_unique<Conversation>(*std::move(session));
  }
  std::string Run(std::string_view sql) { return first_->Run(sql); }
  std::string Value(std::string_view sql) { return first_->Value(sql); }

  TemporaryDirectory directory_;
  storage::PosixFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Conversation> first_;
};

}  // namespace riverrun::server
