// POSIX TZ rules ("EST5EDT,M3.2.0,M11.1.0"): what a zone does after its last listed transition.
#pragma once

#include <string_view>

#include "types/time/time_zone.h"

namespace riverrun {

/// Reads a POSIX TZ specification. Offsets count west in the text and east in the rule. Daylight
/// saving without rules follows those of the United States. False if it is not one.
bool ParseZoneRule(std::string_view text, ZoneRule& out);

/// The span of a rule that contains `utc`. Abbreviations point into the rule.
ZoneSpan RuleSpan(const ZoneRule& rule, Micros utc);

}  // namespace riverrun
