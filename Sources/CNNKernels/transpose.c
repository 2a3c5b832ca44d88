// Transposes.
#include "runs.h"
#include "variants.h"

#define PLAIN_BODY "transpose_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "transpose_fast.inc"
#include "each_fast.inc"
