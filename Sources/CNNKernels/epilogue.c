// Chains of element-wise steps, alone and behind matrix products.
#pragma STDC FP_CONTRACT OFF
#include "variants.h"

#define PLAIN_BODY "epilogue_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "epilogue_fast.inc"
#include "each_fast.inc"
