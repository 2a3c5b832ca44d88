// Matrix products.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "variants.h"
#include "widen.h"

// The terms whose sum is accumulated as one chain.
#define NNK_RUN ((size_t)256)
#define FMA(x, y, z) _Generic((z), float: __builtin_fmaf, double: __builtin_fma)((x), (y), (z))
#define MIN(x, y) ((x) < (y) ? (x) : (y))
// The bytes of an element of B.
#define B_BYTES(type, same) ((type) == NNK_B_SAME ? (same) : (type) == NNK_B_I8 ? (size_t)1 : (size_t)2)

#define PLAIN_BODY "product_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "product_fast.inc"
#include "each_fast.inc"
