#include "server/wire/message.h"

#include "server/wire/big_endian.h"
#include "server/wire/binary_value.h"

namespace riverrun::server {
namespace {

constexpr size_t kMessageBytesMax = (size_t{1} << 30) - 1;

// Texts end with NUL, so what stands behind a NUL cannot be said.
void AppendText(std::string_view text, std::string& out) {
  out.append(text.substr(0, text.find('\0')));
  out.push_back('\0');
}

// A message while it is made: the length is filled in at the end.
class Message {
 public:
  Message(char type, std::string& out) : out_(out), begin_(out.size()) {
    out_.push_back(type);
    out_.append(4, '\0');
  }
  void End() { PutInt32(static_cast<int32_t>(bytes() - 1), begin_ + 1, out_); }
  void Discard() { out_.resize(begin_); }
  size_t bytes() const { return out_.size() - begin_; }

 private:
  std::string& out_;
  const size_t begin_;
};

std::string_view SeverityWord(Severity severity) {
  switch (severity) {
    case Severity::kDebug: return "DEBUG";
    case Severity::kLog: return "LOG";
    case Severity::kInfo: return "INFO";
    case Severity::kNotice: return "NOTICE";
    case Severity::kWarning: return "WARNING";
    case Severity::kError: return "ERROR";
    case Severity::kFatal: return "FATAL";
  }
  return "FATAL";
}

void AppendField(char code, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out.push_back(code);
  AppendText(text, out);
}

// pg_type.typlen: bytes of a value as PostgreSQL stores it; -1 for those of varying length.
int16_t TypeLength(uint32_t type) {
  switch (type) {
    case oid::kBool: return 1;
    case oid::kInt2: return 2;
    case oid::kInt4:
    case oid::kFloat4:
    case oid::kDate:
    case oid::kOid:
    case oid::kRegproc:
    case oid::kRegclass:
    case oid::kRegtype: return 4;
    case oid::kInt8:
    case oid::kFloat8:
    case oid::kTime:
    case oid::kTimestamp:
    case oid::kTimestampTz: return 8;
    case oid::kTimeTz: return 12;
    case oid::kInterval:
    case oid::kUuid: return 16;
    case oid::kName: return 64;
    default: return -1;
  }
}

// False if the value has no binary form.
bool AppendValue(const Column& column, uint32_t row, Format format, TextWriter& writer,
                 std::string& out) {
  if (column.IsNull(row)) {
    AppendInt32(-1, out);
    return true;
  }
  const size_t at = out.size();
  out.append(4, '\0');
  if (format == Format::kText) {
    writer.Append(column, row, out);
  } else if (!AppendBinary(column, row, out)) {
    return false;
  }
  PutInt32(static_cast<int32_t>(out.size() - at - 4), at, out);
  return true;
}

}  // namespace

void AppendPlain(Plain message, std::string& out) {
  Message(static_cast<char>(message), out).End();
}

void AppendAuthenticationOk(std::string& out) {
  Message message('R', out);
  AppendInt32(0, out);
  message.End();
}

void AppendNegotiateVersion(std::span<const std::string> unknown_options, std::string& out) {
  constexpr int32_t kNewest = 3 << 16;
  Message message('v', out);
  AppendInt32(kNewest, out);
  AppendInt32(static_cast<int32_t>(unknown_options.size()), out);
  for (const std::string& name : unknown_options) AppendText(name, out);
  message.End();
}

void AppendParameterStatus(std::string_view name, std::string_view value, std::string& out) {
  Message message('S', out);
  AppendText(name, out);
  AppendText(value, out);
  message.End();
}

void AppendBackendKey(int32_t process_id, uint32_t key, std::string& out) {
  Message message('K', out);
  AppendInt32(process_id, out);
  AppendInt32(static_cast<int32_t>(key), out);
  message.End();
}

void AppendReadyForQuery(TransactionStatus status, std::string& out) {
  Message message('Z', out);
  out.push_back(static_cast<char>(status));
  message.End();
}

void AppendReport(const Report& report, std::string& out) {
  Message message(report.severity >= Severity::kError ? 'E' : 'N', out);
  const std::string_view severity = SeverityWord(report.severity);
  const Error& error = report.error;
  AppendField('S', severity, out);
  AppendField('V', severity, out);
  AppendField('C', {error.sqlstate.data(), error.sqlstate.size()}, out);
  AppendField('M', error.text.empty() ? std::string_view("missing error text") : error.text, out);
  AppendField('D', error.detail, out);
  AppendField('H', error.hint, out);
  if (report.position) AppendField('P', std::to_string(*report.position), out);
  out.push_back('\0');
  message.End();
}

void AppendCommandComplete(std::string_view tag, std::string& out) {
  Message message('C', out);
  AppendText(tag, out);
  message.End();
}

void AppendRowDescription(std::span<const Field> fields, std::span<const Format> formats,
                          std::string& out) {
  Message message('T', out);
  AppendInt16(static_cast<int16_t>(fields.size()), out);
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    AppendText(field.name, out);
    AppendInt32(static_cast<int32_t>(field.table.value), out);
    AppendInt16(field.column, out);
    AppendInt32(static_cast<int32_t>(WireOid(field.type)), out);
    AppendInt16(TypeLength(field.type.oid), out);
    AppendInt32(field.type.typmod, out);
    AppendInt16(static_cast<int16_t>(FormatOf(formats, i)), out);
  }
  message.End();
}

void AppendParameterDescription(std::span<const Type> types, std::string& out) {
  Message message('t', out);
  AppendInt16(static_cast<int16_t>(types.size()), out);
  for (const Type& type : types) AppendInt32(static_cast<int32_t>(WireOid(type)), out);
  message.End();
}

Result<void> AppendDataRow(const Batch& batch, uint32_t row, std::span<const Format> formats,
                           TextWriter& writer, std::string& out) {
  Message message('D', out);
  AppendInt16(static_cast<int16_t>(batch.columns.size()), out);
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (!AppendValue(batch.columns[i], row, FormatOf(formats, i), writer, out)) {
      message.Discard();
      return Fail(sqlstate::kArraySubscriptError,
                  "multidimensional arrays must have sub-arrays with matching dimensions");
    }
    if (message.bytes() > kMessageBytesMax) {
      message.Discard();
      return Fail(sqlstate::kProgramLimitExceeded, "a row of the result is larger than 1 GB");
    }
  }
  message.End();
  return {};
}

}  // namespace riverrun::server
