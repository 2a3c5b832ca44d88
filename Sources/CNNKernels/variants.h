// What the families' files share: which instruction sets exist here, and the names of their kernels.
#ifndef NNK_VARIANTS_H
#define NNK_VARIANTS_H

#include "CNNKernels.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

// Where an instruction set has kernels, VARIANTS(X) calls X for each, slowest first.
#if defined(__x86_64__)
#define FAST_VARIANTS(X) X(avx2) X(avx512)
#elif defined(__aarch64__)
#define FAST_VARIANTS(X) X(neon)
#else
#define FAST_VARIANTS(X)
#endif
#define VARIANTS(X) X(plain) FAST_VARIANTS(X)

#define DECLARE_TYPED(type, isa)                                                                                    \
  void nnk_elementwise_##type##_##isa(nnk_function, const void *, void *, size_t, double, double);                  \
  void nnk_add_##type##_##isa(const void *, const void *, void *, size_t);                                          \
  void nnk_power_##type##_##isa(const void *, const void *, void *, size_t);                                        \
  void nnk_add_row_##type##_##isa(const void *, const void *, void *, size_t, size_t);                              \
  void nnk_softmax_##type##_##isa(const void *, void *, size_t, size_t, size_t, bool);                              \
  void nnk_reduce_##type##_##isa(nnk_reduction, const void *, void *, size_t, size_t, size_t);                      \
  void nnk_product_##type##_##isa(const nnk_product *);                                                             \
  void nnk_convolution_##type##_##isa(const nnk_convolution *);                                                     \
  size_t nnk_convolution_scratch_##type##_##isa(const nnk_window *, size_t);                                        \
  void nnk_transpose_##type##_##isa(const void *, size_t, void *, size_t, size_t, size_t);                          \
  void nnk_depthwise_##type##_##isa(const nnk_depthwise *);                                                         \
  void nnk_pooling_##type##_##isa(const nnk_pooling *);                                                              \
  size_t nnk_packed_size_##type##_##isa(size_t, size_t, nnk_b_type);                                                \
  void nnk_pack_b_##type##_##isa(const nnk_packing *, void *);                                                      \
  size_t nnk_tile_columns_##type##_##isa(void);                                                                     \
  void nnk_epilogue_##type##_##isa(const nnk_elements *);                                                           \
  size_t nnk_packed_gates_size_##type##_##isa(size_t, size_t, size_t, nnk_b_type);                                  \
  void nnk_pack_gates_##type##_##isa(const void *, size_t, size_t, size_t, nnk_b_type, void *);                     \
  void nnk_lstm_##type##_##isa(const nnk_lstm *);                                                                   \
  void nnk_gru_##type##_##isa(const nnk_gru *);
#define DECLARE(isa) DECLARE_TYPED(f32, isa) DECLARE_TYPED(f64, isa)
VARIANTS(DECLARE)
#undef DECLARE
#undef DECLARE_TYPED

#endif
