// The rules of docs/architecture.md and docs/style.md that a machine can check. Each takes files
// as (path, text) pairs and returns what breaks it, so that a test can also feed it a bad text:
// rules_test.cpp proves that each rule complains, tree_test.cpp applies all of them to the tree.
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/source_text.h"

namespace riverrun::architecture {

/// A place that breaks a rule. `advice` is a sentence that says what to do. Line 0: the whole file.
struct Finding {
  std::string path;
  int line = 0;
  std::string advice;
};
using Findings = std::vector<Finding>;

/// One finding a line, "path:line: advice"; empty when there are none.
std::string Report(const Findings& findings);

// Who may include what (include_rules.cpp).

/// Modules include each other along the arrows only, by their path from the root.
Findings CheckArrows(const SourceFile& file);
/// A third-party library is included only in the folders it is fenced to.
Findings CheckLibraryFences(const SourceFile& file);
/// Threads, mutexes and atomics are used only in the files listed, each with its reason.
Findings CheckConcurrencyFence(const SourceFile& file);

// What a C++ file looks like (code_rules.cpp).

Findings CheckFileLength(const SourceFile& file);      // at most 600 lines
Findings CheckFunctionLength(const SourceFile& file);  // at most 70 lines
Findings CheckLineLength(const SourceFile& file);      // at most 100 columns
Findings CheckMacros(const SourceFile& file);          // #define only in types/error.h
Findings CheckPragmaOnce(const SourceFile& file);      // in every header
Findings CheckUsingNamespace(const SourceFile& file);  // not in headers
Findings CheckFriend(const SourceFile& file);          // nowhere
Findings CheckDynamicCast(const SourceFile& file);     // not in planner and executor
Findings CheckConsoleOutput(const SourceFile& file);   // not in modules, server/main.cpp excepted
Findings CheckOpenMarks(const SourceFile& file);       // a mark of unfinished work has its issue

// What the tree looks like (tree_rules.cpp).

using Tree = std::vector<SourceFile>;
/// At most 20 sources in one folder.
Findings CheckFolderSize(const Tree& tree);
/// No file or folder has a name that says nothing about what is in it.
Findings CheckNames(const Tree& tree);
/// Every .cpp is listed in a CMakeLists.txt above it, so that none is dead.
Findings CheckListedInCMake(const Tree& tree);
/// Files that README.md and docs/*.md name in backticks exist.
Findings CheckFilesNamedInDocs(const Tree& tree);
/// Relative links of every Markdown file lead to a file or folder of the tree.
Findings CheckMarkdownLinks(const Tree& tree);
/// No path of one machine (outside tests) and no host of a package registry.
Findings CheckPlaces(const Tree& tree);

}  // namespace riverrun::architecture
