// Calls of SQL functions with the answers PostgreSQL 15 gave, read from files beside the tests.
//
// A line is a call: the name of the function, its arguments each as TYPE:TEXT, '=>', and the
// result as PostgreSQL prints it, all separated by tabs. NULL is \N; a result may be an error,
// SQLSTATE: message. \n, \t and \\ are escapes. Lines that begin with '# ' are comments.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "executor/functions/function_registry.h"
#include "types/settings.h"
#include "types/value.h"

namespace riverrun::executor {

struct FunctionCase {
  int line = 0;
  std::string function;
  std::vector<Value> args;
  std::string expected;
};

/// Reads a file under tests/executor/functions/.
std::vector<FunctionCase> ReadCases(const std::string& file);

/// Evaluates a call as the planner would bind it: overload chosen, arguments cast. With
/// `constants` the arguments are constants of the query, else columns of a batch in which other
/// rows, which do not count, hold nulls. Returns the printed result, or "SQLSTATE: message".
std::string CallFunction(std::string_view function, const std::vector<Value>& args,
                         bool constants, const Settings& settings = {}, Micros now = 0);

/// Runs every case of a file in both forms.
void ExpectCases(const std::string& file);

/// The overloads that a file's cases call, as the text of their signatures.
std::set<std::string> CalledIn(const std::string& file);

}  // namespace riverrun::executor
