// The settings a query is bound under, as the catalog keeps them with a view.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "planner/bind/bind.h"

namespace riverrun::planner {

using SettingTexts = std::vector<std::pair<std::string, std::string>>;

/// TimeZone, DateStyle, IntervalStyle, bytea_output, extra_float_digits and search_path, each as
/// SET takes it; and "now", the moment that literals like 'now' mean for ever, in microseconds.
SettingTexts TextsOf(const BindContext& context);

/// The context with these settings instead of its own, and without parameters. CHECKs that the
/// texts are those of TextsOf.
BindContext WithSettings(const BindContext& context, const SettingTexts& texts);

}  // namespace riverrun::planner
