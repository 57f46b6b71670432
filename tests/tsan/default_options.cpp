// Only in builds under ThreadSanitizer: what it is told unless TSAN_OPTIONS says otherwise.

// The sanitizer asks for it by this name.
extern "C" const char* __tsan_default_options();  // NOLINT(bugprone-reserved-identifier)

// A server that a test kills never comes to the end, where its exit code would tell of a report.
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }
