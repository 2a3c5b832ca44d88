// Functions of one number, and sums of two.
#pragma STDC FP_CONTRACT OFF
#include "scalar_f32.h"
#include "variants.h"

#define PLAIN_BODY "elementwise_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "elementwise_fast.inc"
#include "each_fast.inc"
