// What the rules read: one file of the tree, and views of its text in which a rule that looks for
// a word does not trip over a comment or a string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riverrun::architecture {

/// A file of the tree. The path is relative to the tree's root, with '/'.
struct SourceFile {
  std::string path;
  std::string text;
};

/// Reads every text file under root, sorted by path; leaves out what git leaves out (build, data,
/// installed packages) and files with a NUL byte.
std::vector<SourceFile> ReadTree(const std::string& root);

/// The text with comments, string literals and character literals blanked. Lines and columns stay
/// where they are; the quotes stay too.
std::string CodeOnly(std::string_view cpp_text);

/// The lines of the text, without their ends. A last line without an end counts.
std::vector<std::string_view> Lines(std::string_view text);

/// The number of the line, from 1, on which the byte at offset lies.
int LineAt(std::string_view text, size_t offset);

/// Where the word begins in text at or after `from`: not inside a longer identifier. npos if it
/// does not occur.
size_t FindWord(std::string_view text, std::string_view word, size_t from = 0);

/// An #include line: the name as written, whether in quotes, and the line's number.
struct Include {
  std::string name;
  bool quoted = false;
  int line = 0;
};
std::vector<Include> Includes(std::string_view cpp_text);

/// A function with a body: the lines from its opening to its closing brace, both counted.
struct FunctionBody {
  int first_line = 0;
  int lines = 0;
};

/// Finds the bodies of functions by their braces. What lies between braces outside a function (a
/// class, an enum, a table of data) is not one. Lambdas and local classes belong to the function
/// around them.
std::vector<FunctionBody> FunctionBodies(std::string_view cpp_text);

// Parts of a path.
std::string_view TopFolder(
    std::string_view path);                        // "types" of "types/codec/key.h"; "" at the root
std::string_view Folder(std::string_view path);    // "types/codec"
std::string_view FileName(std::string_view path);  // "key.h"
std::string_view Extension(std::string_view path);  // ".h"; "" if there is none
bool IsHeader(const SourceFile& file);
bool IsCpp(const SourceFile& file);  // header or source
bool IsModule(std::string_view folder);

}  // namespace riverrun::architecture
