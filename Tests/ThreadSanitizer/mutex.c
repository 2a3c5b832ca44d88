// Tells ThreadSanitizer of the mutexes of Swift's module Synchronization on Linux.
//
// Their quick path is compiled into the client, where the sanitizer sees it; one that has to wait is taken within the library,
// which is not instrumented, so that all it guards would seem to race. scripts/test.sh preloads this.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

typedef SWIFT void slow_lock(uint32_t, SELF void *);
typedef SWIFT void slow_unlock(SELF void *);

SWIFT void lock(uint32_t value, SELF void *self) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void unlock(SELF void *self) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void lock(uint32_t value, SELF void *self) {
  ((slow_lock *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"))(value, self);
  __tsan_acquire(self);
}

SWIFT void unlock(SELF void *self) {
  __tsan_release(self);
  ((slow_unlock *)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"))(self);
}
