#include "tests/architecture/source_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace riverrun::architecture {
namespace {

constexpr std::array kModules = {"types", "parser", "planner", "executor", "storage", "server"};

// Folders that are not part of the tree: .gitignore has the same.
constexpr std::array kIgnoredAtRoot = {".git", "build", "data"};
constexpr std::array kIgnoredAnywhere = {"node_modules", ".cache"};

bool IsWordChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// `folder` is relative to the root.
bool IsIgnored(const std::filesystem::path& folder) {
  return std::ranges::find(kIgnoredAtRoot, folder.string()) != kIgnoredAtRoot.end() ||
         std::ranges::find(kIgnoredAnywhere, folder.filename().string()) != kIgnoredAnywhere.end();
}

// Blanks text[from, to) but keeps the ends of lines.
void Blank(std::string& text, size_t from, size_t to) {
  for (size_t i = from; i < std::min(to, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// The end of a string or character literal whose opening quote is at `open`: the offset of the
// closing quote, or of the end of the line if it is missing.
size_t LiteralEnd(std::string_view text, size_t open) {
  for (size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[open] || text[i] == '\n') {
      return i;
    }
  }
  return text.size();
}

// The offset of the closing quote of a raw string whose opening quote is at `open`.
size_t RawStringEnd(std::string_view text, size_t open) {
  const size_t parenthesis = text.find('(', open);
  if (parenthesis == std::string_view::npos) return text.size();
  std::string close = ")";
  close += text.substr(open + 1, parenthesis - open - 1);
  close += '"';
  const size_t end = text.find(close, parenthesis);
  return end == std::string_view::npos ? text.size() : end + close.size() - 1;
}

bool OpensRawString(std::string_view text, size_t quote) {
  if (quote == 0 || text[quote - 1] != 'R') return false;
  // R, LR, uR, UR or u8R, and not the end of an identifier such as FOR.
  size_t begin = quote - 1;
  while (begin > 0 && IsWordChar(text[begin - 1])) --begin;
  const std::string_view prefix = text.substr(begin, quote - begin);
  return prefix == "R" || prefix == "LR" || prefix == "uR" || prefix == "UR" || prefix == "u8R";
}

}  // namespace

std::vector<SourceFile> ReadTree(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const fs::path path = entry->path().lexically_relative(root);
    if (entry->is_directory() && IsIgnored(path)) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::ifstream in(entry->path(), std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in), {}};
      if (text.find('\0') != std::string::npos) continue;
      files.push_back({path.generic_string(), std::move(text)});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string CodeOnly(std::string_view cpp_text) {
  std::string code(cpp_text);
  for (size_t i = 0; i < code.size(); ++i) {
    const std::string_view rest = cpp_text.substr(i);
    if (rest.starts_with("//")) {
      const size_t end = std::min(cpp_text.find('\n', i), code.size());
      Blank(code, i, end);
      i = end;
    } else if (rest.starts_with("/*")) {
      const size_t close = cpp_text.find("*/", i + 2);
      const size_t end = close == std::string_view::npos ? code.size() : close + 2;
      Blank(code, i, end);
      i = end - 1;
    } else if (code[i] == '"') {
      const bool raw = OpensRawString(cpp_text, i);
      const size_t end = raw ? RawStringEnd(cpp_text, i) : LiteralEnd(cpp_text, i);
      Blank(code, i + 1, end);
      i = end;
    } else if (code[i] == '\'' && !(i > 0 && IsWordChar(code[i - 1]))) {
      // A quote after a digit or letter separates digits: 1'000.
      const size_t end = LiteralEnd(cpp_text, i);
      Blank(code, i + 1, end);
      i = end;
    }
  }
  return code;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int LineAt(std::string_view text, size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, offset), '\n'));
}

size_t FindWord(std::string_view text, std::string_view word, size_t from) {
  for (size_t at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWordChar(text[at - 1]);
    const bool ends = end == text.size() || !IsWordChar(text[end]);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

std::vector<Include> Includes(std::string_view cpp_text) {
  // The directive is looked for in the code, the name is read from the text: strings are blanked
  // in the one, and the other may have directives in strings and comments.
  const std::string code = CodeOnly(cpp_text);
  const std::vector<std::string_view> code_lines = Lines(code);
  const std::vector<std::string_view> text_lines = Lines(cpp_text);
  std::vector<Include> includes;
  for (size_t i = 0; i < code_lines.size(); ++i) {
    const size_t hash = code_lines[i].find_first_not_of(" \t");
    if (hash == std::string_view::npos || code_lines[i][hash] != '#') continue;
    const size_t word = code_lines[i].find_first_not_of(" \t", hash + 1);
    if (word == std::string_view::npos || !code_lines[i].substr(word).starts_with("include"))
      continue;
    const size_t open = text_lines[i].find_first_of("\"<", word);
    if (open == std::string_view::npos) continue;
    const bool quoted = text_lines[i][open] == '"';
    const size_t close = text_lines[i].find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    includes.push_back({std::string(text_lines[i].substr(open + 1, close - open - 1)), quoted,
                        static_cast<int>(i) + 1});
  }
  return includes;
}

std::string_view TopFolder(std::string_view path) {
  const size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view Folder(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view FileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view Extension(std::string_view path) {
  const std::string_view name = FileName(path);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

bool IsHeader(const SourceFile& file) { return Extension(file.path) == ".h"; }

bool IsCpp(const SourceFile& file) { return IsHeader(file) || Extension(file.path) == ".cpp"; }

bool IsModule(std::string_view folder) {
  return std::ranges::find(kModules, folder) != kModules.end();
}

}  // namespace riverrun::architecture
