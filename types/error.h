// How failures travel (docs/style.md, "Errors"). Three kinds, three forms:
//   the user's statement is wrong    throw SqlError     (parser and planner only)
//   the world refused (disk, broker) return Result<T>
//   we are wrong                     CHECK(condition)   (aborts; recovery is the journal)
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace riverrun {

/// Five-character SQLSTATE, as PostgreSQL's appendix A lists them.
using SqlState = std::array<char, 5>;

/// Makes an SqlState from a literal of exactly five characters: `State("22012")`.
constexpr SqlState State(const char (&code)[6]) {
  return {code[0], code[1], code[2], code[3], code[4]};
}

/// The codes this server raises, by who failed. Each comment says what the user should do.
namespace sqlstate {
// The statement: change it.
// rewrite; the text names what is missing
inline constexpr SqlState kFeatureNotSupported = State("0A000");
// the position points at the token
inline constexpr SqlState kSyntaxError = State("42601");
inline constexpr SqlState kUndefinedColumn = State("42703");       // the hint has the nearest name
inline constexpr SqlState kUndefinedTable = State("42P01");
// no such function or operator for these types
inline constexpr SqlState kUndefinedFunction = State("42883");
inline constexpr SqlState kUndefinedObject = State("42704");
inline constexpr SqlState kInvalidSchemaName = State("3F000");
inline constexpr SqlState kAmbiguousColumn = State("42702");       // qualify the name
inline constexpr SqlState kAmbiguousFunction = State("42725");     // add a cast
inline constexpr SqlState kDuplicateTable = State("42P07");
inline constexpr SqlState kDuplicateColumn = State("42701");
inline constexpr SqlState kDuplicateObject = State("42710");
inline constexpr SqlState kDatatypeMismatch = State("42804");
inline constexpr SqlState kCannotCoerce = State("42846");
inline constexpr SqlState kGroupingError = State("42803");
inline constexpr SqlState kInvalidName = State("42602");
inline constexpr SqlState kWrongObjectType = State("42809");
inline constexpr SqlState kInvalidTableDefinition = State("42P16");
inline constexpr SqlState kStatementTooComplex = State("54001");
inline constexpr SqlState kTooManyColumns = State("54011");
inline constexpr SqlState kProgramLimitExceeded = State("54000");
inline constexpr SqlState kInvalidParameterValue = State("22023");
inline constexpr SqlState kInsufficientPrivilege = State("42501");  // ask the owner
inline constexpr SqlState kDuplicateSchema = State("42P06");
inline constexpr SqlState kUndefinedParameter = State("42P02");
inline constexpr SqlState kIndeterminateDatatype = State("42P18");   // add a cast
inline constexpr SqlState kInvalidColumnReference = State("42P10");
inline constexpr SqlState kDuplicateAlias = State("42712");
inline constexpr SqlState kReservedName = State("42939");
inline constexpr SqlState kInvalidRowCountInLimit = State("2201W");
inline constexpr SqlState kInvalidRowCountInOffset = State("2201X");
inline constexpr SqlState kGeneratedAlways = State("428C9");
inline constexpr SqlState kDependentObjectsStillExist = State("2BP01");  // DROP ... CASCADE
// A value: change it, or read it from NAME_errors.
inline constexpr SqlState kStringDataRightTruncation = State("22001");
inline constexpr SqlState kNumericValueOutOfRange = State("22003");
inline constexpr SqlState kInvalidDatetimeFormat = State("22007");
inline constexpr SqlState kDatetimeFieldOverflow = State("22008");
inline constexpr SqlState kInvalidTimeZoneDisplacement = State("22009");
inline constexpr SqlState kSubstringError = State("22011");
inline constexpr SqlState kDivisionByZero = State("22012");
inline constexpr SqlState kIntervalFieldOverflow = State("22015");
inline constexpr SqlState kInvalidArgumentForLogarithm = State("2201E");
inline constexpr SqlState kInvalidArgumentForPower = State("2201F");
inline constexpr SqlState kCharacterNotInRepertoire = State("22021");
inline constexpr SqlState kInvalidEscapeSequence = State("22025");
inline constexpr SqlState kArraySubscriptError = State("2202E");
inline constexpr SqlState kInvalidRegularExpression = State("2201B");
inline constexpr SqlState kInvalidTextRepresentation = State("22P02");
inline constexpr SqlState kInvalidBinaryRepresentation = State("22P03");
inline constexpr SqlState kUntranslatableCharacter = State("22P05");
inline constexpr SqlState kInvalidJsonText = State("22032");
// Constraints and transactions.
inline constexpr SqlState kNotNullViolation = State("23502");
inline constexpr SqlState kUniqueViolation = State("23505");
inline constexpr SqlState kSerializationFailure = State("40001");  // run the transaction again
inline constexpr SqlState kObjectNotInPrerequisiteState = State("55000");
// The world: wait, make room, or ask the operator.
inline constexpr SqlState kConnectionFailure = State("08001");
inline constexpr SqlState kDiskFull = State("53100");
inline constexpr SqlState kOutOfMemory = State("53200");
inline constexpr SqlState kConfigurationLimitExceeded = State("53400");
inline constexpr SqlState kQueryCanceled = State("57014");
inline constexpr SqlState kAdminShutdown = State("57P01");
inline constexpr SqlState kIoError = State("58030");
// refuse; the text names the file and the remedy
inline constexpr SqlState kDataCorrupted = State("XX001");
inline constexpr SqlState kInternalError = State("XX000");         // a bug of ours
}  // namespace sqlstate

/// What went wrong, as a value. The text names the thing at fault; it is one sentence without a
/// full stop, as PostgreSQL writes them.
struct Error {
  SqlState sqlstate = sqlstate::kInternalError;
  std::string text;
  std::string detail = {};  // a sentence with the values at fault; empty means none
  std::string hint = {};    // a sentence that says what to do; empty means none

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// Makes the failed half of a Result: `return Fail(sqlstate::kIoError, "cannot open " + path);`
inline std::unexpected<Error> Fail(SqlState sqlstate, std::string text) {
  return std::unexpected(Error{sqlstate, std::move(text), {}, {}});
}

/// "22012: division by zero", for logs and test failures.
std::string ToString(const Error& error);

/// The user's statement is wrong. Thrown by parser and planner, caught by the session.
class SqlError : public std::exception {
 public:
  SqlError(SqlState sqlstate, std::string text) : error{sqlstate, std::move(text)} {}
  SqlError(SqlState sqlstate, std::string text, uint32_t at)
      : error{sqlstate, std::move(text)}, position(at) {}

  SqlError&& WithHint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
  }
  SqlError&& WithDetail(std::string text) && {
    detail = std::move(text);
    return std::move(*this);
  }
  const char* what() const noexcept override { return error.text.c_str(); }

  Error error;
  std::optional<uint32_t> position;  // byte offset into the statement's text, from 0
  std::string detail;                // empty means none
  std::string hint;                  // empty means none
};

/// Prints and aborts; the target of CHECK.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              std::string_view why);

}  // namespace riverrun

/// A broken invariant of ours ends the process: `CHECK(rows <= kBatchRowsMax, "batch too long");`
#define CHECK(condition, ...)                                                              \
  do {                                                                                     \
    if (!(condition)) [[unlikely]]                                                         \
      ::riverrun::CheckFailed(__FILE__, __LINE__, #condition,                              \
                              ::std::string_view{__VA_ARGS__});                            \
  } while (false)
