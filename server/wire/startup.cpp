#include "server/wire/startup.h"

#include <algorithm>
#include <array>

namespace riverrun::server {
namespace {

constexpr size_t kHeadBytes = 8;  // length and code
constexpr uint32_t kCancelCode = 80877102;
constexpr uint32_t kTlsCode = 80877103;
constexpr uint32_t kGssCode = 80877104;
constexpr size_t kNameMax = 63;

using NamedValues = std::vector<std::pair<std::string, std::string>>;

std::unexpected<StartupFailure> Refuse(SqlState state, std::string text) {
  return std::unexpected(StartupFailure{.error = {state, std::move(text)}});
}

// Names are cut where a character ends.
std::string Name(std::string_view text) {
  size_t size = std::min(text.size(), kNameMax);
  while (size < text.size() && size > 0 && (static_cast<uint8_t>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return std::string(text.substr(0, size));
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Words between spaces; a backslash takes the character behind it as it is.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    if (IsSpace(text[at])) {
      ++at;
      continue;
    }
    std::string& word = words.emplace_back();
    for (; at < text.size() && !IsSpace(text[at]); ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      word.push_back(text[at]);
    }
  }
  return words;
}

// Whether a boolean parameter says no; anything but the usual words says yes.
bool SaysNo(std::string_view value) {
  static constexpr std::array<std::string_view, 4> kWords = {"false", "off", "no", "0"};
  std::string lower(value);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  });
  return std::ranges::find(kWords, lower) != kWords.end();
}

// The parameters of a session, before what they mean is looked at.
Result<NamedValues> ReadParameters(FieldReader reader) {
  NamedValues parameters;
  while (!reader.rest().empty() && reader.rest().front() != '\0') {
    const std::string_view name = reader.Text();
    const std::string_view value = reader.Text();
    if (!reader.failed()) parameters.emplace_back(name, value);
  }
  if (reader.failed() || reader.rest().size() != 1) {
    return Fail(State("08P01"),
                "invalid startup packet layout: expected terminator as last byte");
  }
  return parameters;
}

std::expected<StartupRequest, StartupFailure> DecodeSession(uint32_t version,
                                                            FieldReader reader) {
  const uint32_t major = version >> 16, minor = version & 0xffff;
  if (major == 2) return std::unexpected(StartupFailure{.error = {}, .silent = true});
  if (major != 3) {
    return Refuse(sqlstate::kFeatureNotSupported,
                  "unsupported frontend protocol " + std::to_string(major) + "." +
                      std::to_string(minor) + ": server supports 3.0 to 3.0");
  }
  const Result<NamedValues> parameters = ReadParameters(reader);
  if (!parameters) return std::unexpected(StartupFailure{.error = parameters.error()});
  SessionRequest request;
  request.options.user.clear();
  request.options.database.clear();
  NamedValues settings;
  for (const auto& [name, value] : *parameters) {
    if (name == "user") {
      request.options.user = Name(value);
    } else if (name == "database") {
      request.options.database = Name(value);
    } else if (name == "options") {
      auto words = ParseStartupOptions(value);
      if (!words) return std::unexpected(StartupFailure{.error = words.error()});
      request.options.settings = *std::move(words);
    } else if (name == "replication") {
      if (SaysNo(value)) continue;
      return Refuse(sqlstate::kFeatureNotSupported, "replication connections are not supported");
    } else if (name.starts_with("_pq_.")) {
      request.unknown_options.push_back(name);
    } else {
      settings.emplace_back(name, value);
    }
  }
  request.negotiate = minor > 0 || !request.unknown_options.empty();
  if (request.options.user.empty()) {
    return std::unexpected(StartupFailure{
        .error = {State("28000"), "no PostgreSQL user name specified in startup packet"},
        .negotiate = request.negotiate,
        .unknown_options = std::move(request.unknown_options)});
  }
  if (request.options.database.empty()) request.options.database = request.options.user;
  // A setting of its own comes after, and so counts more than, one among the options.
  std::ranges::move(settings, std::back_inserter(request.options.settings));
  return request;
}

}  // namespace

FrameHead ExamineStartup(std::string_view bytes) {
  if (bytes.size() < 4) return {};
  const size_t length = FieldReader(bytes).Int32();
  if (length < kHeadBytes || length > kStartupBytesMax) return {FrameState::kBadLength, 0};
  return {bytes.size() < length ? FrameState::kIncomplete : FrameState::kComplete, length};
}

std::expected<StartupRequest, StartupFailure> DecodeStartup(std::string_view packet) {
  FieldReader reader(packet);
  reader.Int32();
  const uint32_t code = reader.Int32();
  switch (code) {
    case kTlsCode:
      if (reader.rest().empty()) return EncryptionRequest{EncryptionRequest::Kind::kTls};
      break;
    case kGssCode:
      if (reader.rest().empty()) return EncryptionRequest{EncryptionRequest::Kind::kGss};
      break;
    case kCancelCode: {
      const auto process_id = static_cast<int32_t>(reader.Int32());
      const uint32_t key = reader.Int32();
      if (!reader.End()) return std::unexpected(StartupFailure{.error = {}, .silent = true});
      return CancelRequest{process_id, key};
    }
    default: break;
  }
  return DecodeSession(code, reader);
}

Result<NamedValues> ParseStartupOptions(std::string_view text) {
  const auto refuse = [](const std::string& word) {
    return Fail(sqlstate::kSyntaxError,
                "invalid command-line argument for server process: " + word);
  };
  const std::vector<std::string> words = Words(text);
  NamedValues settings;
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view word = words[i];
    if (word == "-c" || word == "--") {
      if (word == "--" || i + 1 == words.size()) return refuse(words[i]);
      word = words[++i];
    } else if (word.starts_with("-c") || word.starts_with("--")) {
      word.remove_prefix(2);
    } else {
      return refuse(words[i]);
    }
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Fail(sqlstate::kSyntaxError, "-c " + std::string(word) + " requires a value");
    }
    std::string name(word.substr(0, equals));
    std::ranges::replace(name, '-', '_');
    settings.emplace_back(std::move(name), word.substr(equals + 1));
  }
  return settings;
}

}  // namespace riverrun::server
