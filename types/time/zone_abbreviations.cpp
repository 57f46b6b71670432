// Abbreviations of time zones: the default set of PostgreSQL.
#include <algorithm>
#include <array>
#include <string_view>

#include "types/time/time_zone.h"

namespace riverrun {
namespace {

/// An abbreviation that means one offset, whatever the date.
struct FixedAbbreviation {
  std::string_view name;
  int32_t seconds_east;
  bool is_dst = false;
};

/// An abbreviation whose offset changed over time: the zone says which held when.
struct DatedAbbreviation {
  std::string_view name;
  std::string_view zone;
};

// Both tables are sorted by name.
constexpr auto kFixed = std::to_array<FixedAbbreviation>({
    {"acdt", 37800, true},
    {"acsst", 37800, true},
    {"acst", 34200},
    {"act", -18000},
    {"acwst", 31500},
    {"adt", -10800, true},
    {"aedt", 39600, true},
    {"aesst", 39600, true},
    {"aest", 36000},
    {"aft", 16200},
    {"akdt", -28800, true},
    {"akst", -32400},
    {"almst", 25200, true},
    {"almt", 21600},
    {"amt", -14400},
    {"ast", -14400},
    {"awsst", 32400, true},
    {"awst", 28800},
    {"azost", 0, true},
    {"azot", -3600},
    {"bdst", 7200, true},
    {"bdt", 21600},
    {"bnt", 28800},
    {"bort", 28800},
    {"bot", -14400},
    {"bra", -10800},
    {"brst", -7200, true},
    {"brt", -10800},
    {"bst", 3600, true},
    {"btt", 21600},
    {"cadt", 37800, true},
    {"cast", 34200},
    {"cct", 28800},
    {"cdt", -18000, true},
    {"cest", 7200, true},
    {"cet", 3600},
    {"cetdst", 7200, true},
    {"chadt", 49500, true},
    {"chast", 45900},
    {"chut", 36000},
    {"clst", -10800, true},
    {"cot", -18000},
    {"cst", -21600},
    {"cxt", 25200},
    {"ddut", 36000},
    {"eat", 10800},
    {"edt", -14400, true},
    {"eest", 10800, true},
    {"eet", 7200},
    {"eetdst", 10800, true},
    {"egst", 0, true},
    {"egt", -3600},
    {"est", -18000},
    {"fet", 10800},
    {"fjst", 46800, true},
    {"fjt", 43200},
    {"fnst", -3600, true},
    {"fnt", -7200},
    {"galt", -21600},
    {"gamt", -32400},
    {"gft", -10800},
    {"gilt", 43200},
    {"gmt", 0},
    {"hkt", 28800},
    {"hst", -36000},
    {"ict", 25200},
    {"idt", 10800, true},
    {"irt", 12600},
    {"ist", 7200},
    {"jayt", 32400},
    {"jst", 32400},
    {"kdt", 36000, true},
    {"kgst", 21600, true},
    {"kst", 32400},
    {"lhst", 37800},
    {"ligt", 36000},
    {"mart", -34200},
    {"mdt", -21600, true},
    {"mest", 7200, true},
    {"mesz", 7200, true},
    {"met", 3600},
    {"metdst", 7200, true},
    {"mez", 3600},
    {"mht", 43200},
    {"mmt", 23400},
    {"mpt", 36000},
    {"msd", 14400, true},
    {"mst", -25200},
    {"must", 18000, true},
    {"mut", 14400},
    {"mvt", 18000},
    {"myt", 28800},
    {"ndt", -9000, true},
    {"nft", -12600},
    {"npt", 20700},
    {"nst", -12600},
    {"nzdt", 46800, true},
    {"nzst", 43200},
    {"nzt", 43200},
    {"pdt", -25200, true},
    {"pet", -18000},
    {"pgt", 36000},
    {"pht", 28800},
    {"pkst", 21600, true},
    {"pkt", 18000},
    {"pmdt", -7200, true},
    {"pmst", -10800},
    {"pont", 39600},
    {"pst", -28800},
    {"pwt", 32400},
    {"pyst", -10800, true},
    {"ret", 14400},
    {"sadt", 37800, true},
    {"sast", 7200},
    {"sct", 14400},
    {"taht", -36000},
    {"tft", 18000},
    {"tjt", 18000},
    {"tot", 46800},
    {"trut", 36000},
    {"tvt", 43200},
    {"uct", 0},
    {"ulast", 32400, true},
    {"ut", 0},
    {"utc", 0},
    {"uyst", -7200, true},
    {"uyt", -10800},
    {"uzst", 21600, true},
    {"uzt", 18000},
    {"vut", 39600},
    {"wadt", 28800, true},
    {"wakt", 43200},
    {"wast", 25200},
    {"wat", 3600},
    {"wdt", 32400, true},
    {"wet", 0},
    {"wetdst", 3600, true},
    {"wft", 43200},
    {"wgst", -7200, true},
    {"wgt", -10800},
    {"xjt", 21600},
    {"yapt", 36000},
    {"yekst", 21600, true},
    {"z", 0},
    {"zulu", 0},
});

constexpr auto kDated = std::to_array<DatedAbbreviation>({
    {"amst", "Asia/Yerevan"},
    {"anast", "Asia/Anadyr"},
    {"anat", "Asia/Anadyr"},
    {"arst", "America/Argentina/Buenos_Aires"},
    {"art", "America/Argentina/Buenos_Aires"},
    {"azst", "Asia/Baku"},
    {"azt", "Asia/Baku"},
    {"ckt", "Pacific/Rarotonga"},
    {"clt", "America/Santiago"},
    {"davt", "Antarctica/Davis"},
    {"easst", "Pacific/Easter"},
    {"east", "Pacific/Easter"},
    {"fkst", "Atlantic/Stanley"},
    {"fkt", "Atlantic/Stanley"},
    {"gest", "Asia/Tbilisi"},
    {"get", "Asia/Tbilisi"},
    {"gyt", "America/Guyana"},
    {"iot", "Indian/Chagos"},
    {"irkst", "Asia/Irkutsk"},
    {"irkt", "Asia/Irkutsk"},
    {"kgt", "Asia/Bishkek"},
    {"kost", "Pacific/Kosrae"},
    {"krast", "Asia/Krasnoyarsk"},
    {"krat", "Asia/Krasnoyarsk"},
    {"lhdt", "Australia/Lord_Howe"},
    {"lint", "Pacific/Kiritimati"},
    {"lkt", "Asia/Colombo"},
    {"magst", "Asia/Magadan"},
    {"magt", "Asia/Magadan"},
    {"mawt", "Antarctica/Mawson"},
    {"msk", "Europe/Moscow"},
    {"novst", "Asia/Novosibirsk"},
    {"novt", "Asia/Novosibirsk"},
    {"nut", "Pacific/Niue"},
    {"omsst", "Asia/Omsk"},
    {"omst", "Asia/Omsk"},
    {"petst", "Asia/Kamchatka"},
    {"pett", "Asia/Kamchatka"},
    {"pyt", "America/Asuncion"},
    {"sgt", "Asia/Singapore"},
    {"tkt", "Pacific/Fakaofo"},
    {"tmt", "Asia/Ashgabat"},
    {"ulat", "Asia/Ulaanbaatar"},
    {"vet", "America/Caracas"},
    {"vlast", "Asia/Vladivostok"},
    {"vlat", "Asia/Vladivostok"},
    {"volt", "Europe/Volgograd"},
    {"yakst", "Asia/Yakutsk"},
    {"yakt", "Asia/Yakutsk"},
    {"yekt", "Asia/Yekaterinburg"},
});

static_assert(std::ranges::is_sorted(kFixed, {}, &FixedAbbreviation::name));
static_assert(std::ranges::is_sorted(kDated, {}, &DatedAbbreviation::name));

}  // namespace

bool FindZoneAbbreviation(std::string_view lower_name, ZoneAbbreviation& out) {
  const auto* fixed = std::ranges::lower_bound(kFixed, lower_name, {}, &FixedAbbreviation::name);
  if (fixed != kFixed.end() && fixed->name == lower_name) {
    out = {fixed->seconds_east, fixed->is_dst, {}};
    return true;
  }
  const auto* dated = std::ranges::lower_bound(kDated, lower_name, {}, &DatedAbbreviation::name);
  if (dated == kDated.end() || dated->name != lower_name) return false;
  out = {0, false, dated->zone};
  return true;
}

}  // namespace riverrun
