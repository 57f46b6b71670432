// Applies every rule to the tree. A failure lists the places, each with what to do there.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/architecture/rules.h"

namespace riverrun::architecture {
namespace {

const Tree& TheTree() {
  static const Tree tree = ReadTree(RIVERRUN_SOURCE_DIR);
  return tree;
}

void ExpectNone(const std::string& report) { EXPECT_TRUE(report.empty()) << '\n' << report; }

void Apply(Findings (*check)(const SourceFile&)) {
  std::string report;
  for (const SourceFile& file : TheTree()) report += Report(check(file));
  ExpectNone(report);
}

void Apply(Findings (*check)(const Tree&)) { ExpectNone(Report(check(TheTree()))); }

// Without this, rules over a tree that was not found would all pass.
TEST(ArchitectureTree, IsRead) {
  for (const char* path : {"CMakeLists.txt", "README.md", "types/error.h", ".ci/run"}) {
    EXPECT_TRUE(std::ranges::count(TheTree(), path, &SourceFile::path)) << path;
  }
}

TEST(ArchitectureTree, ModulesIncludeAlongTheArrows) { Apply(CheckArrows); }
TEST(ArchitectureTree, LibrariesStayInTheirFences) { Apply(CheckLibraryFences); }
TEST(ArchitectureTree, ThreadsStayInTheirFence) { Apply(CheckConcurrencyFence); }

TEST(ArchitectureTree, FilesAreShort) { Apply(CheckFileLength); }
TEST(ArchitectureTree, FunctionsAreShort) { Apply(CheckFunctionLength); }
TEST(ArchitectureTree, LinesAreShort) { Apply(CheckLineLength); }
TEST(ArchitectureTree, MacrosStandInOneHeader) { Apply(CheckMacros); }
TEST(ArchitectureTree, HeadersAreReadOnce) { Apply(CheckPragmaOnce); }
TEST(ArchitectureTree, HeadersOpenNoNamespace) { Apply(CheckUsingNamespace); }
TEST(ArchitectureTree, ClassesHaveNoFriends) { Apply(CheckFriend); }
TEST(ArchitectureTree, NobodyAsksForDynamicTypes) { Apply(CheckDynamicCast); }
TEST(ArchitectureTree, ModulesDoNotPrint) { Apply(CheckConsoleOutput); }
TEST(ArchitectureTree, UnfinishedWorkHasAnIssue) { Apply(CheckOpenMarks); }

TEST(ArchitectureTree, FoldersAreSmall) { Apply(CheckFolderSize); }
TEST(ArchitectureTree, NamesSaySomething) { Apply(CheckNames); }
TEST(ArchitectureTree, SourcesAreBuilt) { Apply(CheckListedInCMake); }
TEST(ArchitectureTree, DocsNameFilesThatExist) { Apply(CheckFilesNamedInDocs); }
TEST(ArchitectureTree, LinksLeadSomewhere) { Apply(CheckMarkdownLinks); }
TEST(ArchitectureTree, NoMachineIsNamed) { Apply(CheckPlaces); }

}  // namespace
}  // namespace riverrun::architecture
