// What inner products share: products and convolutions.
#ifndef NNK_RUNS_H
#define NNK_RUNS_H

// The terms whose sum is accumulated as one chain.
#define NNK_RUN ((size_t)256)
#define FMA(x, y, z) _Generic((z), float: __builtin_fmaf, double: __builtin_fma)((x), (y), (z))
#define MIN(x, y) ((x) < (y) ? (x) : (y))
// The bytes of an element of B, whose type is `same` bytes or narrower.
#define B_BYTES(type, same) ((type) == NNK_B_SAME ? (same) : (type) == NNK_B_I8 ? (size_t)1 : (size_t)2)

#endif
