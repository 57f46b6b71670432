// The only file that includes toml++, which takes seconds to compile.
#include <toml++/toml.h>

#include "server/configuration.h"

namespace riverrun::server {

std::expected<SettingTexts, std::string> ReadToml(std::string_view text, const std::string& path) {
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return std::unexpected(path + ", line " + std::to_string(error.source().begin.line) +
                           ", is not TOML: " + std::string(error.description()));
  }
  SettingTexts texts;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    if (const auto* words = node.as_string()) {
      texts.emplace_back(name, words->get());
    } else if (const auto* number = node.as_integer()) {
      texts.emplace_back(name, std::to_string(number->get()));
    } else if (const auto* flag = node.as_boolean()) {
      texts.emplace_back(name, flag->get() ? "true" : "false");
    } else {
      return std::unexpected(path + ", line " + std::to_string(node.source().begin.line) +
                             ": the value of '" + name +
                             "' is neither a text nor a number nor true or false");
    }
  }
  return texts;
}

}  // namespace riverrun::server
