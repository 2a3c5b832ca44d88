// Sums, means and variances.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "variants.h"

#define PLAIN_BODY "reduction_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "reduction_fast.inc"
#include "each_fast.inc"
