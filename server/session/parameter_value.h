// Parameters of Bind: from the wire's bytes to values.
#pragma once

#include <string_view>

#include "server/session/session.h"
#include "types/settings.h"
#include "types/value.h"

namespace riverrun::server {

/// A parameter's value of the given type. Errors: 22P02 and the like for text; for binary 08P01 if
/// bytes are missing, 22P03 if there are too many or they make no value, 0A000 for types that have
/// no binary form here.
Result<Value> ReadParameter(const Type& type, std::string_view bytes, Format format,
                            const Settings& settings, Micros now);

}  // namespace riverrun::server
