// Convolutions of each channel on its own.
#pragma STDC FP_CONTRACT OFF
#include <math.h>

#include "runs.h"
#include "windows.h"

#define PLAIN_BODY "depthwise_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "depthwise_fast.inc"
#include "each_fast.inc"
