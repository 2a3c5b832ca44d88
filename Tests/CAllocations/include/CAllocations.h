// Counts calls of the system's allocation functions, for tests.
#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

// Whether calls are counted here: with glibc, and without a sanitizer, which has allocation functions of its own.
bool allocations_are_counted(void);
// How many blocks this thread has asked for so far.
size_t allocation_count(void);

#endif
