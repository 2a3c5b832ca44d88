// Softmax and its logarithm.
#pragma STDC FP_CONTRACT OFF
#include "scalar_f32.h"
#include "variants.h"

#define PLAIN_BODY "softmax_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "softmax_fast.inc"
#include "each_fast.inc"
