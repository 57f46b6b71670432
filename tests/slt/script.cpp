#include "tests/slt/script.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <sstream>

#include "parser/literal.h"

namespace riverrun::slt {
namespace {

constexpr std::string_view kSeparator = "----";
// What a condition may name: engines, then modes. Another name would skip its record for ever.
constexpr std::array<std::string_view, 8> kNames = {"local", "server",   "postgresql", "default",
                                                    "tiny",  "parallel", "wire",       "restart"};

bool IsSqlState(std::string_view word) {
  return word.size() == 5 && std::ranges::all_of(word, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

bool IsRegex(const std::string& pattern) {
  try {
    const std::regex compiled(pattern);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  std::istringstream in{std::string(line)};
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// What stands behind the first `count` words.
std::string Behind(const std::string& line, size_t count) {
  size_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    at = line.find_first_not_of(" \t", at);
    if (at != std::string::npos) at = line.find_first_of(" \t", at);
    if (at == std::string::npos) return "";
  }
  at = line.find_first_not_of(" \t", at);
  return at == std::string::npos ? "" : line.substr(at);
}

class Parser {
 public:
  Parser(std::vector<std::string> lines, std::string path, bool may_include)
      : lines_(std::move(lines)), path_(std::move(path)), may_include_(may_include) {}

  Script Run() {
    while (next_ < lines_.size() && !script_.problem) {
      const std::string& line = lines_[next_];
      if (line.empty() || line[0] == '#') {
        ++next_;
        continue;
      }
      Read(line);
    }
    if (!script_.problem && !conditions_.empty()) Fail("a condition without a record");
    if (!script_.problem && script_.records.empty()) Fail("there is no record");
    return std::move(script_);
  }

 private:
  void Fail(const std::string& why) {
    if (script_.problem) return;
    script_.problem = path_ + ":" + std::to_string(next_ + 1) + ": " + why;
  }

  void Read(const std::string& line) {
    const std::vector<std::string> words = Words(line);
    if (words.empty()) {
      ++next_;
      return;
    }
    const std::string& word = words[0];
    if ((word == "skipif" || word == "onlyif") && words.size() == 2) {
      if (std::ranges::find(kNames, words[1]) == kNames.end()) {
        return Fail("no engine and no mode is called " + words[1]);
      }
      conditions_.push_back({words[1], word == "onlyif"});
      ++next_;
      return;
    }
    Record record;
    record.conditions = std::move(conditions_);
    conditions_.clear();
    record.path = path_;
    record.line = next_;
    if (word == "include" && words.size() == 2) {
      if (!record.conditions.empty()) return Fail("include has no conditions");
      return Include(words[1]);
    }
    ++next_;
    if (word == "statement" && words.size() >= 2) {
      ReadStatement(record, line, words);
    } else if (word == "query" && words.size() >= 2) {
      ReadQuery(record, words);
    } else if (word == "feed" && words.size() == 2) {
      record.kind = Record::Kind::kFeed;
      record.sql = words[1];
      record.rows = Block();
    } else if (word == "changes" && words.size() == 2) {
      record.kind = Record::Kind::kChanges;
      record.sql = words[1];
      ReadAnswer(record);
    } else if (word == "explain" && words.size() == 1) {
      record.kind = Record::Kind::kExplain;
      record.sql = Sql();
      ReadAnswer(record);
    } else if (word == "restart" && words.size() == 1) {
      record.kind = Record::Kind::kRestart;
    } else if (word == "halt" && words.size() == 1) {
      record.kind = Record::Kind::kHalt;
    } else {
      --next_;
      return Fail("unknown words: " + line);
    }
    script_.records.push_back(std::move(record));
  }

  void Include(const std::string& name) {
    if (!may_include_) return Fail("include is not possible here");
    ++next_;
    Script other = ReadScript(path_.substr(0, path_.rfind('/') + 1) + name);
    if (other.problem) {
      script_.problem = other.problem;
      return;
    }
    for (Record& record : other.records) script_.records.push_back(std::move(record));
  }

  void ReadStatement(Record& record, const std::string& line,
                     const std::vector<std::string>& words) {
    if (words[1] == "error") {
      record.fails = true;
      if (words.size() > 2) record.state = words[2];
      record.pattern = Behind(line, 3);
      if (words.size() > 2 && !IsSqlState(words[2])) return Fail("no SQLSTATE: " + words[2]);
      if (!IsRegex(record.pattern)) return Fail("no regular expression: " + record.pattern);
    } else if (words[1] != "ok" || words.size() > 2) {
      return Fail("a statement is ok or error");
    }
    record.sql = Sql();
  }

  void ReadQuery(Record& record, const std::vector<std::string>& words) {
    record.kind = Record::Kind::kQuery;
    record.types = words[1];
    if (record.types.find_first_not_of("TIRB") != std::string::npos) {
      return Fail("types are of T, I, R and B: " + record.types);
    }
    if (words.size() > 3) return Fail("too many words");
    if (words.size() == 3 && words[2] == "rowsort") {
      record.sort = Record::Sort::kRows;
    } else if (words.size() == 3 && words[2] == "valuesort") {
      record.sort = Record::Sort::kValues;
    } else if (words.size() == 3) {
      return Fail("an answer is sorted by rowsort or valuesort, not " + words[2]);
    }
    record.sql = Sql();
    ReadAnswer(record);
  }

  // Lines up to a blank one or "----".
  std::string Sql() {
    std::string sql;
    while (next_ < lines_.size() && !lines_[next_].empty() && lines_[next_] != kSeparator) {
      // A comment in SQL: the answer would be part of the statement.
      if (lines_[next_].starts_with(kSeparator)) Fail("nearly a separator: " + lines_[next_]);
      sql += (sql.empty() ? "" : "\n") + lines_[next_++];
    }
    if (sql.empty()) Fail("no SQL follows");
    return sql;
  }

  std::vector<std::string> Block() {
    std::vector<std::string> block;
    while (next_ < lines_.size() && !lines_[next_].empty()) block.push_back(lines_[next_++]);
    return block;
  }

  void ReadAnswer(Record& record) {
    if (next_ >= lines_.size() || lines_[next_] != kSeparator) {
      record.expected_end = next_;
      return;
    }
    record.separator = next_++;
    record.expected = Block();
    record.expected_end = next_;
  }

  const std::vector<std::string> lines_;
  const std::string path_;
  const bool may_include_;
  size_t next_ = 0;
  std::vector<Record::Condition> conditions_;
  Script script_;
};

}  // namespace

std::string CellText(std::optional<std::string_view> value) {
  if (!value) return "NULL";
  if (value->empty()) return "(empty)";
  if (*value == "NULL" || *value == "(empty)") return "'" + std::string(*value) + "'";
  std::string text;
  for (const char c : *value) {
    if (c == '\t' || c == '\n') {
      text += c == '\t' ? "\\t" : "\\n";
    } else {
      text += c;
    }
  }
  return text;
}

std::string InsertOf(const std::string& relation, const std::vector<std::string>& lines) {
  std::string sql = "INSERT INTO " + relation + " VALUES ";
  for (size_t i = 0; i < lines.size(); ++i) {
    sql += i > 0 ? ", (" : "(";
    std::string_view rest = lines[i];
    for (bool first = true;; first = false) {
      const size_t end = std::min(rest.find('\t'), rest.size());
      const std::string_view value = rest.substr(0, end);
      sql += first ? "" : ", ";
      sql += value == "NULL" ? "NULL" : value == "(empty)" ? "''" : parser::QuoteString(value);
      if (end == rest.size()) break;
      rest.remove_prefix(end + 1);
    }
    sql += ")";
  }
  return sql;
}

std::optional<std::vector<std::string>> ReadLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

Script ReadScript(const std::string& path) {
  std::optional<std::vector<std::string>> lines = ReadLines(path);
  if (!lines) return {{}, path + " cannot be read"};
  return Parser(std::move(*lines), path, true).Run();
}

Script ParseScript(std::string_view text, const std::string& path) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return Parser(std::move(lines), path, false).Run();
}

std::string WithAnswers(const std::vector<std::string>& lines,
                        const std::vector<std::pair<Record, std::vector<std::string>>>& answers) {
  std::string text;
  size_t next = 0;
  const auto copy_to = [&](size_t end) {
    for (; next < end; ++next) text += lines[next] + "\n";
  };
  for (const auto& [record, answer] : answers) {
    copy_to(record.separator > 0 ? record.separator : record.expected_end);
    text += std::string(kSeparator) + "\n";
    for (const std::string& line : answer) text += line + "\n";
    next = record.expected_end;
  }
  copy_to(lines.size());
  return text;
}

}  // namespace riverrun::slt
