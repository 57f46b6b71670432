#include "tests/slt/runner.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <regex>
#include <set>

namespace riverrun::slt {
namespace {

std::string PlaceOf(const Record& record) {
  return record.path + ":" + std::to_string(record.line + 1) + ": ";
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "    " + line + "\n";
  return text;
}

std::string FailureText(const Failure& failure) {
  return failure.state + " " + failure.text +
         (failure.hint.empty() ? "" : " (hint: " + failure.hint + ")");
}

std::vector<std::string> Sorted(std::vector<std::string> lines) {
  std::ranges::sort(lines);
  return lines;
}

class FileRunner {
 public:
  FileRunner(const Script& script, Engine& engine, const RunnerOptions& options)
      : script_(script), engine_(engine), options_(options) {}

  FileReport Run() {
    const std::vector<const Record*> records = Applying();
    const std::set<size_t> restarts = RestartPoints(records.size());
    int due = 0;
    for (size_t i = 0; i < records.size() && !lost_; ++i) {
      due += restarts.contains(i) ? 1 : 0;
      if (due > 0 && !engine_.InTransaction()) {
        MustSucceed(*records[i], engine_.Restart());
        ++report_.restarts;
        --due;
        if (lost_) break;
      }
      ++report_.records;
      RunRecord(*records[i]);
    }
    if (!lost_) {
      if (const auto problem = engine_.Close()) {
        report_.problems.push_back(script_.records.back().path + ": at the end: " + *problem);
      }
    }
    if (!report_.problems.empty() && !restarts.empty()) {
      report_.problems.push_back("  repeat with --mode restart --seed " +
                                 std::to_string(options_.seed));
    }
    return std::move(report_);
  }

  // Answers to write into each file, in order.
  std::map<std::string, std::vector<std::pair<Record, std::vector<std::string>>>> rewritten;

 private:
  // Those for this engine and mode, up to a halt.
  std::vector<const Record*> Applying() {
    std::vector<const Record*> records;
    for (const Record& record : script_.records) {
      if (!Applies(record)) continue;
      if (record.kind != Record::Kind::kHalt) {
        records.push_back(&record);
        continue;
      }
      if (record.conditions.empty() && &record != &script_.records.back()) {
        Complain(record, "what follows never runs");
      }
      break;
    }
    return records;
  }

  // Different ones, and not before the first: there would be nothing to recover.
  std::set<size_t> RestartPoints(size_t records) const {
    std::set<size_t> points;
    const size_t count =
        std::min(static_cast<size_t>(options_.restarts), records > 0 ? records - 1 : 0);
    const std::string& path = script_.records.front().path;
    std::mt19937_64 random(options_.seed ^
                           std::hash<std::string>()(path.substr(path.rfind('/') + 1)));
    while (points.size() < count) points.insert(1 + random() % (records - 1));
    return points;
  }

  bool Applies(const Record& record) const {
    return std::ranges::all_of(record.conditions, [&](const Record::Condition& condition) {
      return engine_.IsCalled(condition.name) == condition.only;
    });
  }

  void Complain(const Record& record, const std::string& text) {
    report_.problems.push_back(PlaceOf(record) + text);
  }

  void RunRecord(const Record& record) {
    switch (record.kind) {
      case Record::Kind::kStatement:
        return RunStatement(record);
      case Record::Kind::kQuery:
        return RunQuery(record);
      case Record::Kind::kFeed:
        return MustSucceed(record, engine_.Feed(record.sql, record.rows));
      case Record::Kind::kChanges:
        return CompareAnswer(record, engine_.Changes(record.sql));
      case Record::Kind::kExplain:
        return CompareAnswer(record, engine_.Explain(record.sql));
      case Record::Kind::kRestart:
        return MustSucceed(record, engine_.Restart());
      case Record::Kind::kHalt:
        return;
    }
  }

  void NoteLoss(const Answer& answer) { lost_ |= answer.failure && answer.failure->lost; }

  void MustSucceed(const Record& record, const Answer& answer) {
    NoteLoss(answer);
    if (answer.failure) Complain(record, "failed: " + FailureText(*answer.failure));
  }

  void RunStatement(const Record& record) {
    const Answer answer = engine_.Run(record.sql);
    NoteLoss(answer);
    if (!record.fails || lost_) return MustSucceed(record, answer);
    if (!answer.failure) return Complain(record, "succeeded, but an error is expected");
    const Failure& failure = *answer.failure;
    if (!record.state.empty() && failure.state != record.state) {
      return Complain(
          record, "failed with " + FailureText(failure) + ", but " + record.state + " is expected");
    }
    if (record.pattern.empty()) return;
    if (!std::regex_search(failure.text, std::regex(record.pattern))) {
      Complain(record,
               "the message is: " + failure.text + "\n  but it should match: " + record.pattern);
    }
  }

  void RunQuery(const Record& record) {
    const Answer answer = engine_.Run(record.sql);
    if (!answer.failure && answer.columns != record.types.size()) {
      return Complain(record, "the answer has " + std::to_string(answer.columns) +
                                  " columns, but the types are " + record.types);
    }
    CompareAnswer(record, answer);
    if (const std::optional<std::string> broken = engine_.CheckLaw()) {
      Complain(record, "a view is not what its query returns:\n" + *broken);
    }
  }

  void CompareAnswer(const Record& record, const Answer& answer) {
    if (answer.failure) return MustSucceed(record, answer);
    if (record.separator == 0 && !options_.rewrite) return Complain(record, "no answer is given");
    const std::vector<std::string> lines = LinesOf(answer, record.sort);
    if (lines == record.expected) return;
    // Changes have no order of their own; each engine lists them in one.
    if (record.kind == Record::Kind::kChanges && Sorted(lines) == Sorted(record.expected)) return;
    if (options_.rewrite) {
      rewritten[record.path].emplace_back(record, lines);
      return;
    }
    Complain(record, "the answer differs\n  expected:\n" + Joined(record.expected) + "  actual:\n" +
                         Joined(lines));
  }

  const Script& script_;
  Engine& engine_;
  const RunnerOptions& options_;
  FileReport report_;
  bool lost_ = false;
};

}  // namespace

std::vector<std::string> LinesOf(const Answer& answer, Record::Sort sort) {
  std::vector<std::string> lines;
  for (const std::vector<std::string>& row : answer.rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (sort == Record::Sort::kValues) {
        lines.push_back(row[i]);
      } else {
        line += (i > 0 ? "\t" : "") + row[i];
      }
    }
    if (sort != Record::Sort::kValues) lines.push_back(line);
  }
  if (sort != Record::Sort::kNone) std::ranges::sort(lines);
  return lines;
}

FileReport RunFile(const std::string& path, const MakeEngine& make_engine,
                   const RunnerOptions& options) {
  const Script script = ReadScript(path);
  if (script.problem) return {.problems = {*script.problem}};
  const std::unique_ptr<Engine> engine = make_engine();
  FileRunner runner(script, *engine, options);
  FileReport report = runner.Run();
  for (const auto& [file, answers] : runner.rewritten) {
    const std::optional<std::vector<std::string>> lines = ReadLines(file);
    if (lines) std::ofstream(file) << WithAnswers(*lines, answers);
  }
  return report;
}

}  // namespace riverrun::slt
