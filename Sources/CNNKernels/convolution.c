// Convolutions.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "runs.h"
#include "widen.h"
#include "windows.h"

#define PLAIN_BODY "convolution_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "convolution_fast.inc"
#include "each_fast.inc"
