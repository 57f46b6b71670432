#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "tests/architecture/rules.h"

namespace riverrun::architecture {
namespace {

constexpr size_t kFileLinesMax = 600;
constexpr int kFunctionLinesMax = 70;
constexpr size_t kColumnsMax = 100;

// Scripts have no extension; the folder tells.
bool IsScript(const SourceFile& file) {
  const std::string_view folder = Folder(file.path);
  return (folder == "scripts" || folder == ".ci") && Extension(file.path).empty();
}

bool IsCMake(const SourceFile& file) {
  return FileName(file.path) == "CMakeLists.txt" || Extension(file.path) == ".cmake";
}

bool IsCode(const SourceFile& file) { return IsCpp(file) || IsScript(file) || IsCMake(file); }

// Columns as an editor counts them: bytes that do not continue a UTF-8 character.
size_t Columns(std::string_view line) {
  return static_cast<size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A finding for each place where the word stands in the code of the file.
Findings FindInCode(const SourceFile& file, std::string_view word, std::string_view advice) {
  const std::string code = CodeOnly(file.text);
  Findings findings;
  for (size_t at = FindWord(code, word); at != std::string::npos;
       at = FindWord(code, word, at + 1)) {
    findings.push_back({file.path, LineAt(code, at), std::string(advice)});
  }
  return findings;
}

// "(#123)" right after a mark.
bool NamesAnIssue(std::string_view rest) {
  if (!rest.starts_with("(#")) return false;
  const size_t end = rest.find_first_not_of("0123456789", 2);
  return end != 2 && end != std::string_view::npos && rest[end] == ')';
}

}  // namespace

std::string Report(const Findings& findings) {
  std::string report;
  for (const Finding& finding : findings) {
    report += finding.path;
    if (finding.line > 0) report += ":" + std::to_string(finding.line);
    report += ": " + finding.advice + "\n";
  }
  return report;
}

Findings CheckFileLength(const SourceFile& file) {
  const size_t lines = Lines(file.text).size();
  if (!IsCode(file) || lines <= kFileLinesMax) return {};
  return {{file.path, 0,
           std::to_string(lines) +
               " lines; split it by what its parts are about "
               "(at most " +
               std::to_string(kFileLinesMax) + ")"}};
}

Findings CheckFunctionLength(const SourceFile& file) {
  if (!IsCpp(file)) return {};
  Findings findings;
  for (const FunctionBody& body : FunctionBodies(file.text)) {
    if (body.lines <= kFunctionLinesMax) continue;
    findings.push_back({file.path, body.first_line,
                        "a function of " + std::to_string(body.lines) +
                            " lines; give its steps names, or move its data into a table outside "
                            "(at most " +
                            std::to_string(kFunctionLinesMax) + ")"});
  }
  return findings;
}

Findings CheckLineLength(const SourceFile& file) {
  if (!IsCode(file)) return {};
  Findings findings;
  int number = 0;
  for (std::string_view line : Lines(file.text)) {
    ++number;
    const size_t columns = Columns(line);
    if (columns <= kColumnsMax) continue;
    findings.push_back({file.path, number,
                        std::to_string(columns) +
                            " columns; break the line "
                            "(at most " +
                            std::to_string(kColumnsMax) + ")"});
  }
  return findings;
}

Findings CheckMacros(const SourceFile& file) {
  if (!IsCpp(file) || file.path == "types/error.h") return {};
  return FindInCode(file, "define",
                    "#define stands in types/error.h only; use constexpr, a "
                    "function or a template");
}

Findings CheckPragmaOnce(const SourceFile& file) {
  if (!IsHeader(file)) return {};
  const std::string code = CodeOnly(file.text);
  for (std::string_view line : Lines(code)) {
    if (line.starts_with("#pragma once")) return {};
  }
  return {{file.path, 0, "begin the header with #pragma once, below its opening comment"}};
}

Findings CheckUsingNamespace(const SourceFile& file) {
  if (!IsHeader(file)) return {};
  return FindInCode(file, "using namespace",
                    "a header must not open a namespace for its readers; "
                    "write the names out");
}

Findings CheckFriend(const SourceFile& file) {
  if (!IsCpp(file)) return {};
  return FindInCode(file, "friend",
                    "no friends: make it a member, or a free function over what is "
                    "public");
}

Findings CheckDynamicCast(const SourceFile& file) {
  const std::string_view module = TopFolder(file.path);
  if (!IsCpp(file) || (module != "planner" && module != "executor")) return {};
  return FindInCode(file, "dynamic_cast",
                    "visit a closed variant, or add a virtual function; no "
                    "dynamic_cast in planner and executor");
}

Findings CheckConsoleOutput(const SourceFile& file) {
  if (!IsCpp(file) || !IsModule(TopFolder(file.path)) || file.path == "server/main.cpp") return {};
  static constexpr std::array kWords = {"std::cout", "std::cerr", "printf", "puts", "putchar"};
  Findings findings;
  for (std::string_view word : kWords) {
    for (Finding& finding : FindInCode(file, word,
                                       "a module does not write to the terminal; return "
                                       "the text, or log it in server/")) {
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

Findings CheckOpenMarks(const SourceFile& file) {
  if (!IsCode(file)) return {};
  // Written in two halves so that this file does not find itself.
  static constexpr std::array kMarks = {
      "TO"
      "DO",
      "FIX"
      "ME"};
  Findings findings;
  for (std::string_view mark : kMarks) {
    const std::string_view text = file.text;
    for (size_t at = FindWord(text, mark); at != std::string_view::npos;
         at = FindWord(text, mark, at + 1)) {
      if (NamesAnIssue(text.substr(at + mark.size()))) continue;
      findings.push_back({file.path, LineAt(text, at),
                          "finish it, or name its issue: " + std::string(mark) + "(#123)"});
    }
  }
  return findings;
}

}  // namespace riverrun::architecture
