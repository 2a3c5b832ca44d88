// What inner products share: products and convolutions.
#ifndef NNK_RUNS_H
#define NNK_RUNS_H

// The terms whose sum is accumulated as one chain.
#define NNK_RUN ((size_t)256)
#define FMA(x, y, z) _Generic((z), float: __builtin_fmaf, double: __builtin_fma)((x), (y), (z))

#endif
