// SQL against the real program, over PostgreSQL's protocol.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/slt/engine.h"
#include "tests/slt/server_process.h"

namespace riverrun::slt {

struct ServerOptions {
  std::string binary;
  int workers = 1;
  int workers_later = 1;  // after a restart
};

/// One server of its own, on an empty directory, with one connection. A kill ends the connection;
/// what statements set for the session is then set again on the next.
class ServerEngine : public Engine {
 public:
  /// `mode` is one of the modes of --mode; skipif and onlyif know it by its name.
  ServerEngine(std::string mode, ServerOptions options);
  ~ServerEngine() override;

  bool IsCalled(std::string_view name) const override;
  Answer Run(const std::string& sql) override;
  Answer Feed(const std::string& relation, const std::vector<std::string>& lines) override;
  Answer Changes(const std::string& view) override;
  Answer Explain(const std::string& sql) override;
  /// kill -9.
  Answer Restart() override;
  bool InTransaction() const override;
  /// SIGTERM, after which it must end by itself and without complaint.
  std::optional<std::string> Close() override;
  /// Compares those views whose name stands in the last statement. A view whose query fails on some
  /// row, and leaves that row out, cannot be compared over SQL and is passed over.
  std::optional<std::string> CheckLaw() override;

 private:
  class Connection;
  using Rows = std::map<std::string, int64_t>;

  Answer Begin(int workers);
  Answer Ask(const std::string& sql);
  void Note(const std::string& sql);
  Rows RowsOf(const Answer& answer) const;
  std::optional<std::string> CheckView(const std::string& view, const std::string& query);

  const std::string mode_;
  const ServerOptions options_;
  ServerProcess process_;
  std::unique_ptr<Connection> connection_;
  std::optional<Failure> broken_;               // the server could not be started
  std::vector<std::string> session_;            // statements to repeat after a restart
  std::map<std::string, std::string> queries_;  // of materialized views, by their name
  std::string last_;                            // statement
  std::map<std::string, Rows> seen_;            // by Changes
};

}  // namespace riverrun::slt
