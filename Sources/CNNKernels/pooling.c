// Pools.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "windows.h"

#define PLAIN_BODY "pooling_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "pooling_fast.inc"
#include "each_fast.inc"
