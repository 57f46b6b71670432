#include "server/wire/conversation.h"

#include <algorithm>

#include "server/wire/binary_value.h"

namespace riverrun::server {
namespace {

constexpr size_t kFlushBytes = 16 << 10;
// A buffer that had to hold a large row is not kept.
constexpr size_t kBufferKeptMax = 1 << 20;

constexpr std::string_view kExtendedTypes = "PBDECH";

std::unexpected<Report> Failed(SqlState state, std::string text) {
  return std::unexpected(Report{.error = {state, std::move(text)}});
}

std::vector<Format> Formats(std::span<const int16_t> codes) {
  std::vector<Format> formats;
  formats.reserve(codes.size());
  for (const int16_t code : codes) formats.push_back(static_cast<Format>(code));
  return formats;
}

// The first code that is neither text nor binary.
std::optional<int16_t> UnknownFormat(std::span<const Format> formats) {
  for (const Format format : formats) {
    if (format != Format::kText && format != Format::kBinary) return static_cast<int16_t>(format);
  }
  return std::nullopt;
}

std::unexpected<Report> UnsupportedFormat(int16_t code) {
  return Failed(sqlstate::kInvalidParameterValue,
                "unsupported format code: " + std::to_string(code));
}

}  // namespace

// Writes what the session answers. A row that cannot be sent silences what follows it, and is the
// statement's error.
class Conversation::Answers final : public Client {
 public:
  Answers(Conversation& conversation, std::vector<Format> formats)
      : conversation_(conversation), out_(conversation.buffer_), formats_(std::move(formats)) {}

  void Describe(const std::vector<Field>& fields) override {
    if (!failure_) AppendRowDescription(fields, formats_, out_);
  }
  void Rows(const Batch& rows, TextWriter& writer) override {
    ForEachRow(rows.rows, rows.selection, [&](uint32_t row) {
      for (Weight times = rows.WeightOf(row); times > 0 && !failure_; --times) {
        const Result<void> appended = AppendDataRow(rows, row, formats_, writer, out_);
        if (!appended) failure_ = appended.error();
        conversation_.FlushIfLarge();
      }
    });
  }
  void Complete(std::string_view tag) override {
    if (!failure_) AppendCommandComplete(tag, out_);
    conversation_.FlushIfLarge();
  }
  void Suspended() override {
    if (!failure_) AppendPlain(Plain::kPortalSuspended, out_);
  }
  void EmptyQuery() override { AppendPlain(Plain::kEmptyQuery, out_); }
  void Tell(const Report& report) override {
    if (!failure_ || report.severity < Severity::kError) conversation_.Tell(report);
  }
  void Setting(std::string_view name, std::string_view value) override {
    AppendParameterStatus(name, value, out_);
  }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  Conversation& conversation_;
  std::string& out_;
  const std::vector<Format> formats_;
  std::optional<Error> failure_;
};

Conversation::Conversation(Session& session, Output& output)
    : session_(session), output_(output) {}

void Conversation::Greet(int32_t process_id, uint32_t cancel_key) {
  for (const auto& [name, value] : session_.ReportedSettings()) {
    AppendParameterStatus(name, value, buffer_);
  }
  AppendBackendKey(process_id, cancel_key, buffer_);
  Ready();
}

void Conversation::Handle(std::string_view frame, char next) {
  constexpr size_t kHeadBytes = 5;
  if (ended_) return;
  const char type = frame.front();
  const bool extended = kExtendedTypes.find(type) != std::string_view::npos;
  if (skipping_ && type != 'S' && type != 'X') return;
  if (type == 'S') skipping_ = false;
  sync_follows_ = next == 'S';
  const Result<FrontendMessage> message = DecodeMessage(type, frame.substr(kHeadBytes));
  if (message) {
    std::visit([this](const auto& one) { Run(one); }, *message);
  } else {
    Refuse(message.error(), extended);
  }
}

void Conversation::End(Error error) {
  if (ended_) return;
  AppendReport({.severity = Severity::kFatal, .error = std::move(error)}, buffer_);
  Flush();
  ended_ = true;
}

void Conversation::Run(const QueryMessage& message) {
  Answers answers(*this, {});
  session_.RunSimple(message.text, answers);
  if (answers.failure()) {
    Refuse(*answers.failure(), false);
  } else {
    Ready();
  }
}

void Conversation::Run(const SyncMessage&) {
  Answers answers(*this, {});
  if (const Outcome outcome = session_.Sync(answers); !outcome) Tell(outcome.error());
  Ready();
}

void Conversation::Run(const FlushMessage&) { Flush(); }

void Conversation::Run(const TerminateMessage&) { ended_ = true; }

void Conversation::Run(const FunctionCallMessage&) {
  Refuse({sqlstate::kFeatureNotSupported, "function calls of the protocol are not supported"},
         false);
}

// What a client still sends of a COPY that has failed already.
void Conversation::Run(const CopyMessage&) {}

void Conversation::Run(const ParseMessage& message) {
  const Outcome outcome = session_.Parse(std::string(message.statement), std::string(message.text),
                                         message.types);
  if (outcome) AppendPlain(Plain::kParseComplete, buffer_);
  Conclude(outcome);
}

void Conversation::Run(const BindMessage& message) {
  const Outcome outcome = Bind(message);
  if (outcome) AppendPlain(Plain::kBindComplete, buffer_);
  Conclude(outcome);
}

void Conversation::Run(const DescribeMessage& message) { Conclude(Describe(message)); }

void Conversation::Run(const CloseMessage& message) {
  if (message.target == Target::kStatement) {
    session_.CloseStatement(std::string(message.name));
  } else {
    session_.ClosePortal(std::string(message.name));
  }
  AppendPlain(Plain::kCloseComplete, buffer_);
  Conclude({});
}

void Conversation::Run(const ExecuteMessage& message) { Conclude(Execute(message)); }

Session::Outcome Conversation::Bind(const BindMessage& message) {
  const std::vector<Format> parameter_formats = Formats(message.parameter_formats);
  if (const auto code = UnknownFormat(parameter_formats)) {
    session_.FailTransaction();
    return UnsupportedFormat(*code);
  }
  std::vector<ParameterValue> values;
  values.reserve(message.values.size());
  for (const auto& value : message.values) {
    values.push_back(value ? ParameterValue(*value) : std::nullopt);
  }
  return session_.Bind(std::string(message.portal), std::string(message.statement), values,
                       parameter_formats, Formats(message.result_formats));
}

Session::Outcome Conversation::Describe(const DescribeMessage& message) {
  const std::string name(message.name);
  const bool portal = message.target == Target::kPortal;
  const auto description =
      portal ? session_.DescribePortal(name) : session_.DescribeStatement(name);
  if (!description) return std::unexpected(description.error());
  if (!portal) AppendParameterDescription(description->parameters, buffer_);
  if (!description->fields) {
    AppendPlain(Plain::kNoData, buffer_);
  } else if (portal) {
    AppendRowDescription(*description->fields, session_.ResultFormats(name), buffer_);
  } else {
    AppendRowDescription(*description->fields, {}, buffer_);
  }
  return {};
}

Session::Outcome Conversation::CheckFormats(const std::string& portal) {
  const std::span<const Format> formats = session_.ResultFormats(portal);
  if (const auto code = UnknownFormat(formats)) return UnsupportedFormat(*code);
  if (std::ranges::find(formats, Format::kBinary) == formats.end()) return {};
  const auto description = session_.DescribePortal(portal);
  if (!description) return std::unexpected(description.error());
  if (!description->fields) return {};
  for (size_t i = 0; i < description->fields->size(); ++i) {
    const Type& type = (*description->fields)[i].type;
    if (FormatOf(formats, i) == Format::kBinary && !HasBinary(type)) {
      return Failed(sqlstate::kFeatureNotSupported,
                    "values of type " + TypeName(type) + " have no binary format");
    }
  }
  return {};
}

Session::Outcome Conversation::Execute(const ExecuteMessage& message) {
  const std::string portal(message.portal);
  if (const Outcome known = CheckFormats(portal); !known) {
    session_.FailTransaction();
    return known;
  }
  // A copy: the portal may end with its transaction.
  const std::span<const Format> formats = session_.ResultFormats(portal);
  Answers answers(*this, {formats.begin(), formats.end()});
  const Outcome outcome = session_.Execute(portal, message.rows_max, sync_follows_, answers);
  if (!outcome || !answers.failure()) return outcome;
  session_.FailTransaction();
  return std::unexpected(Report{.error = *answers.failure()});
}

void Conversation::Refuse(Error error, bool extended) {
  session_.FailTransaction();
  Tell({.severity = Severity::kError, .error = std::move(error)});
  if (extended) {
    skipping_ = true;
  } else {
    Ready();
  }
}

void Conversation::Conclude(const Outcome& outcome) {
  if (!outcome) {
    Tell(outcome.error());
    skipping_ = true;
  }
  FlushIfLarge();
}

void Conversation::Tell(const Report& report) {
  if (ended_) return;
  if (report.severity == Severity::kFatal) return End(report.error);
  // Whatever failed, it did because the server stops.
  if (report.severity == Severity::kError && output_.stopping()) return End(ShutdownError());
  AppendReport(report, buffer_);
}

void Conversation::Ready() {
  if (ended_) return;
  AppendReadyForQuery(session_.status(), buffer_);
  Flush();
}

void Conversation::Flush() {
  // Nothing follows a fatal error, though its statement may still have something to say.
  if (!ended_ && !buffer_.empty()) output_.Send(buffer_);
  buffer_.clear();
  if (buffer_.capacity() > kBufferKeptMax) buffer_ = {};
}

void Conversation::FlushIfLarge() {
  if (buffer_.size() >= kFlushBytes) Flush();
}

}  // namespace riverrun::server
