#include "server/configuration.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace riverrun::server {
namespace {

using Variables = std::map<std::string, std::string>;

std::expected<Configuration, std::string> Configured(const std::vector<std::string>& arguments,
                                                     const Variables& variables = {}) {
  const CommandLine command_line = ReadCommandLine(arguments, "1.2.3");
  EXPECT_EQ(command_line.kind, CommandLine::Kind::kServe) << command_line.text;
  return Configure(command_line, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

std::string RefusalOf(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  const auto configuration = Configured(arguments, variables);
  return configuration ? "nothing is refused" : configuration.error();
}

// A file with a text, for as long as it lives.
class TextFile {
 public:
  explicit TextFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("riverrun-configuration-" + std::to_string(getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::remove(path_.c_str()); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

TEST(Configuration, EveryDefaultIsAllowed) {
  const auto configuration = Configured({"serve"});
  ASSERT_TRUE(configuration) << configuration.error();
  EXPECT_EQ(configuration->pg_port, 5433);
  EXPECT_EQ(configuration->listen, "127.0.0.1");
  EXPECT_EQ(configuration->memory_limit, size_t{2} << 30);
  EXPECT_GE(configuration->workers, 1);
}

TEST(Configuration, OptionBeforeVariableBeforeFile) {
  const TextFile file("pg_port = 1\nhttp_port = 1\nmax_connections = 1\n");
  const Variables variables = {{"RIVERRUN_PG_PORT", "2"},
                               {"RIVERRUN_HTTP_PORT", "2"},
                               {"RIVERRUN_CONFIG", file.path()}};
  const auto configuration = Configured({"serve", "--pg-port", "3"}, variables);
  ASSERT_TRUE(configuration) << configuration.error();
  EXPECT_EQ(configuration->pg_port, 3);
  EXPECT_EQ(configuration->http_port, 2);
  EXPECT_EQ(configuration->connections_max, 1);
}

TEST(Configuration, TakesUnitsOfBytes) {
  EXPECT_EQ(Configured({"serve", "--memory-limit", "512MB"})->memory_limit, size_t{512} << 20);
  EXPECT_EQ(Configured({"serve", "--memory-limit", "1 gb"})->memory_limit, size_t{1} << 30);
  EXPECT_EQ(Configured({"serve", "--memory-limit=67108864"})->memory_limit, size_t{64} << 20);
  for (const char* wrong : {"", "GB", "1.5GB", "-1GB", "9999999999TB", "1kB", "2 parsecs"}) {
    EXPECT_NE(RefusalOf({"serve"}, {{"RIVERRUN_MEMORY_LIMIT", wrong}}), "nothing is refused")
        << wrong;
  }
}

TEST(Configuration, ARefusalNamesThePlaceTheValueAndWhatIsAllowed) {
  EXPECT_EQ(RefusalOf({"serve", "--pg-port", "x"}),
            "the option --pg-port is 'x', which is not allowed; allowed: a number from 0 to 65535");
  EXPECT_EQ(RefusalOf({"serve"}, {{"RIVERRUN_WORKERS", "0"}}),
            "the environment variable RIVERRUN_WORKERS is '0', which is not allowed; allowed: "
            "auto, or a number from 1 to 256");
  const TextFile file("log_level = 'loud'\n");
  EXPECT_EQ(RefusalOf({"serve", "--config", file.path()}),
            "the key log_level in " + file.path() +
                " is 'loud', which is not allowed; allowed: trace, debug, info, warning or error");
}

TEST(Configuration, OnlyThisMachineMayConnect) {
  EXPECT_EQ(Configured({"serve", "--listen", "localhost"})->listen, "127.0.0.1");
  EXPECT_EQ(Configured({"serve", "--listen", "::1"})->listen, "::1");
  for (const char* wrong : {"0.0.0.0", "::", "192.168.1.1"}) {
    EXPECT_NE(RefusalOf({"serve", "--listen", wrong}).find("no roles with passwords"),
              std::string::npos)
        << wrong;
  }
  EXPECT_NE(RefusalOf({"serve", "--listen", "example"}).find("not allowed"), std::string::npos);
}

TEST(Configuration, RefusesAKeyThatItDoesNotKnow) {
  const TextFile file("pg_prot = 5433\n");
  const std::string refusal = RefusalOf({"serve", "--config", file.path()});
  EXPECT_TRUE(refusal.starts_with(file.path() + " has the unknown key 'pg_prot'; allowed: data_"))
      << refusal;
}

TEST(Configuration, RefusesWhatIsNoToml) {
  const TextFile broken("pg_port = \n");
  EXPECT_TRUE(RefusalOf({"serve", "--config", broken.path()})
                  .starts_with(broken.path() + ", line 1, is not TOML: "));
  const TextFile nested("[server]\npg_port = 1\n");
  const std::string refusal = RefusalOf({"serve", "--config", nested.path()});
  EXPECT_NE(refusal.find("the value of 'server' is neither"), std::string::npos) << refusal;
}

TEST(CommandLine, PrintsVersionAndHelp) {
  const CommandLine version = ReadCommandLine({"--version"}, "1.2.3");
  EXPECT_EQ(version.kind, CommandLine::Kind::kPrint);
  EXPECT_EQ(version.text, "riverrun 1.2.3\n");
  const CommandLine help = ReadCommandLine({"serve", "--help"}, "1.2.3");
  EXPECT_EQ(help.kind, CommandLine::Kind::kPrint);
  for (const Setting& setting : Settings()) {
    EXPECT_NE(help.text.find(OptionName(setting) + " "), std::string::npos) << setting.name;
    EXPECT_NE(help.text.find(setting.help), std::string::npos) << setting.name;
  }
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {}, {"run"}, {"serve", "--port", "1"}, {"serve", "--pg-port"}, {"serve", "more"}}) {
    EXPECT_EQ(ReadCommandLine(wrong, "1.2.3").kind, CommandLine::Kind::kRefuse);
  }
}

}  // namespace
}  // namespace riverrun::server
