// Casts between floating-point types, in integer arithmetic: the same bits everywhere.
#include <string.h>

#include "CNNKernels.h"
#include "widen.h"

#define EACH(FROM, TO, convert)                                                                                     \
  const FROM *from = x;                                                                                             \
  TO *to = result;                                                                                                  \
  for (size_t i = 0; i < count; i++) to[i] = convert(from[i]);

static inline uint64_t widened_f32(uint32_t bits) {
  uint64_t sign = (uint64_t)(bits >> 31) << 63;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | 0x7ff0000000000000 | (uint64_t)(magnitude & 0x7fffff) << 29;
  if (magnitude >= 0x00800000) return sign | (((uint64_t)magnitude << 29) + ((uint64_t)(1023 - 127) << 52));
  double value = (double)magnitude * 0x1p-149;
  uint64_t value_bits;
  memcpy(&value_bits, &value, 8);
  return sign | value_bits;
}

// Drops `drop` bits, rounding to nearest, ties to even.
static inline uint64_t rounded(uint64_t bits, unsigned drop) {
  uint64_t half = 1ull << (drop - 1);
  return (bits + half - 1 + (bits >> drop & 1)) >> drop;
}

// The f64 `bits` as a type with `fraction` bits of fraction and the exponent bias `bias`, without its sign. A carry out of
// the fraction raises the exponent, up to infinity, as it should.
static inline uint64_t narrowed(uint64_t bits, unsigned fraction, int bias) {
  uint64_t magnitude = bits & 0x7fffffffffffffff;
  unsigned drop = 52 - fraction;
  uint64_t infinity = (uint64_t)(2 * bias + 1) << fraction;
  if (magnitude > 0x7ff0000000000000)
    return infinity | 1ull << (fraction - 1) | (magnitude >> drop & ((1ull << fraction) - 1));
  int exponent = (int)(magnitude >> 52) - 1023;
  if (exponent > bias) return infinity;
  if (exponent >= 1 - bias) return rounded(magnitude - ((uint64_t)(1023 - bias) << 52), drop);
  // Subnormal in the result; a subnormal f64 is far below half of the smallest.
  int extra = 1 - bias - exponent;
  if (extra > (int)fraction + 2 || magnitude < 0x0010000000000000) return 0;
  return rounded((magnitude & 0x000fffffffffffff) | 0x0010000000000000, drop + (unsigned)extra);
}

static inline uint32_t narrowed_f64_f32(uint64_t bits) {
  return (uint32_t)(bits >> 63) << 31 | (uint32_t)narrowed(bits, 23, 127);
}
static inline uint16_t narrowed_f64_f16(uint64_t bits) {
  return (uint16_t)((bits >> 63) << 15 | narrowed(bits, 10, 15));
}
static inline uint16_t narrowed_f64_bf16(uint64_t bits) {
  return (uint16_t)((bits >> 63) << 15 | narrowed(bits, 7, 127));
}
static inline uint16_t narrowed_f32_f16(uint32_t bits) { return narrowed_f64_f16(widened_f32(bits)); }
static inline uint16_t narrowed_f32_bf16(uint32_t bits) {
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)rounded(bits, 16);
}

void nnk_f16_to_f32(const void *x, void *result, size_t count) { EACH(uint16_t, uint32_t, widened_f16) }
void nnk_bf16_to_f32(const void *x, void *result, size_t count) { EACH(uint16_t, uint32_t, widened_bf16) }
void nnk_f32_to_f64(const void *x, void *result, size_t count) { EACH(uint32_t, uint64_t, widened_f32) }
void nnk_f32_to_f16(const void *x, void *result, size_t count) { EACH(uint32_t, uint16_t, narrowed_f32_f16) }
void nnk_f32_to_bf16(const void *x, void *result, size_t count) { EACH(uint32_t, uint16_t, narrowed_f32_bf16) }
void nnk_f64_to_f32(const void *x, void *result, size_t count) { EACH(uint64_t, uint32_t, narrowed_f64_f32) }
void nnk_f64_to_f16(const void *x, void *result, size_t count) { EACH(uint64_t, uint16_t, narrowed_f64_f16) }
void nnk_f64_to_bf16(const void *x, void *result, size_t count) { EACH(uint64_t, uint16_t, narrowed_f64_bf16) }
