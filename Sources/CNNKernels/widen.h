// Casts that widen, in integer arithmetic: the same bits everywhere.
#ifndef NNK_WIDEN_H
#define NNK_WIDEN_H

#include <stdint.h>
#include <string.h>

static inline uint32_t widened_f16(uint16_t bits) {
  uint32_t sign = (uint32_t)(bits & 0x8000) << 16;
  uint32_t magnitude = bits & 0x7fff;
  if (magnitude >= 0x7c00) return sign | 0x7f800000 | (magnitude & 0x3ff) << 13;
  if (magnitude >= 0x0400) return sign | ((magnitude << 13) + ((127 - 15) << 23));
  // Subnormal: magnitude * 2^-24, a small integer times a power of two.
  float value = (float)magnitude * 0x1p-24f;
  uint32_t value_bits;
  memcpy(&value_bits, &value, 4);
  return sign | value_bits;
}

static inline uint32_t widened_bf16(uint16_t bits) { return (uint32_t)bits << 16; }

#endif
