#include "types/error.h"

#include <cstdio>
#include <cstdlib>

namespace riverrun {

std::string ToString(const Error& error) {
  return std::string(error.sqlstate.begin(), error.sqlstate.end()) + ": " + error.text;
}

void CheckFailed(const char* file, int line, const char* condition, std::string_view why) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed: %.*s\n", file, line, condition,
               static_cast<int>(why.size()), why.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace riverrun
