// SET, SHOW and RESET: the table of settings, and how transactions take changes back.
#include "server/session/session_settings.h"

#include <gmock/gmock.h>

#include "server/session/settings_table.h"
#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

std::string Shown(SessionSettings& settings, const char* name, const char* value) {
  if (const auto set = settings.Set(name, value, false); !set) {
    return std::string(set.error().sqlstate.data(), 5);
  }
  return *settings.Show(name);
}

TEST(SessionSettingsTest, ValuesAreShownInOneForm) {
  SessionSettings settings;
  EXPECT_EQ(Shown(settings, "timezone", "europe/rome"), "Europe/Rome");
  EXPECT_EQ(Shown(settings, "TimeZone", "Mars/Base"), "22023");
  EXPECT_EQ(Shown(settings, "datestyle", "German"), "German, DMY");
  EXPECT_EQ(Shown(settings, "DateStyle", "ISO, YMD"), "ISO, YMD");
  EXPECT_EQ(Shown(settings, "intervalstyle", "ISO_8601"), "iso_8601");
  EXPECT_EQ(Shown(settings, "bytea_output", "octal"), "22023");
  EXPECT_EQ(Shown(settings, "extra_float_digits", "3"), "3");
  EXPECT_EQ(Shown(settings, "extra_float_digits", "4"), "22023");
  EXPECT_EQ(Shown(settings, "client_encoding", "'utf-8'"), "UTF8");
  EXPECT_EQ(Shown(settings, "client_encoding", "unicode"), "UTF8");
  EXPECT_EQ(Shown(settings, "client_encoding", "LATIN1"), "22023");
  EXPECT_EQ(Shown(settings, "standard_conforming_strings", "off"), "22023");
  EXPECT_EQ(Shown(settings, "synchronous_commit", "0"), "off");
  EXPECT_FALSE(settings.synchronous_commit());
  EXPECT_EQ(Shown(settings, "application_name", "a\tb"), "a?b");
  EXPECT_EQ(Shown(settings, "default_transaction_isolation", "SERIALIZABLE"), "0A000");
  EXPECT_EQ(Shown(settings, "server_version", "16"), "55P02");
  EXPECT_EQ(Shown(settings, "no_such_thing", "1"), "42704");
  EXPECT_EQ(Shown(settings, "my.own", "1"), "1");
}

TEST(SessionSettingsTest, TimesHaveUnits) {
  SessionSettings settings;
  EXPECT_EQ(Shown(settings, "statement_timeout", "5000"), "5s");
  EXPECT_EQ(settings.statement_timeout_ms(), 5000);
  EXPECT_EQ(Shown(settings, "statement_timeout", "1500ms"), "1500ms");
  EXPECT_EQ(Shown(settings, "statement_timeout", "2 min"), "2min");
  EXPECT_EQ(settings.statement_timeout_ms(), 120'000);
  EXPECT_EQ(Shown(settings, "statement_timeout", "1.5s"), "1500ms");
  EXPECT_EQ(Shown(settings, "statement_timeout", "0"), "0");
  EXPECT_EQ(Shown(settings, "statement_timeout", "5 parsecs"), "22023");
  EXPECT_EQ(Shown(settings, "statement_timeout", "-1"), "22023");
  EXPECT_EQ(Shown(settings, "transaction_max_bytes", "64kB"), "65536");
}

TEST(SessionSettingsTest, NamesAreSortedAndFoundInAnyCase) {
  const auto definitions = SettingDefinitions();
  for (size_t i = 1; i < definitions.size(); ++i) {
    EXPECT_LT(strcasecmp(definitions[i - 1].name.data(), definitions[i].name.data()), 0)
        << definitions[i].name;
  }
  ASSERT_NE(FindSetting("TIMEZONE"), nullptr);
  EXPECT_EQ(FindSetting("TIMEZONE")->name, "TimeZone");
  EXPECT_EQ(FindSetting("timezone2"), nullptr);
}

using SessionSetTest = SessionTest;

TEST_F(SessionSetTest, StartTellsWhatClientsFollow) {
  auto session = Connect({.settings = {{"application_name", "probe"}, {"TimeZone", "UTC"}}});
  std::string names;
  for (const auto& [name, value] : session->session->ReportedSettings()) {
    names += name + "=" + value + "\n";
  }
  EXPECT_EQ(names,
            "application_name=probe\nclient_encoding=UTF8\nDateStyle=ISO, MDY\n"
            "default_transaction_read_only=off\nin_hot_standby=off\ninteger_datetimes=on\n"
            "IntervalStyle=postgres\nis_superuser=on\nserver_encoding=UTF8\n"
            "server_version=15.0 (Riverrun 0.1)\nsession_authorization=riverrun\n"
            "standard_conforming_strings=on\nTimeZone=UTC\n");
  EXPECT_EQ(session->Run("SELECT 1 AS a"), "(a) | 1 | SELECT 1");
}

TEST_F(SessionSetTest, BadStartsAreFatal) {
  const auto fails = [this](SessionOptions options) {
    const auto started = Session::Start(*engine_, std::move(options));
    return started ? "started" : Transcript::TextOf(started.error());
  };
  EXPECT_EQ(fails({.user = "nobody"}), "FATAL 28000 role \"nobody\" does not exist");
  EXPECT_EQ(fails({.database = "x"}), "FATAL 3D000 database \"x\" does not exist");
  EXPECT_EQ(fails({.settings = {{"nosuch", "1"}}}),
            "FATAL 42704 unrecognized configuration parameter \"nosuch\"");
  EXPECT_EQ(fails({.settings = {{"client_encoding", "klingon"}}}),
            "FATAL 22023 invalid value for parameter \"client_encoding\": \"klingon\"");
}

TEST_F(SessionSetTest, ResetGoesBackToTheStart) {
  auto session = Connect({.settings = {{"TimeZone", "Europe/Rome"}}});
  EXPECT_EQ(session->Run("SET TIME ZONE 'Asia/Tokyo'"), "SET | TimeZone := Asia/Tokyo");
  EXPECT_EQ(session->Run("SET search_path = public, \"A b\"; SET my.own = 'x'"), "SET | SET");
  EXPECT_EQ(session->Value("SHOW search_path"), "public, \"A b\"");
  EXPECT_EQ(session->Run("SHOW timezone"), "(TimeZone) | Asia/Tokyo | SHOW");
  EXPECT_EQ(session->Run("RESET TimeZone"), "RESET | TimeZone := Europe/Rome");
  EXPECT_EQ(session->Run("RESET ALL"), "RESET");
  EXPECT_EQ(session->Value("SHOW search_path"), "public");
  EXPECT_EQ(session->Run("SHOW my.own"),
            "ERROR 42704 unrecognized configuration parameter \"my.own\"");
  EXPECT_EQ(session->Run("SET transaction_max_bytes = 5; RESET ALL; SHOW transaction_max_bytes"),
            "SET | RESET | (transaction_max_bytes) | 1073741824 | SHOW");
}

TEST_F(SessionSetTest, ChangesAreToldOnceAndAfterTheLastStatement) {
  EXPECT_EQ(Run("SET application_name = 'a'; SET application_name = 'b'; SET DateStyle = 'SQL'"),
            "SET | SET | SET | application_name := b | DateStyle := SQL, MDY");
  EXPECT_EQ(Run("SET application_name = 'b'"), "SET");
}

TEST_F(SessionSetTest, RollbackTakesSettingsBack) {
  EXPECT_EQ(Run("BEGIN; SET application_name = 'in'"), "BEGIN | SET | application_name := in");
  EXPECT_EQ(Run("ROLLBACK"), "ROLLBACK | application_name := ");
  Run("BEGIN; SET application_name = 'a'; SAVEPOINT s; SET application_name = 'b'");
  EXPECT_EQ(Run("ROLLBACK TO s"), "ROLLBACK | application_name := a");
  Run("COMMIT");
  EXPECT_EQ(Value("SHOW application_name"), "a");
  // A statement that fails takes back what the text before it has set.
  EXPECT_EQ(Run("SET application_name = 'c'; SELECT 1/0"), "SET | ERROR 22012 division by zero");
  EXPECT_EQ(Value("SHOW application_name"), "a");
}

TEST_F(SessionSetTest, LocalEndsWithItsTransaction) {
  EXPECT_EQ(Run("SET LOCAL bytea_output = 'escape'"),
            "WARNING 25P01 SET LOCAL can only be used in transaction blocks | SET");
  Run("BEGIN; SET LOCAL bytea_output = 'escape'");
  EXPECT_EQ(Value("SELECT '\\x41'::bytea"), "A");
  Run("COMMIT");
  EXPECT_EQ(Value("SELECT '\\x41'::bytea"), "\\x41");
  // SET in the same transaction stays.
  Run("BEGIN; SET bytea_output = 'escape'; SET LOCAL bytea_output = 'hex'; COMMIT");
  EXPECT_EQ(Value("SHOW bytea_output"), "escape");
  EXPECT_EQ(Run("SET LOCAL bytea_output = 'hex'; SHOW bytea_output"),
            "SET | (bytea_output) | hex | SHOW");
  EXPECT_EQ(Value("SHOW bytea_output"), "escape");
}

TEST_F(SessionSetTest, SettingsShapeValues) {
  Run("SET TimeZone = 'Asia/Tokyo'; SET IntervalStyle = iso_8601; SET extra_float_digits = -10");
  EXPECT_EQ(Run("SELECT timestamptz '2024-01-01 00:00:00Z' AS t, interval '1 day 2 h' AS i, "
                "0.1::float8 + 0.2::float8 AS f"),
            "(t, i, f) | 2024-01-01 09:00:00+09, P1DT2H, 0.3 | SELECT 1");
}

TEST_F(SessionSetTest, DiscardAllForgetsEverything) {
  Run("SET application_name = 'a'; PREPARE p AS SELECT 1");
  EXPECT_EQ(Run("BEGIN; DISCARD ALL"),
            "BEGIN | ERROR 25001 DISCARD ALL cannot run inside a transaction block");
  Run("ROLLBACK");
  EXPECT_EQ(Run("DISCARD ALL"), "DISCARD ALL | application_name := ");
  EXPECT_EQ(Run("EXECUTE p"), "ERROR 26000 prepared statement \"p\" does not exist");
}

TEST_F(SessionSetTest, ShowAllListsEverySetting) {
  const std::string all = Run("SHOW ALL");
  EXPECT_THAT(all, StartsWith("(name, setting, description) | application_name, , "));
  EXPECT_THAT(all, HasSubstr("server_version_num, 150000, "));
  EXPECT_EQ(Run("SHOW nothing"),
            "ERROR 42704 unrecognized configuration parameter \"nothing\"");
}

}  // namespace
}  // namespace riverrun::server
