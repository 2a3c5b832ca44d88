// The elementary functions in f64, one number at a time: the definition.
#ifndef NNK_SCALAR_F64_H
#define NNK_SCALAR_F64_H

#include <math.h>
#include <string.h>

#include "constants.h"
#include "tables.h"

static inline int64_t bits_f64(double x) {
  int64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}

static inline double from_bits_f64(int64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}

// x * 2^k in one rounding, for |x| in [2^-60, 2^60] and |k| <= 1200: the first product is exact.
static inline double scale_f64(double x, int64_t k) {
  int64_t half = k >> 1;
  return x * from_bits_f64((half + 1023) << 52) * from_bits_f64((k - half + 1023) << 52);
}

// *error = x + y - sum, exactly.
static inline double two_sum_f64(double x, double y, double *error) {
  double sum = x + y;
  double part = sum - x;
  *error = (x - (sum - part)) + (y - part);
  return sum;
}

static inline double exp_f64(double x) {
  if (x != x) return x;
  if (x > 800) x = 800;
  if (x < -800) x = -800;
  double shifted = fma(x, EXP_LOG2E, EXP_SHIFT);
  double n = shifted - EXP_SHIFT;
  int64_t sixteenths = bits_f64(shifted) - bits_f64(EXP_SHIFT);
  if (fma(x, EXP_LOG2E, -n) < 0) {
    n -= 0.0625;
    sixteenths -= 1;
  }
  double r = fma(-n, EXP_LN2_HEAD, x);
  r = fma(-n, EXP_LN2_TAIL, r);
  double p = fma(r * r, fma(r, EXP_C6, EXP_C5), fma(r, EXP_C4, EXP_C3));
  p = fma(r * r, p, fma(r, EXP_C2, EXP_C1));
  int64_t j = sixteenths & 15;
  p = fma(p, r, nnk_exp2_tail[j]);
  return scale_f64(fma(nnk_exp2_head[j], p, nnk_exp2_head[j]), sixteenths >> 4);
}

// log(x + rest) for x > 0 finite and |rest| below half an ulp of x; *low is what the last addition rounds away.
static inline double log_sum_f64(double x, double rest, double *low) {
  int64_t bits = bits_f64(x);
  int64_t shift = 0;
  if (x < 0x1p-1022) {
    bits = bits_f64(x * 0x1p54);
    shift = 54;
  }
  int64_t offset = bits - 0x3fe6000000000000;
  int64_t exponent = offset >> 52;
  int64_t i = (offset >> 45) & 127;
  double z = from_bits_f64(bits - (exponent << 52));
  double k = (double)(exponent - shift);
  // Beyond 2^60 the rest cannot be seen any more.
  double z_rest = exponent > 60 ? 0 : rest * from_bits_f64((1023 - exponent) << 52);

  double r_head = fma(z, nnk_log_inverse[i], -1.0);
  double r_tail = z_rest * nnk_log_inverse[i];
  double r = r_head + r_tail;
  r_tail = (r_head - r) + r_tail;
  double p = fma(r, -1.0 / 8, 1.0 / 7);
  p = fma(r, p, -1.0 / 6);
  p = fma(r, p, 1.0 / 5);
  p = fma(r, p, -1.0 / 4);
  p = fma(r, p, 1.0 / 3);
  p = fma(r, p, -1.0 / 2);
  double head = fma(k, nnk_ln2[0], nnk_log_head[i]);
  double tail = fma(k, nnk_ln2[1], nnk_log_tail[i]) + r_tail;
  double error;
  double sum = two_sum_f64(head, r, &error);
  double small = error + fma(r * r, p, tail);
  double result = sum + small;
  *low = small - (result - sum);
  return result;
}

static inline double log_f64(double x) {
  if (x != x || x == INFINITY) return x;
  if (x < 0) return NAN;
  if (x == 0) return -INFINITY;
  double low;
  return log_sum_f64(x, 0, &low);
}

static inline double log1p_pair_f64(double x, double *low) {
  *low = 0;
  if (x != x || x == INFINITY || x == 0) return x;
  if (x < -1) return NAN;
  if (x == -1) return -INFINITY;
  double rest;
  double sum = two_sum_f64(1, x, &rest);
  return log_sum_f64(sum, rest, low);
}

static inline double expm1_f64(double x) {
  if (x != x || x == 0) return x;
  if (x > 800) x = 800;
  if (x < -60) x = -60;
  double shifted = fma(x, EXP_LOG2E, EXP_SHIFT);
  double n = shifted - EXP_SHIFT;
  int64_t sixteenths = bits_f64(shifted) - bits_f64(EXP_SHIFT);
  int64_t j = sixteenths & 15;
  int64_t k = sixteenths >> 4;
  double r_tail;
  double r = two_sum_f64(fma(-n, nnk_ln2[0], x), -n * nnk_ln2[1], &r_tail);
  double q = fma(r, nnk_inverse_factorial[7], nnk_inverse_factorial[6]);
  for (int i = 5; i >= 0; i--) q = fma(r, q, nnk_inverse_factorial[i]);
  double head = nnk_exp2_head[j];
  // 2^-k (expm1(x)) = (head - 2^-k) + head * r + the rest.
  double one = from_bits_f64((1023 - (k > 200 ? 200 : k)) << 52);
  double base_error, error;
  double base = two_sum_f64(head, -one, &base_error);
  double product = head * r;
  double product_error = fma(head, r, -product);
  double sum = two_sum_f64(base, product, &error);
  double tail = fma(r * r, q, fma(nnk_exp2_tail[j], r, nnk_exp2_tail[j])) + r_tail;
  double rest = fma(head, tail, product_error) + base_error + error;
  return scale_f64(sum + rest, k);
}

static inline double erf_f64(double x) {
  if (x != x) return x;
  double magnitude = fabs(x);
  if (magnitude < 0.5) {
    double square = x * x;
    double p = nnk_erf_origin[12];
    for (int i = 11; i >= 0; i--) p = fma(square, p, nnk_erf_origin[i]);
    return fma(x, p, x);
  }
  if (magnitude >= 6) return copysign(1, x);
  int64_t i = (int64_t)(magnitude * 16) - 8;
  double h = magnitude - ((double)i * 0.0625 + 0.53125);
  double p = nnk_erf_span[12][i];
  for (int k = 11; k >= 2; k--) p = fma(h, p, nnk_erf_span[k][i]);
  return copysign(nnk_erf_span[0][i] + fma(h, p, nnk_erf_span[1][i]), x);
}

static inline double tanh_f64(double x) {
  if (x != x) return x;
  double magnitude = fabs(x);
  if (magnitude > 64) magnitude = 64;
  int64_t offset = (bits_f64(magnitude) & 0x7ff8000000000000) - 0x3fc0000000000000;
  int64_t i = (offset < 0 ? 0 : offset) >> 51;
  if (i > 15) i = 15;
  double y = magnitude - nnk_tanh_f64[0][i];
  double r = nnk_tanh_f64[17][i];
  for (int k = 16; k >= 1; k--) r = fma(r, y, nnk_tanh_f64[k][i]);
  return copysign(r, x);
}

// One double as a vector of one, for the functions that are written once for both.
#define V double
#define I int64_t
#define N(name) name##_f64
#define TEST(condition) (-(int64_t)(condition))
static inline double fma_f64(double x, double y, double z) { return fma(x, y, z); }
static inline double select_f64(int64_t mask, double yes, double no) { return mask ? yes : no; }
static inline double abs_f64(double x) { return fabs(x); }
static inline double sqrt_f64(double x) { return sqrt(x); }
static inline double nearest_f64(double x) { return rint(x); }
static inline double floor_f64(double x) { return floor(x); }
static inline double ceil_f64(double x) { return ceil(x); }
static inline double with_sign_f64(double magnitude, double x) { return copysign(magnitude, x); }
static inline double number_f64(int64_t bits) { return from_bits_f64(bits); }
static inline double real_f64(int64_t integer) { return (double)integer; }
static inline double gather_f64(const double *table, int64_t index) { return table[index]; }
static inline double look_up_f64(const double *table, int64_t index) { return table[index]; }
#include "pairs.inc"
#include "trigonometric.inc"
#include "hyperbolic.inc"
#include "power.inc"
#include "from_pairs.inc"
#undef V
#undef I
#undef N
#undef TEST

#endif
