// Batches and messages as bytes: for the journal, and for exchanges that share no memory.
#pragma once

#include <string>
#include <string_view>

#include "types/codec/bytes.h"
#include "types/message.h"

namespace riverrun {

/// Appends a type with its modifiers and children.
void AppendType(const Type& type, std::string& out);
/// Reads a type; fails the reader on bytes that are none.
Type ReadType(ByteReader& in);

/// Appends the selected rows of a batch with weights and error lane, column by column.
/// Dictionaries are written out; constants stay constant.
void AppendBatch(const Batch& batch, std::string& out);
/// Reads a batch; it owns its memory. Fails the reader on bytes that are none, whatever they are:
/// no length is believed before it is checked.
Batch ReadBatch(ByteReader& in, MemoryBudget* budget = nullptr);

void AppendMessage(const Message& message, std::string& out);
/// Errors: XX001 for bytes that are not exactly one message.
Result<Message> ParseMessage(std::string_view bytes, MemoryBudget* budget = nullptr);

}  // namespace riverrun
