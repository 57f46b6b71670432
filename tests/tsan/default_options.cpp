// Only in builds under ThreadSanitizer: what it is told unless TSAN_OPTIONS says otherwise.

// The sanitizer asks for both by these names.
extern "C" const char* __tsan_default_options();       // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __tsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)

// A server that a test kills never comes to the end, where its exit code would tell of a report.
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }

// librdkafka counts references by atomics, which are not seen because it is not instrumented: the
// last owner's free looks like a race with the others' reads. What its own code reads, writes and
// frees is not looked at; its locks are (c11_threads.cpp), and so is all code of ours that it
// calls.
// It leaves threads behind where a topic went away under a reader (kafka_client.cpp).
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:librdkafka.so\n"
         "thread:librdkafka.so\n";
}
