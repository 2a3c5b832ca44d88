// Inner products side by side.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "variants.h"

// As in product.c: the terms whose sum is accumulated as one chain.
#define NNK_RUN ((size_t)256)
#define FMA(x, y, z) _Generic((z), float: __builtin_fmaf, double: __builtin_fma)((x), (y), (z))

#define PLAIN_BODY "chains_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "chains_fast.inc"
#include "each_fast.inc"
