#include "tests/slt/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "types/error.h"

namespace riverrun::slt {
namespace {

constexpr int kStartMillis = 30'000;
constexpr int kStopMillis = 10'000;
constexpr int kAccountMillis = 200;
constexpr int kLookMillis = 5;
constexpr size_t kLogShown = 4'000;  // bytes

// In the child: becomes the server. What the kernel refuses shows as exit code 127.
[[noreturn]] void Become(std::vector<std::string> words, int output, const std::string& log) {
  // The server must not outlive a runner that crashes.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

// The first line of a pipe; what came so far if it ends or time runs out.
std::string ReadFirstLine(int file) {
  std::string line;
  char c = 0;
  while (!line.ends_with('\n')) {
    pollfd ready = {file, POLLIN, 0};
    if (poll(&ready, 1, kStartMillis) <= 0 || read(file, &c, 1) != 1) break;
    line += c;
  }
  return line;
}

// The number after " -p "; 0 if there is none.
int PortOf(const std::string& line) {
  const size_t at = line.find(" -p ");
  int port = 0;
  if (line.starts_with("ready: ") && at != std::string::npos) {
    std::from_chars(line.data() + at + 4, line.data() + line.size(), port);
  }
  return port;
}

}  // namespace

ServerProcess::ServerProcess(std::string binary) : binary_(std::move(binary)) {
  std::string name = std::filesystem::temp_directory_path() / "riverrun-slt-XXXXXX";
  CHECK(mkdtemp(name.data()) != nullptr, "no temporary directory can be made");
  directory_ = name;
}

ServerProcess::~ServerProcess() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::optional<std::string> ServerProcess::Start(int workers) {
  std::array<int, 2> pipe_ends = {};
  CHECK(pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "no pipe can be made");
  process_ = fork();
  CHECK(process_ >= 0, "no process can be made");
  if (process_ == 0) {
    Become({binary_, "serve", "--data-dir", directory_ + "/data", "--pg-port", "0", "--workers",
            std::to_string(workers), "--log-level", "warning"},
           pipe_ends[1], directory_ + "/log");
  }
  close(pipe_ends[1]);
  const std::string line = ReadFirstLine(pipe_ends[0]);
  close(pipe_ends[0]);
  port_ = PortOf(line);
  if (port_ != 0) return std::nullopt;
  std::string account = Account();
  Kill();
  return "the server " + binary_ + " did not start: " + account;
}

void ServerProcess::Kill() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::optional<std::string> ServerProcess::Stop() {
  if (process_ < 0) return std::nullopt;
  kill(process_, SIGTERM);
  if (WaitForEnd(kStopMillis) && WIFEXITED(status_) && WEXITSTATUS(status_) == 0) {
    return std::nullopt;
  }
  return "after SIGTERM: " + Account();
}

// True if it has ended, in time; status_ then says how.
bool ServerProcess::WaitForEnd(int millis) {
  for (int waited = 0;; waited += kLookMillis) {
    if (process_ < 0) return true;
    if (waitpid(process_, &status_, WNOHANG) == process_) {
      process_ = -1;
      return true;
    }
    if (waited >= millis) return false;
    usleep(kLookMillis * 1000);
  }
}

std::string ServerProcess::Account() {
  // One that has just ended needs a moment to be seen as ended.
  if (!WaitForEnd(kAccountMillis)) return "it is running; its log:\n" + Log();
  const std::string how = WIFSIGNALED(status_)
                              ? "by signal " + std::to_string(WTERMSIG(status_))
                              : "with exit code " + std::to_string(WEXITSTATUS(status_));
  return "it ended " + how + "; its log:\n" + Log();
}

std::string ServerProcess::Log() const {
  std::ifstream file(directory_ + "/log", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return text.size() <= kLogShown ? text : text.substr(text.size() - kLogShown);
}

}  // namespace riverrun::slt
