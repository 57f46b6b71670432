// The only file that includes CLI11, which takes seconds to compile.
#include <CLI/CLI.hpp>

#include "server/configuration.h"

namespace riverrun::server {
namespace {

constexpr const char* kAbout =
    "Riverrun keeps the answers to SQL queries up to date as events arrive.\n";
constexpr const char* kServeAbout = "Serve a database until SIGTERM or SIGINT";
constexpr const char* kWhereFrom =
    "Every option can also be given as an environment variable (--pg-port as RIVERRUN_PG_PORT)\n"
    "and as a key of the TOML file that --config names (pg_port = 5433). An option counts before\n"
    "a variable, a variable before the file.";

void AddSettings(CLI::App& serve, CommandLine& command_line) {
  for (const Setting& setting : Settings()) {
    serve
        .add_option_function<std::string>(
            OptionName(setting),
            [&command_line, name = std::string(setting.name)](const std::string& text) {
              command_line.settings.emplace_back(name, text);
            },
            std::string(setting.help))
        ->type_name(std::string(setting.value))
        ->default_str(std::string(setting.fallback));
  }
  serve.add_option("--config", command_line.config_path, "A TOML file with settings")
      ->type_name("FILE");
}

}  // namespace

CommandLine ReadCommandLine(const std::vector<std::string>& arguments, std::string_view version) {
  CommandLine command_line;
  CLI::App program(kAbout, "riverrun");
  program.set_version_flag("--version", "riverrun " + std::string(version));
  program.require_subcommand(1);
  program.get_formatter()->column_width(32);
  CLI::App* serve = program.add_subcommand("serve", kServeAbout);
  serve->footer(kWhereFrom);
  AddSettings(*serve, command_line);
  try {
    // CLI11 takes the arguments last first.
    program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    command_line.kind = CommandLine::Kind::kServe;
  } catch (const CLI::Success& asked) {
    std::ostringstream out;
    std::ostringstream complaint;
    program.exit(asked, out, complaint);
    command_line.kind = CommandLine::Kind::kPrint;
    command_line.text = out.str();
  } catch (const CLI::ParseError& error) {
    command_line.kind = CommandLine::Kind::kRefuse;
    command_line.text = std::string(error.what()) + "; see riverrun serve --help";
  }
  return command_line;
}

}  // namespace riverrun::server
