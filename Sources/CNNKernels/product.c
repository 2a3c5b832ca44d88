// Matrix products.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "runs.h"
#include "variants.h"
#include "widen.h"

#define PLAIN_BODY "product_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "product_fast.inc"
#include "each_fast.inc"
