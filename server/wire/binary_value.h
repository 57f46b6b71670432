// Values in the protocol's binary format: what PostgreSQL's send functions make.
#pragma once

#include <cstdint>
#include <string>

#include "types/column/column.h"

namespace riverrun::server {

/// The OID that clients know a type by: arrays of all dimensions have one, and a bare NULL is text.
uint32_t WireOid(const Type& type);

/// Whether values of a type have a binary form here: all but arrays whose element type has no
/// array type in PostgreSQL.
bool HasBinary(const Type& type);

/// Appends the bytes of one value, without a length. False if an array has inner arrays that are
/// NULL or of different sizes; `out` then has a part of it. REQUIRES HasBinary and not NULL.
bool AppendBinary(const Column& column, uint32_t row, std::string& out);

}  // namespace riverrun::server
