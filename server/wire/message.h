// What the server says: messages of PostgreSQL's protocol 3.0 as bytes. Every function appends one
// whole message to `out`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/session/client.h"
#include "server/session/session.h"
#include "types/column/batch.h"
#include "types/text/text_format.h"

namespace riverrun::server {

// Messages that say one thing and have no content.
enum class Plain : char {
  kParseComplete = '1',
  kBindComplete = '2',
  kCloseComplete = '3',
  kNoData = 'n',
  kPortalSuspended = 's',
  kEmptyQuery = 'I',
};
void AppendPlain(Plain message, std::string& out);

void AppendAuthenticationOk(std::string& out);
/// The newest minor version is 0: "3.0 is what is spoken here, and these options are unknown".
void AppendNegotiateVersion(std::span<const std::string> unknown_options, std::string& out);
void AppendParameterStatus(std::string_view name, std::string_view value, std::string& out);
void AppendBackendKey(int32_t process_id, uint32_t key, std::string& out);
void AppendReadyForQuery(TransactionStatus status, std::string& out);
/// ErrorResponse or NoticeResponse, by the severity.
void AppendReport(const Report& report, std::string& out);
void AppendCommandComplete(std::string_view tag, std::string& out);

/// `formats` has none (all text), one, or one a field; so it is with AppendDataRow.
void AppendRowDescription(std::span<const Field> fields, std::span<const Format> formats,
                          std::string& out);
void AppendParameterDescription(std::span<const Type> types, std::string& out);
/// One row of a batch; nothing is appended if it fails. Errors: 54000 if it is larger than a
/// message can be, 2202E for arrays that the binary format has no place for.
/// REQUIRES the formats are kText or kBinary, and that binary columns have a binary form.
Result<void> AppendDataRow(const Batch& batch, uint32_t row, std::span<const Format> formats,
                   TextWriter& writer, std::string& out);

}  // namespace riverrun::server
