// The elementary functions in f32, one number at a time: the definition.
#ifndef NNK_SCALAR_F32_H
#define NNK_SCALAR_F32_H

#include "scalar_f64.h"

static inline int32_t bits_f32(float x) {
  int32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

static inline float from_bits_f32(int32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

// x * 2^k in one rounding, for x in [1/2, 2] and |k| <= 200: the first product is exact.
static inline float scale_f32(float x, int32_t k) {
  int32_t half = k >> 1;
  return x * from_bits_f32((half + 127) << 23) * from_bits_f32((k - half + 127) << 23);
}

static inline float exp_f32(float x) {
  if (x != x) return x;
  if (x >= EXPF_MAX) return INFINITY;
  if (x <= EXPF_MIN) return 0;
  float shifted = x * EXPF_LOG2E + EXPF_SHIFT;
  float n = shifted - EXPF_SHIFT;
  float r = fmaf(-n, EXPF_LN2_HEAD, x);
  r = fmaf(-n, EXPF_LN2_TAIL, r);
  float p = fmaf(EXPF_P5, r, EXPF_P4);
  p = fmaf(p, r, EXPF_P3);
  p = fmaf(p, r, EXPF_P2);
  p = fmaf(p, r, EXPF_P1);
  p = fmaf(p, r, EXPF_P0);
  float q = fmaf(EXPF_Q2, r, EXPF_Q1);
  q = fmaf(q, r, EXPF_Q0);
  return scale_f32(p / q, bits_f32(shifted) - bits_f32(EXPF_SHIFT));
}

static inline float log_f32(float x) {
  if (x != x || x == INFINITY) return x;
  if (x < 0) return NAN;
  if (x == 0) return -INFINITY;
  int32_t shift = 0;
  if (x < 0x1p-126f) {
    x *= 0x1p100f;
    shift = 100;
  }
  int32_t bits = bits_f32(x);
  float exponent = (float)((bits >> 23) - 126 - shift);
  float z = from_bits_f32((bits & 0x7fffff) | 0x3f000000);
  if (z <= LOGF_SQRT_HALF) {
    z += z;
    exponent -= 1;
  }
  z -= 1;
  float p = fmaf(LOGF_P5, z, LOGF_P4);
  p = fmaf(p, z, LOGF_P3);
  p = fmaf(p, z, LOGF_P2);
  p = fmaf(p, z, LOGF_P1);
  p = fmaf(p, z, LOGF_P0);
  float q = fmaf(LOGF_Q5, z, LOGF_Q4);
  q = fmaf(q, z, LOGF_Q3);
  q = fmaf(q, z, LOGF_Q2);
  q = fmaf(q, z, LOGF_Q1);
  q = fmaf(q, z, LOGF_Q0);
  return fmaf(exponent, LOGF_LN2, p / q);
}

static inline float tanh_f32(float x) {
  if (x != x) return x;
  float magnitude = fabsf(x);
  if (magnitude > 64) magnitude = 64;
  int32_t offset = (bits_f32(magnitude) & 0x7fe00000) - 0x3d400000;
  int32_t i = (offset < 0 ? 0 : offset) >> 21;
  if (i > 31) i = 31;
  float y = magnitude - nnk_tanh_f32[0][i];
  float r = nnk_tanh_f32[7][i];
  for (int k = 6; k >= 1; k--) r = fmaf(r, y, nnk_tanh_f32[k][i]);
  return copysignf(r, x);
}

static inline float abs_f32(float x) { return fabsf(x); }
static inline float sqrt_f32(float x) { return sqrtf(x); }
static inline float floor_f32(float x) { return floorf(x); }
static inline float ceil_f32(float x) { return ceilf(x); }
static inline float nearest_f32(float x) { return rintf(x); }

// Rounded once, from the f64 result and what its last addition rounded away.
#define ONCE(name)                             \
  static inline float name##_f32(float x) {    \
    double tail;                               \
    double head = name##_pair_f64(x, &tail);   \
    return (float)odd_f64(head, tail);         \
  }
ONCE(log1p)
ONCE(sin)
ONCE(cos)
ONCE(tan)
ONCE(asin)
ONCE(acos)
ONCE(atan)
ONCE(sinh)
ONCE(cosh)
ONCE(asinh)
ONCE(acosh)
ONCE(atanh)
#undef ONCE

static inline float power_f32(float x, float y) { return (float)power_for_f32_f64(x, y); }

// Here the f64 result alone is near enough, for every input.
static inline float expm1_f32(float x) { return (float)expm1_f64(x); }
static inline float erf_f32(float x) { return (float)erf_f64(x); }

#endif
