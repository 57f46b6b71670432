// Scripts of SQL with the answers expected: the dialect of sql-tests/README.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/slt/engine.h"

namespace riverrun::slt {

/// One thing that a script asks for.
struct Record {
  enum class Kind { kStatement, kQuery, kFeed, kChanges, kExplain, kRestart, kHalt };
  enum class Sort { kNone, kRows, kValues };
  struct Condition {
    std::string name;   // of an engine or a mode
    bool only = false;  // onlyif instead of skipif
  };

  Kind kind = Kind::kStatement;
  std::vector<Condition> conditions;
  std::string sql;                // the statement; the relation of feed and changes
  std::vector<std::string> rows;  // of feed
  // kStatement
  bool fails = false;
  std::string state;    // SQLSTATE that must come; empty means any
  std::string pattern;  // a regular expression of the message; empty means any
  // kQuery
  std::string types;  // one letter a column
  Sort sort = Sort::kNone;
  // The answer: of kQuery, kChanges and kExplain.
  std::vector<std::string> expected;

  // Where it stands, for messages and --rewrite. Lines count from 0.
  std::string path;
  size_t line = 0;
  size_t separator = 0;     // of "----"; 0 if there is none
  size_t expected_end = 0;  // behind the last line of the answer
};

/// A script with those that it includes, in order.
struct Script {
  std::vector<Record> records;
  std::optional<std::string> problem;  // why it cannot be read
};

/// Reads a script. Paths of `include` are relative to the file's folder.
Script ReadScript(const std::string& path);
/// The same from a text, without includes.
Script ParseScript(std::string_view text, const std::string& path);

/// The INSERT that `feed` stands for: rows, one a line, tabs between the values.
std::string InsertOf(const std::string& relation, const std::vector<std::string>& lines);

/// The lines of a file; nothing if it cannot be read.
std::optional<std::vector<std::string>> ReadLines(const std::string& path);

/// The text of a script with the answers of some records replaced. REQUIRES they are of this file,
/// in order.
std::string WithAnswers(const std::vector<std::string>& lines,
                        const std::vector<std::pair<Record, std::vector<std::string>>>& answers);

}  // namespace riverrun::slt
