// Steps of recurrent layers: the state's product and all that follows it, in one pass.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <string.h>

#include "runs.h"
#include "scalar_f32.h"
#include "variants.h"
#include "widen.h"

#define PLAIN_BODY "recurrence_plain.inc"
#include "each_plain.inc"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#define FAST_BODY "recurrence_fast.inc"
#include "each_fast.inc"
