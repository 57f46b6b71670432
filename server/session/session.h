// A session: one client's conversation, whatever the protocol.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/engine/engine.h"
#include "server/session/client.h"
#include "types/data_type.h"

namespace riverrun::server {

/// How a session begins.
struct SessionOptions {
  std::string user = "riverrun";
  std::string database = "riverrun";
  /// Settings of the startup packet (names as sent), in order; they are what RESET goes back to.
  std::vector<std::pair<std::string, std::string>> settings = {};
  int32_t process_id = 0;  // what pg_backend_pid() says
};

/// Whether a transaction is open: the letter of ReadyForQuery.
enum class TransactionStatus : char { kIdle = 'I', kOpen = 'T', kFailed = 'E' };

/// What Describe says about a prepared statement or a portal.
struct Description {
  std::vector<Type> parameters;
  std::optional<std::vector<Field>> fields;  // absent: it returns no rows
};

/// A parameter of Bind: absent is NULL; else text, or binary if the format says so.
using ParameterValue = std::optional<std::string>;
enum class Format : int16_t { kText = 0, kBinary = 1 };
/// The format of parameter or column `index`, from none, one or all formats.
inline Format FormatOf(std::span<const Format> formats, size_t index) {
  if (formats.empty()) return Format::kText;
  return formats.size() == 1 ? formats.front() : formats[index];
}

/// One thread at a time; RequestCancel and Terminate from any.
///
/// A method that fails returns the report to send. After a failure inside a transaction block only
/// its end is accepted (25P02). The protocol is to skip messages until Sync, as PostgreSQL does.
class Session {
 public:
  /// Errors (severity FATAL): 28000 unknown role, 3D000 unknown database, 42704 and 22023 for
  /// settings. The engine outlives the session.
  static std::expected<std::unique_ptr<Session>, Report> Start(Engine& engine,
                                                               SessionOptions options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Every setting a client is told at its start, with its value, in PostgreSQL's order.
  std::vector<std::pair<std::string, std::string>> ReportedSettings() const;
  TransactionStatus status() const;

  /// A simple query: all statements of the text, as one transaction unless it says otherwise.
  /// Answers, also errors, go to the client. "Ready" is the protocol's to say.
  void RunSimple(std::string_view text, Client& client);

  // The extended protocol. Names "" are the unnamed statement and portal.

  using Outcome = std::expected<void, Report>;
  /// `types`: OIDs of the first parameters, 0 and 705 to have them inferred.
  Outcome Parse(const std::string& name, std::string text, std::span<const uint32_t> types);
  /// `parameter_formats` and `result_formats` have none, one or all entries, as on the wire.
  Outcome Bind(const std::string& portal, const std::string& statement,
               std::span<const ParameterValue> values, std::span<const Format> parameter_formats,
               std::span<const Format> result_formats);
  std::expected<Description, Report> DescribeStatement(const std::string& name);
  /// Parameters are left empty.
  std::expected<Description, Report> DescribePortal(const std::string& name);
  /// Runs a portal, at most `rows_max` rows of it (0: all). `sync_follows`: the next message is
  /// Sync, so a statement alone in its implicit transaction may commit at once.
  Outcome Execute(const std::string& portal, uint32_t rows_max, bool sync_follows, Client& client);
  void CloseStatement(const std::string& name);
  void ClosePortal(const std::string& name);
  /// Formats of a portal's result columns, one or one a column; for the encoder of its rows.
  std::span<const Format> ResultFormats(const std::string& portal) const;
  /// Ends the implicit transaction: its COMMIT may fail. Tells the settings that changed.
  Outcome Sync(Client& client);
  /// An error of the protocol: the transaction has failed.
  void FailTransaction();

  /// Ends the statement that is running now, if any, with 57014; the next is not touched.
  void RequestCancel();
  /// Makes the running statement end, and every later one: the client is gone or the server stops.
  void Terminate();

  struct Impl;  // session_impl.h, private to the folder

 private:
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riverrun::server
