// Only in builds under ThreadSanitizer: the threads, locks and conditions of C11, made of those of
// POSIX.
//
// librdkafka uses <threads.h>, which ThreadSanitizer does not intercept: of a thread made by
// thrd_create it knows nothing and the first interceptor that such a thread calls ends the program,
// and what passes from thread to thread under a mtx_t looks like a race. An executable's own
// definitions go before those of the C library, in shared libraries too.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) &&
              alignof(mtx_t) >= alignof(pthread_mutex_t));
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t) && alignof(cnd_t) >= alignof(pthread_cond_t));
static_assert(sizeof(once_flag) == sizeof(pthread_once_t));
static_assert(sizeof(thrd_t) == sizeof(pthread_t) && sizeof(tss_t) == sizeof(pthread_key_t));

// Of the sanitizer; no header declares them.
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);

namespace {

// That a lock is taken counts, and that its memory is thereby read does not: what librdkafka
// allocates and frees is not followed (default_options.cpp), so that memory may have a past.
class OnlyOrder {
 public:
  OnlyOrder() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~OnlyOrder() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
};

struct Start {
  thrd_start_t function;
  void* argument;
};

void* Run(void* start) {
  const std::unique_ptr<Start> owned(static_cast<Start*>(start));
  const Start copy = *owned;
  return reinterpret_cast<void*>(static_cast<intptr_t>(copy.function(copy.argument)));
}

int Answer(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case ENOMEM:
      return thrd_nomem;
    case ETIMEDOUT:
      return thrd_timedout;
    case EBUSY:
      return thrd_busy;
    default:
      return thrd_error;
  }
}

pthread_mutex_t* Of(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* Of(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

}  // namespace

extern "C" {

// The C library defines the once-flag as zero, as pthread_once_t is.
void call_once(once_flag* flag, void (*function)()) {
  pthread_once(reinterpret_cast<pthread_once_t*>(flag), function);
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto start = std::make_unique<Start>(Start{function, argument});
  const int error = pthread_create(thread, nullptr, Run, start.get());
  if (error == 0) static_cast<void>(start.release());  // the new thread's
  return error == EAGAIN ? thrd_nomem : Answer(error);
}

int thrd_join(thrd_t thread, int* result) {
  void* value = nullptr;
  const int error = pthread_join(thread, &value);
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<intptr_t>(value));
  return Answer(error);
}

int thrd_detach(thrd_t thread) { return Answer(pthread_detach(thread)); }

int mtx_init(mtx_t* mutex, int type) {
  const OnlyOrder only_order;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(
      &attributes, (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
  const int error = pthread_mutex_init(Of(mutex), &attributes);
  pthread_mutexattr_destroy(&attributes);
  return Answer(error);
}

void mtx_destroy(mtx_t* mutex) {
  const OnlyOrder only_order;
  pthread_mutex_destroy(Of(mutex));
}
int mtx_lock(mtx_t* mutex) {
  const OnlyOrder only_order;
  return Answer(pthread_mutex_lock(Of(mutex)));
}
int mtx_trylock(mtx_t* mutex) {
  const OnlyOrder only_order;
  return Answer(pthread_mutex_trylock(Of(mutex)));
}
int mtx_timedlock(mtx_t* mutex, const timespec* until) {
  const OnlyOrder only_order;
  return Answer(pthread_mutex_timedlock(Of(mutex), until));
}
int mtx_unlock(mtx_t* mutex) {
  const OnlyOrder only_order;
  return Answer(pthread_mutex_unlock(Of(mutex)));
}

int cnd_init(cnd_t* condition) {
  const OnlyOrder only_order;
  return Answer(pthread_cond_init(Of(condition), nullptr));
}
void cnd_destroy(cnd_t* condition) {
  const OnlyOrder only_order;
  pthread_cond_destroy(Of(condition));
}
int cnd_signal(cnd_t* condition) {
  const OnlyOrder only_order;
  return Answer(pthread_cond_signal(Of(condition)));
}
int cnd_broadcast(cnd_t* condition) {
  const OnlyOrder only_order;
  return Answer(pthread_cond_broadcast(Of(condition)));
}
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  const OnlyOrder only_order;
  return Answer(pthread_cond_wait(Of(condition), Of(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  const OnlyOrder only_order;
  return Answer(pthread_cond_timedwait(Of(condition), Of(mutex), until));
}

int tss_create(tss_t* key, tss_dtor_t destructor) {
  return Answer(pthread_key_create(key, destructor));
}
void* tss_get(tss_t key) { return pthread_getspecific(key); }
int tss_set(tss_t key, void* value) { return Answer(pthread_setspecific(key, value)); }
void tss_delete(tss_t key) { pthread_key_delete(key); }

}  // extern "C"
