#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/architecture/rules.h"

namespace riverrun::architecture {
namespace {

constexpr int kFolderSourcesMax = 20;

// Names that say nothing. A file is called after what is in it.
constexpr std::array kVagueWords = {"util", "utils", "helper",  "helpers", "common",
                                    "misc", "base",  "manager", "managers"};

constexpr std::array kMachinePaths = {"/work/", "/root/", "/tmp/", "/home/"};

// How the hosts of package registries and mirrors begin. The repository must build from whatever
// registry a machine is set up with.
constexpr std::array kRegistryLabels = {"archive", "deb",    "files",  "ftp",      "index",
                                        "mirror",  "proxy",  "pypi",   "registry", "repo",
                                        "repo1",   "static", "crates", "packages"};
constexpr std::array kRegistryDomains = {".com", ".dev", ".io", ".net", ".org"};

bool IsPathChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("_-./").find(c) < 4;
}

bool IsHostChar(char c) {
  return std::islower(static_cast<unsigned char>(c)) ||
         std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-';
}

bool IsMarkdown(const SourceFile& file) { return Extension(file.path) == ".md"; }

// Paths of all files and of all folders above them.
std::set<std::string, std::less<>> PathsOf(const Tree& tree) {
  std::set<std::string, std::less<>> paths;
  for (const SourceFile& file : tree) {
    for (std::string_view path = file.path; !path.empty(); path = Folder(path)) {
      if (!paths.insert(std::string(path)).second) break;
    }
  }
  return paths;
}

// The words of a path, between '_', '-', '.' and '/'.
std::vector<std::string_view> Words(std::string_view path) {
  std::vector<std::string_view> words;
  while (!path.empty()) {
    const size_t end = std::min(path.find_first_of("_-./"), path.size());
    words.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return words;
}

bool IsVague(std::string_view word) {
  return std::ranges::find(kVagueWords, word) != kVagueWords.end();
}

// Whether the path is written in the CMake text as a whole, alone or after a variable's '}/'.
bool Lists(std::string_view cmake_text, std::string_view path) {
  for (size_t at = cmake_text.find(path); at != std::string_view::npos;
       at = cmake_text.find(path, at + 1)) {
    const size_t end = at + path.size();
    const std::string_view before = cmake_text.substr(0, at);
    const bool begins = before.empty() || !IsPathChar(before.back()) || before.ends_with("}/");
    if (begins && (end == cmake_text.size() || !IsPathChar(cmake_text[end]))) return true;
  }
  return false;
}

std::string WithoutCMakeComments(std::string_view text) {
  std::string code;
  for (std::string_view line : Lines(text))
    code += std::string(line.substr(0, line.find('#'))) + "\n";
  return code;
}

// A Markdown text taken apart: what stands between backticks on one line, and the rest, in which
// that and fenced blocks of code are blank.
struct Quoted {
  std::string_view text;
  int line = 0;
};
struct Markdown {
  std::vector<Quoted> quoted;
  std::string prose;
};
Markdown ReadMarkdown(std::string_view text) {
  Markdown markdown;
  int number = 0;
  bool fenced = false;
  for (std::string_view line : Lines(text)) {
    ++number;
    const bool fence = line.starts_with("```");
    if (fence) fenced = !fenced;
    size_t done = fence || fenced ? line.size() : 0;
    for (size_t open = line.find('`', done); open != std::string_view::npos;
         open = line.find('`', done)) {
      const size_t close = line.find('`', open + 1);
      if (close == std::string_view::npos) break;
      markdown.quoted.push_back({line.substr(open + 1, close - open - 1), number});
      markdown.prose += line.substr(done, open - done);
      done = close + 1;
    }
    markdown.prose += std::string(line.substr(done)) + "\n";
  }
  return markdown;
}

// MODULE and NAME in `tests/MODULE/NAME_test.cpp` stand for words of the reader's.
bool IsPlaceholder(std::string_view word) {
  return word.size() > 1 && word != "README" && word != "LICENSE" &&
         std::ranges::all_of(word,
                             [](char c) { return std::isupper(static_cast<unsigned char>(c)); });
}

// `executor/operator.h` is a file; `tests/MODULE/NAME_test.cpp`, `*.slt` and `a / b` are not.
bool NamesAFile(std::string_view text) {
  if (!std::ranges::all_of(text, IsPathChar) || text.starts_with('/')) return false;
  if (text.find('/') == std::string_view::npos) return false;
  const std::string_view extension = Extension(text);
  if (extension.size() < 2 || !std::isalpha(static_cast<unsigned char>(extension[1]))) return false;
  return std::ranges::none_of(Words(text), IsPlaceholder);
}

// Folder and target of a link joined, with '.' and '..' taken away.
std::string Resolve(std::string_view folder, std::string_view target) {
  std::vector<std::string_view> parts;
  for (std::string_view path : {folder, target}) {
    while (!path.empty()) {
      const size_t end = std::min(path.find('/'), path.size());
      const std::string_view part = path.substr(0, end);
      path.remove_prefix(std::min(end + 1, path.size()));
      if (part == ".." && !parts.empty()) {
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
    }
  }
  std::string joined;
  for (std::string_view part : parts) joined += (joined.empty() ? "" : "/") + std::string(part);
  return joined;
}

// Whether a link leads out of the tree or to a place in its own page.
bool IsForeign(std::string_view target) {
  return target.empty() || target.starts_with('#') ||
         target.find("://") != std::string_view::npos || target.starts_with("mailto:");
}

// Appends a finding for each path of a machine in the file.
void FindMachinePaths(const SourceFile& file, Findings& findings) {
  const std::string_view text = file.text;
  for (std::string_view place : kMachinePaths) {
    for (size_t at = text.find(place); at != std::string_view::npos;
         at = text.find(place, at + 1)) {
      if (at > 0 && IsPathChar(text[at - 1])) continue;  // in the middle of another path
      findings.push_back({file.path, LineAt(text, at),
                          "a path of one machine; take it from a setting, or use mktemp"});
    }
  }
}

// At least three labels, or two after "//", the first and the last of them telling.
bool IsRegistryHost(std::string_view host, bool in_address) {
  const size_t dot = host.find('.');
  const bool label =
      std::ranges::find(kRegistryLabels, host.substr(0, dot)) != kRegistryLabels.end();
  const bool domain =
      std::ranges::any_of(kRegistryDomains, [host](auto d) { return host.ends_with(d); });
  return label && domain && (in_address || std::ranges::count(host, '.') >= 2);
}

void FindRegistryHosts(const SourceFile& file, Findings& findings) {
  const std::string_view text = file.text;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && IsHostChar(text[end])) ++end;
    const bool in_address = begin >= 2 && text.substr(begin - 2, 2) == "//";
    if (IsRegistryHost(text.substr(begin, end - begin), in_address)) {
      findings.push_back({file.path, LineAt(text, begin),
                          "a host of a package registry; leave it to the machine's own settings"});
    }
    begin = end + 1;
  }
}

}  // namespace

Findings CheckFolderSize(const Tree& tree) {
  std::map<std::string_view, int> sources;
  for (const SourceFile& file : tree) {
    if (IsCpp(file) || Extension(file.path) == ".g4") ++sources[Folder(file.path)];
  }
  Findings findings;
  for (const auto& [folder, count] : sources) {
    if (count <= kFolderSourcesMax) continue;
    findings.push_back({std::string(folder), 0,
                        std::to_string(count) +
                            " sources; move a family of them into a folder of its "
                            "own (at most " +
                            std::to_string(kFolderSourcesMax) + ")"});
  }
  return findings;
}

Findings CheckNames(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (std::ranges::any_of(Words(file.path), IsVague)) {
      findings.push_back({file.path, 0, "call it after what is in it (docs/style.md, \"Names\")"});
    }
  }
  return findings;
}

Findings CheckListedInCMake(const Tree& tree) {
  std::map<std::string_view, std::string> lists;  // by folder
  for (const SourceFile& file : tree) {
    if (FileName(file.path) == "CMakeLists.txt") {
      lists[Folder(file.path)] = WithoutCMakeComments(file.text);
    }
  }
  Findings findings;
  for (const SourceFile& file : tree) {
    if (Extension(file.path) != ".cpp") continue;
    const std::string_view path = file.path;
    const bool listed = std::ranges::any_of(lists, [path](const auto& list) {
      const std::string_view folder = list.first;
      if (folder.empty()) return Lists(list.second, path);
      return path.starts_with(folder) && path[folder.size()] == '/' &&
             Lists(list.second, path.substr(folder.size() + 1));
    });
    if (listed) continue;
    findings.push_back({file.path, 0, "no CMakeLists.txt above lists it; list it, or delete it"});
  }
  return findings;
}

Findings CheckFilesNamedInDocs(const Tree& tree) {
  const auto paths = PathsOf(tree);
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool checked = file.path == "README.md" || Folder(file.path) == "docs";
    if (!checked || !IsMarkdown(file)) continue;
    const Markdown markdown = ReadMarkdown(file.text);
    for (const Quoted& quoted : markdown.quoted) {
      if (!NamesAFile(quoted.text) || paths.contains(quoted.text)) continue;
      findings.push_back({file.path, quoted.line,
                          std::string(quoted.text) +
                              " does not exist; name the file as it is, from "
                              "the root, or only its folder if it is yet to come"});
    }
  }
  return findings;
}

Findings CheckMarkdownLinks(const Tree& tree) {
  const auto paths = PathsOf(tree);
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!IsMarkdown(file)) continue;
    const std::string text = ReadMarkdown(file.text).prose;
    for (size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const size_t close = std::min(text.find_first_of(") \n", at + 2), text.size());
      std::string_view target = std::string_view(text).substr(at + 2, close - at - 2);
      target = target.substr(0, IsForeign(target) ? 0 : target.find('#'));
      if (target.empty() || paths.contains(Resolve(Folder(file.path), target))) continue;
      findings.push_back(
          {file.path, LineAt(text, at), "the link to " + std::string(target) + " leads nowhere"});
    }
  }
  return findings;
}

Findings CheckPlaces(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const std::string_view top = TopFolder(file.path);
    if (top != "tests" && top != "sql-tests") FindMachinePaths(file, findings);
    FindRegistryHosts(file, findings);
  }
  return findings;
}

}  // namespace riverrun::architecture
