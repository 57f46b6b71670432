// The views of a text that the rules stand on.
#include "tests/architecture/source_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace riverrun::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int> BodyLengths(std::string_view text) {
  std::vector<int> lengths;
  for (const FunctionBody& body : FunctionBodies(text)) lengths.push_back(body.lines);
  return lengths;
}

TEST(ArchitectureText, TreeIsReadWithoutWhatIsBuilt) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(::testing::TempDir()) / "riverrun_architecture_tree";
  fs::remove_all(root);
  const auto write = [&root](const fs::path& path, std::string_view text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  };
  write("types/b.h", "b");
  write("types/a.h", "a");
  write("types/build/c.h", "c");
  write("build/d.h", "d");
  write("data/FORMAT", "1.0");
  write("console/node_modules/x/index.js", "x");
  write("tests/picture.png", std::string_view("a\0b", 3));

  std::vector<std::string> paths;
  for (const SourceFile& file : ReadTree(root)) paths.push_back(file.path + "=" + file.text);
  EXPECT_THAT(paths, ElementsAre("types/a.h=a", "types/b.h=b", "types/build/c.h=c"));
  fs::remove_all(root);
}

TEST(ArchitectureText, CodeOnlyBlanksCommentsAndLiterals) {
  EXPECT_EQ(CodeOnly("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(CodeOnly("a /* b\n c */ d"), "a     \n      d");
  EXPECT_EQ(CodeOnly(R"(f("a\"b", 'c', '"');)"), R"(f("    ", ' ', ' ');)");
  EXPECT_EQ(CodeOnly("x = 1'000; y = 'a';"), "x = 1'000; y = ' ';");
  EXPECT_EQ(CodeOnly("R\"x(a \" )\" b)x\" c"), "R\"            \" c");
  EXPECT_EQ(CodeOnly("\"// no comment\" a"), "\"             \" a");
}

TEST(ArchitectureText, IncludesAreReadWithTheirLines) {
  const auto includes =
      Includes("// #include \"no.h\"\n#include <vector>\n#  include \"types/a.h\"  // why\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].name, "vector");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].name, "types/a.h");
  EXPECT_TRUE(includes[1].quoted);
  EXPECT_EQ(includes[1].line, 3);
  EXPECT_THAT(Includes("const char* a = R\"(\n#include <mutex>\n)\";\n"), IsEmpty());
}

TEST(ArchitectureText, WordsAreWhole) {
  EXPECT_EQ(FindWord("friendly friend", "friend"), 9u);
  EXPECT_EQ(FindWord("befriend", "friend"), std::string_view::npos);
}

TEST(ArchitectureText, FunctionsOfEveryShape) {
  EXPECT_THAT(BodyLengths("int F() {\n}\n"), ElementsAre(2));
  EXPECT_THAT(BodyLengths("namespace a {\nint F() { return 1; }\n}\n"), ElementsAre(1));
  EXPECT_THAT(
      BodyLengths(
          "class A : public B<sizeof(int)> {\n public:\n  void F() const override {\n  }\n};\n"),
      ElementsAre(2));
  EXPECT_THAT(BodyLengths("struct A {\n private:\n  struct B {\n    void F() {}\n  };\n};\n"),
              ElementsAre(1));
  EXPECT_THAT(BodyLengths("A::A(int b) : b_{b}, c_(b), d_{} {\n\n}\n"), ElementsAre(3));
  EXPECT_THAT(
      BodyLengths("template <class T = std::vector<int>>\nauto F(T t) -> std::vector<T> {\n}\n"),
      ElementsAre(2));
  EXPECT_THAT(BodyLengths("bool operator==(const A& a, const A& b) {\n}\n"), ElementsAre(2));
  EXPECT_THAT(BodyLengths("void F(std::vector<int> v = {}) {\n}\n"), ElementsAre(2));
  EXPECT_THAT(BodyLengths("const auto kF = [](int a) {\n};\n"), ElementsAre(2));
  EXPECT_THAT(BodyLengths("TEST(A, B) {\n  if (x) {\n  }\n}\n"), ElementsAre(4));
  EXPECT_THAT(BodyLengths("extern \"C\" {\nvoid F() {\n}\n}\n"), ElementsAre(2));
}

TEST(ArchitectureText, DataIsNoFunction) {
  EXPECT_THAT(BodyLengths("int a{3};\nint b[] = {\n1, 2};\nstd::vector<A> c = Make({\n{1}});\n"),
              IsEmpty());
  EXPECT_THAT(BodyLengths("enum class A : int {\n  kB,\n};\nA a(B{1});\n"), IsEmpty());
  EXPECT_THAT(BodyLengths("constexpr A kA[] = {{\"f\", [](int) {\n\n}}};\n"), IsEmpty());
}

TEST(ArchitectureText, PathsComeApart) {
  EXPECT_EQ(TopFolder("types/codec/key.h"), "types");
  EXPECT_EQ(TopFolder("README.md"), "");
  EXPECT_EQ(Folder("types/codec/key.h"), "types/codec");
  EXPECT_EQ(FileName("types/codec/key.h"), "key.h");
  EXPECT_EQ(Extension("types/codec/key.h"), ".h");
  EXPECT_EQ(Extension("scripts/test"), "");
}

}  // namespace
}  // namespace riverrun::architecture
