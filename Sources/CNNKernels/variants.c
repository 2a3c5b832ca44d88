// Chooses the kernels once, by what the CPU and the operating system support.
#include "variants.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define TYPED(type, isa)                                                                                            \
  {nnk_elementwise_##type##_##isa, nnk_add_##type##_##isa,     nnk_power_##type##_##isa,                            \
   nnk_add_row_##type##_##isa,     nnk_softmax_##type##_##isa, nnk_reduce_##type##_##isa,                           \
   nnk_product_##type##_##isa,     nnk_convolution_##type##_##isa,                                                  \
   nnk_convolution_scratch_##type##_##isa, nnk_transpose_##type##_##isa, nnk_depthwise_##type##_##isa,              \
   nnk_pooling_##type##_##isa,                                                                                     \
   nnk_packed_size_##type##_##isa, nnk_pack_b_##type##_##isa, nnk_epilogue_##type##_##isa,                          \
   nnk_tile_columns_##type##_##isa, nnk_packed_gates_size_##type##_##isa,                                           \
   nnk_pack_gates_##type##_##isa, nnk_lstm_##type##_##isa, nnk_gru_##type##_##isa},
#define VARIANT(isa) {#isa, {TYPED(f32, isa) TYPED(f64, isa)}},
static const nnk_variant all[] = {VARIANTS(VARIANT)};

#define MAX_VARIANTS (sizeof all / sizeof all[0])

static bool has(const char *name) {
#if defined(__x86_64__)
  // __builtin_cpu_supports asks the operating system, too, whether it saves the wide registers.
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  if (strcmp(name, "avx2") == 0) return avx2;
  if (strcmp(name, "avx512") == 0)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
  (void)name;
  return true;
}

const nnk_variant *nnk_available(size_t index) {
  for (size_t i = 0; i < MAX_VARIANTS; i++) {
    if (!has(all[i].name)) continue;
    if (index == 0) return &all[i];
    index--;
  }
  return NULL;
}

static const nnk_variant *choose(void) {
  const char *wanted = getenv("NNM_KERNELS");
  const nnk_variant *chosen = &all[0];
  for (size_t i = 0; i < MAX_VARIANTS; i++) {
    if (!has(all[i].name)) continue;
    chosen = &all[i];
    if (wanted != NULL && strcmp(wanted, chosen->name) == 0) break;
  }
  return chosen;
}

const nnk_variant *nnk_current(void) {
  static _Atomic(const nnk_variant *) current;
  const nnk_variant *chosen = atomic_load_explicit(&current, memory_order_relaxed);
  if (chosen == NULL) {
    // Two threads may both choose; they choose the same.
    chosen = choose();
    atomic_store_explicit(&current, chosen, memory_order_relaxed);
  }
  return chosen;
}
