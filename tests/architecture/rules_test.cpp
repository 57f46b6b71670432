// Each rule complains about a text that breaks it, and not about its innocent neighbour.
#include "tests/architecture/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riverrun::architecture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Repeat(std::string_view line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

TEST(ArchitectureRules, ReportNamesPlaceAndAdvice) {
  EXPECT_EQ(Report({{"types/a.h", 7, "do this"}, {"types/b.h", 0, "do that"}}),
            "types/a.h:7: do this\ntypes/b.h: do that\n");
}

TEST(ArchitectureRules, ArrowsPointOneWay) {
  const auto report = [](std::string path, std::string_view header) {
    return Report(
        CheckArrows({std::move(path), "// why\n#include \"" + std::string(header) + "\"\n"}));
  };
  EXPECT_THAT(report("types/column.h", "storage/journal.h"),
              AllOf(StartsWith("types/column.h:2: "), HasSubstr("no other module")));
  EXPECT_THAT(report("storage/journal.h", "executor/worker.h"), HasSubstr("may include types"));
  EXPECT_THAT(report("executor/worker.h", "planner/plan.h"), HasSubstr("types, storage"));
  EXPECT_THAT(report("executor/worker.h", "parser/parse.h"), HasSubstr("types, storage"));
  EXPECT_THAT(report("parser/parse.h", "storage/catalog.h"), HasSubstr("may include types"));
  EXPECT_THAT(report("planner/plan.h", "server/session.h"), HasSubstr("must not include"));
  EXPECT_THAT(report("server/session.cpp", "tests/fake.h"), HasSubstr("must not need tests"));
  EXPECT_THAT(report("types/a.cpp", "../storage/journal.h"), HasSubstr("path from the root"));

  EXPECT_EQ(report("types/column.cpp", "types/column.h"), "");
  EXPECT_EQ(report("planner/plan.h", "storage/catalog.h"), "");
  EXPECT_EQ(report("server/session.h", "parser/parse.h"), "");
  EXPECT_EQ(report("tests/storage/journal_test.cpp", "server/session.h"), "");
  EXPECT_EQ(Report(CheckArrows({"types/a.h", "// #include \"server/session.h\"\n"})), "");
}

TEST(ArchitectureRules, LibrariesAreFenced) {
  const auto report = [](std::string path, std::string_view header) {
    return Report(
        CheckLibraryFences({std::move(path), "#include <" + std::string(header) + ">\n"}));
  };
  EXPECT_THAT(report("planner/bind.cpp", "antlr4-runtime.h"),
              HasSubstr("ANTLR is fenced to parser/"));
  EXPECT_THAT(report("executor/state.cpp", "rocksdb/db.h"), HasSubstr("fenced to storage/"));
  EXPECT_THAT(report("storage/a.cpp", "librdkafka/rdkafka.h"), HasSubstr("librdkafka is fenced"));
  EXPECT_THAT(report("server/a.cpp", "simdjson.h"), HasSubstr("simdjson is fenced"));
  EXPECT_THAT(report("types/a.cpp", "boost/asio.hpp"),
              HasSubstr("Boost.Asio is fenced to server/"));
  EXPECT_THAT(report("executor/a.cpp", "boost/multiprecision/cpp_int.hpp"), HasSubstr("fenced"));
  EXPECT_THAT(report("executor/a.cpp", "date/tz.h"), HasSubstr("date is fenced to types/"));
  EXPECT_THAT(report("types/a.cpp", "boost/json.hpp"), HasSubstr("belongs to no library known"));
  EXPECT_THAT(report("types/a.cpp", "gtest/gtest.h"), HasSubstr("GoogleTest is fenced"));

  EXPECT_EQ(report("planner/a.cpp", "fmt/format.h"), "");
  EXPECT_EQ(report("types/time_zone.cpp", "date/tz.h"), "");
  EXPECT_EQ(report("tests/server/a_test.cpp", "pqxx/pqxx"), "");
  EXPECT_EQ(report("storage/a.cpp", "sys/stat.h"), "");
  EXPECT_EQ(report("storage/a.cpp", "vector"), "");
}

TEST(ArchitectureRules, ThreadsAreFenced) {
  const auto report = [](std::string path, std::string_view header) {
    return Report(
        CheckConcurrencyFence({std::move(path), "#include <" + std::string(header) + ">\n"}));
  };
  EXPECT_THAT(report("executor/operators/filter.cpp", "mutex"), HasSubstr("concurrency fence"));
  EXPECT_THAT(report("planner/bind.h", "atomic"), HasSubstr("concurrency fence"));
  EXPECT_THAT(report("types/codec/buffer.cpp", "atomic"), HasSubstr("concurrency fence"));

  EXPECT_EQ(report("parser/parser.cpp", "mutex"), "");
  EXPECT_EQ(report("types/memory_budget.h", "atomic"), "");
  EXPECT_EQ(report("tests/executor/ring_test.cpp", "thread"), "");
  EXPECT_EQ(report("executor/operators/filter.cpp", "memory"), "");
}

TEST(ArchitectureRules, FilesHaveAtMost600Lines) {
  EXPECT_EQ(Report(CheckFileLength({"types/a.cpp", Repeat("\n", 600)})), "");
  EXPECT_THAT(Report(CheckFileLength({"types/a.cpp", Repeat("\n", 601)})), HasSubstr("601 lines"));
  EXPECT_THAT(Report(CheckFileLength({"scripts/test", Repeat("\n", 601)})), HasSubstr("601 lines"));
  EXPECT_EQ(Report(CheckFileLength({"docs/sql.md", Repeat("\n", 601)})), "");
}

TEST(ArchitectureRules, FunctionsHaveAtMost70Lines) {
  const auto report = [](int lines) {
    return Report(CheckFunctionLength(
        {"types/a.cpp", "void F() {\n" + Repeat("  G();\n", lines - 2) + "}\n"}));
  };
  EXPECT_EQ(report(70), "");
  EXPECT_THAT(report(71), AllOf(StartsWith("types/a.cpp:1: "), HasSubstr("71 lines")));
}

TEST(ArchitectureRules, TablesAreNoFunctions) {
  const std::string rows = Repeat("    {\"length(text)\", Length},\n", 200);
  EXPECT_EQ(
      Report(CheckFunctionLength({"types/a.cpp", "constexpr Row kRows[] = {\n" + rows + "};\n"})),
      "");
  EXPECT_EQ(Report(CheckFunctionLength({"types/a.cpp", "enum class Kind {\n" + rows + "};\n"})),
            "");
}

TEST(ArchitectureRules, LinesHaveAtMost100Columns) {
  EXPECT_EQ(Report(CheckLineLength({"types/a.cpp", std::string(100, 'x')})), "");
  EXPECT_EQ(Report(CheckLineLength({"types/a.cpp", Repeat("é", 100)})), "");
  EXPECT_THAT(Report(CheckLineLength({"types/a.cpp", "\n" + std::string(101, 'x')})),
              AllOf(StartsWith("types/a.cpp:2: "), HasSubstr("101 columns")));
  EXPECT_THAT(Report(CheckLineLength({"tests/CMakeLists.txt", std::string(101, 'x')})),
              HasSubstr("101"));
}

TEST(ArchitectureRules, MacrosStandInErrorHeader) {
  const std::string text = "#pragma once\n#define TWICE(x) ((x) + (x))\n";
  EXPECT_THAT(Report(CheckMacros({"types/a.h", text})), StartsWith("types/a.h:2: #define"));
  EXPECT_EQ(Report(CheckMacros({"types/error.h", text})), "");
  EXPECT_EQ(Report(CheckMacros({"types/a.h", "// #define nothing\n"})), "");
}

TEST(ArchitectureRules, HeadersHavePragmaOnce) {
  EXPECT_THAT(Report(CheckPragmaOnce({"types/a.h", "// #pragma once\n"})),
              HasSubstr("#pragma once"));
  EXPECT_EQ(Report(CheckPragmaOnce({"types/a.h", "// Why.\n#pragma once\n"})), "");
  EXPECT_EQ(Report(CheckPragmaOnce({"types/a.cpp", ""})), "");
}

TEST(ArchitectureRules, HeadersDoNotOpenNamespaces) {
  EXPECT_THAT(Report(CheckUsingNamespace({"types/a.h", "using namespace std;\n"})),
              HasSubstr("types/a.h:1"));
  EXPECT_EQ(Report(CheckUsingNamespace({"types/a.cpp", "using namespace std;\n"})), "");
  EXPECT_EQ(Report(CheckUsingNamespace({"types/a.h", "using std::string;\n"})), "");
}

TEST(ArchitectureRules, NoFriends) {
  EXPECT_THAT(Report(CheckFriend({"types/a.h", "class A {\n  friend class B;\n};\n"})),
              HasSubstr("types/a.h:2"));
  EXPECT_EQ(Report(CheckFriend({"types/a.h", "// a friend of ours\nint friendly;\n"})), "");
}

TEST(ArchitectureRules, NoDynamicCastWhereVariantsRule) {
  const std::string text = "auto* a = dynamic_cast<A*>(b);\n";
  EXPECT_NE(Report(CheckDynamicCast({"planner/a.cpp", text})), "");
  EXPECT_NE(Report(CheckDynamicCast({"executor/a.cpp", text})), "");
  EXPECT_EQ(Report(CheckDynamicCast({"parser/a.cpp", text})), "");
}

TEST(ArchitectureRules, ModulesDoNotPrint) {
  EXPECT_NE(Report(CheckConsoleOutput({"storage/a.cpp", "std::cout << 1;\n"})), "");
  EXPECT_NE(Report(CheckConsoleOutput({"storage/a.cpp", "std::printf(\"x\");\n"})), "");
  EXPECT_EQ(Report(CheckConsoleOutput({"storage/a.cpp", "std::fprintf(stderr, \"printf\");\n"})),
            "");
  EXPECT_EQ(Report(CheckConsoleOutput({"server/main.cpp", "std::cout << 1;\n"})), "");
  EXPECT_EQ(Report(CheckConsoleOutput({"tests/a_test.cpp", "std::cout << 1;\n"})), "");
}

TEST(ArchitectureRules, MarksNameTheirIssue) {
  // In two halves, or the tree's own check would find them here.
  const std::string todo = std::string("TO") + "DO";
  EXPECT_NE(Report(CheckOpenMarks({"types/a.cpp", "// " + todo + ": later\n"})), "");
  EXPECT_NE(Report(CheckOpenMarks({"types/a.cpp", "// " + todo + "(me): later\n"})), "");
  EXPECT_NE(Report(CheckOpenMarks({"scripts/test", std::string("# FIX") + "ME\n"})), "");
  EXPECT_EQ(Report(CheckOpenMarks({"types/a.cpp", "// " + todo + "(#12): later\n"})), "");
}

TEST(ArchitectureRules, FoldersHaveAtMost20Sources) {
  Tree tree;
  for (int i = 0; i < 20; ++i) tree.push_back({"types/f" + std::to_string(i) + ".cpp", ""});
  tree.push_back({"types/CMakeLists.txt", ""});
  tree.push_back({"types/codec/key.h", ""});
  EXPECT_EQ(Report(CheckFolderSize(tree)), "");
  tree.push_back({"types/f.h", ""});
  EXPECT_THAT(Report(CheckFolderSize(tree)), StartsWith("types: 21 sources"));
}

TEST(ArchitectureRules, NamesSaySomething) {
  for (const char* path : {"types/utils.h", "types/string_helpers.cpp", "server/session_manager.h",
                           "executor/common/a.h", "parser/base.h", "scripts/misc"}) {
    EXPECT_NE(Report(CheckNames({{path, ""}})), "") << path;
  }
  for (const char* path : {"types/base64.h", "storage/database.h", "server/commonplace.cpp"}) {
    EXPECT_EQ(Report(CheckNames({{path, ""}})), "") << path;
  }
}

TEST(ArchitectureRules, SourcesAreListed) {
  const auto report = [](std::string path, std::string folder, std::string list) {
    return Report(
        CheckListedInCMake({{folder + "CMakeLists.txt", std::move(list)}, {std::move(path), ""}}));
  };
  EXPECT_EQ(report("types/error.cpp", "types/", "riverrun_module(types SOURCES\n  error.cpp)\n"),
            "");
  EXPECT_EQ(report("types/codec/key.cpp", "types/", "SOURCES codec/key.cpp"), "");
  EXPECT_EQ(report("types/codec/key.cpp", "types/codec/", "SOURCES ${HERE}/key.cpp"), "");
  EXPECT_EQ(report("tests/a_test.cpp", "", "add_executable(a tests/a_test.cpp)"), "");
  EXPECT_EQ(report("types/error.h", "types/", ""), "");

  EXPECT_NE(report("types/error.cpp", "types/", "SOURCES type_error.cpp"), "");
  EXPECT_NE(report("types/error.cpp", "types/", "SOURCES # error.cpp\n"), "");
  EXPECT_NE(report("types/codec/key.cpp", "types/", "SOURCES key.cpp"), "");
  EXPECT_NE(report("types/error.cpp", "storage/", "SOURCES error.cpp"), "");
}

TEST(ArchitectureRules, DocsNameExistingFiles) {
  const auto report = [](std::string path, std::string text) {
    return Report(
        CheckFilesNamedInDocs({{"types/error.h", ""}, {std::move(path), std::move(text)}}));
  };
  EXPECT_EQ(report("README.md", "see `types/error.h`, `types/`, `tests/MODULE/NAME_test.cpp`\n"),
            "");
  EXPECT_EQ(
      report("docs/style.md", "`a/b` `*/x.h` `1.0/2.0` `error.h`\n```\n`types/gone.h`\n```\n"), "");
  EXPECT_THAT(report("docs/style.md", "\nsee `types/gone.h`\n"),
              AllOf(StartsWith("docs/style.md:2: "), HasSubstr("types/gone.h does not exist")));
  EXPECT_THAT(report("README.md", "`types/error.h` or `types/Gone.g4`"),
              HasSubstr("types/Gone.g4"));
}

TEST(ArchitectureRules, LinksResolve) {
  const auto report = [](std::string path, std::string text) {
    return Report(CheckMarkdownLinks(
        {{"docs/style.md", ""}, {"LICENSE", ""}, {std::move(path), std::move(text)}}));
  };
  EXPECT_EQ(report("README.md", "[a](docs/style.md#names) [b](LICENSE) [c](docs) [d](#here)\n"),
            "");
  EXPECT_EQ(
      report("docs/more.md", "[a](style.md) [b](../LICENSE \"t\") [c](https://example.com)\n"), "");
  EXPECT_EQ(report("docs/more.md", "`[](const Batch& b)`\n```cpp\n[](int row)\n```\n"), "");
  EXPECT_THAT(report("docs/more.md", "\n[a](docs/style.md)\n"), HasSubstr("docs/more.md:2: "));
  EXPECT_THAT(report("README.md", "[a](style.md)"), HasSubstr("style.md leads nowhere"));
}

TEST(ArchitectureRules, MachinesAreNotNamed) {
  const auto report = [](std::string path, std::string text) {
    return Report(CheckPlaces({{std::move(path), std::move(text)}}));
  };
  // In two halves, or the tree's own check would find them here.
  const std::string domain = "example.org/x";
  EXPECT_NE(report("scripts/test", "cd /work/main\n"), "");
  EXPECT_NE(report("docs/a.md", "Look into `/tmp/x`.\n"), "");
  EXPECT_EQ(report("docs/a.md", "`tests/tmp/x`, `executor/work/x`\n"), "");
  EXPECT_EQ(report("tests/storage/a_test.cpp", "Open(\"/tmp/x\")\n"), "");
  EXPECT_NE(report("console/a.json", "\"https://registry." + domain), "");
  EXPECT_NE(report("scripts/a", "repo." + domain), "");
  EXPECT_EQ(report("executor/a.cpp", "registry.Scalar(\"length(text)\"); files.size();\n"), "");
  EXPECT_EQ(report("docs/a.md", "https://www.example.org/docs\n"), "");
}

}  // namespace
}  // namespace riverrun::architecture
