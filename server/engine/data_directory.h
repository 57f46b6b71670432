// The data directory: whose it is, and which form it has.
#pragma once

#include <memory>
#include <string>

#include "types/file_system.h"

namespace riverrun::server {

/// The form of what this server writes. A directory of a higher major form is refused; one of a
/// lower minor form is taken over.
inline constexpr int kFormatMajor = 1;
inline constexpr int kFormatMinor = 0;

/// Makes the directory if need be, takes its lock, and reads or writes its file FORMAT
/// ("riverrun MAJOR.MINOR"). Errors: 55000 another server has it; 0A000 a form that only a newer
/// server knows; XX001 a FORMAT that is none, or missing beside a journal; 58030 and 53100.
Result<std::unique_ptr<DirectoryLock>> OpenDataDirectory(FileSystem& files,
                                                         const std::string& path);

}  // namespace riverrun::server
