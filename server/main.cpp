// The program: `riverrun serve`.
#include <cstdio>
#include <cstdlib>

#include "server/configuration.h"
#include "server/serve.h"

namespace {

using riverrun::server::CommandLine;
using riverrun::server::Configuration;

constexpr int kExitRefused = 2;

std::optional<std::string> Variable(const std::string& name) {
  const char* text = std::getenv(name.c_str());
  if (text == nullptr) return std::nullopt;
  return text;
}

int Refuse(const std::string& sentence) {
  std::fprintf(stderr, "riverrun: %s\n", sentence.c_str());
  return kExitRefused;
}

}  // namespace

int main(int count, char** texts) {
  const CommandLine command_line =
      riverrun::server::ReadCommandLine({texts + 1, texts + count}, RIVERRUN_VERSION);
  if (command_line.kind == CommandLine::Kind::kRefuse) return Refuse(command_line.text);
  if (command_line.kind == CommandLine::Kind::kPrint) {
    std::fputs(command_line.text.c_str(), stdout);
    return 0;
  }
  const std::expected<Configuration, std::string> configuration =
      riverrun::server::Configure(command_line, Variable);
  if (!configuration) return Refuse(configuration.error());
  return riverrun::server::Serve(*configuration, [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
  });
}
