// The arithmetic of swift-nnm. spec/numerics.md defines every bit of it.
//
// Every kernel exists in a plain version, which is the definition, and in versions for instruction sets with wide
// vectors and fused multiply-add, which give the same bits. Pointers need the alignment of their element type, no more.
// Functions are re-entrant, allocate nothing and keep no state.
#ifndef CNN_KERNELS_H
#define CNN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NNK_F32 = 0, NNK_F64 = 1 };

// Functions of one number. `alpha` and `beta` are rounded to the element type before use; functions with fewer parameters
// ignore them.
typedef enum {
  NNK_LINEAR,
  NNK_EXP,
  NNK_LOG,
  NNK_TANH,
  NNK_LOG1P,
  NNK_EXPM1,
  NNK_ERF,
  NNK_SIGMOID,
  NNK_RELU,
  NNK_RELU6,
  NNK_LEAKY_RELU,
  NNK_ELU,
  NNK_SELU,
  NNK_SOFTPLUS,
  NNK_SOFTSIGN,
  NNK_GELU,
  NNK_GELU_TANH,
  NNK_SILU,
  NNK_MISH,
  NNK_HARD_SIGMOID_KERAS2,
  NNK_HARD_SIGMOID_KERAS3,
  NNK_HARD_SWISH,
  NNK_SQRT,
  NNK_RSQRT,
  NNK_RECIPROCAL,
  NNK_SQUARE,
  NNK_ABS,
  NNK_NEG,
  NNK_SIGN,
  NNK_FLOOR,
  NNK_CEIL,
  NNK_ROUND,
  NNK_SIN,
  NNK_COS,
  NNK_TAN,
  NNK_ASIN,
  NNK_ACOS,
  NNK_ATAN,
  NNK_SINH,
  NNK_COSH,
  NNK_ASINH,
  NNK_ACOSH,
  NNK_ATANH,
  NNK_CELU,
  NNK_LOG_SIGMOID,
  NNK_SPARSE_PLUS,
  NNK_SPARSE_SIGMOID,
  NNK_SQUAREPLUS,
  NNK_TANH_SHRINK,
  NNK_CLIP,
  NNK_THRESHOLD,
  NNK_SHRINK,
  NNK_FUNCTION_COUNT
} nnk_function;

typedef enum { NNK_SUM, NNK_MEAN, NNK_VARIANCE } nnk_reduction;

// How the elements of B are stored: as the arithmetic's type, or narrower, for arithmetic in f32. Narrow ones widen exactly.
typedef enum { NNK_B_SAME, NNK_B_F16, NNK_B_BF16, NNK_B_I8 } nnk_b_type;

// What an element-wise step does to each element x of a matrix: function(x), x + operand, x * operand, x - operand.
typedef enum { NNK_APPLY, NNK_ADD, NNK_MULTIPLY, NNK_SUBTRACT } nnk_operation;

// An element-wise step over a matrix. The operand of element [r, c] lies at r * row_stride + c * column_stride; the column
// stride is 1 or 0, so that it is a matrix, a row (row_stride 0) or a column (column_stride 0).
typedef struct {
  nnk_operation operation;
  nnk_function function;  // of NNK_APPLY, with its parameters
  double alpha, beta;
  const void *_Nullable operand;  // of the other operations; must not overlap the result
  size_t row_stride, column_stride;
} nnk_step;

// A chain of steps over a matrix, from x to result, which may be x. The operands' element [0, 0] belongs to the first row
// and column, whose numbers are `row` and `column` less: a part of a matrix leaves the steps as they are.
typedef struct {
  const nnk_step *_Nullable steps;
  size_t step_count;
  size_t row, column, rows, columns;
  const void *_Nonnull x;
  size_t x_stride;
  void *_Nonnull result;
  size_t result_stride;
} nnk_elements;

// C[rows, columns] = A[rows, depth] · B[depth, columns] (· scales[columns]) (+ bias[columns]), then the steps, all row-major.
// Strides count elements from one row to the next, so that a tile of C is a call with moved pointers.
typedef struct {
  size_t rows, columns, depth;
  const void *_Nonnull a;
  size_t a_stride;
  // B; may be null where it is packed.
  const void *_Nullable b;
  size_t b_stride;
  nnk_b_type b_type;
  // Whether `b` is [columns, depth].
  bool b_transposed;
  // What `pack_b` made of B, or null; then `b` is not read.
  const void *_Nullable packed_b;
  const void *_Nullable scales;
  const void *_Nullable bias;
  const nnk_step *_Nullable steps;
  size_t step_count;
  void *_Nonnull result;
  size_t result_stride;
} nnk_product;

// B[depth, columns], or [columns, depth] where it is transposed, to be packed.
typedef struct {
  size_t columns, depth;
  const void *_Nonnull b;
  size_t b_stride;
  nnk_b_type b_type;
  bool b_transposed;
} nnk_packing;

// A window along one dimension: output o sees the positions o * stride + k * dilation - before, k < size, of `input`. What
// lies beside these is padding: `before` positions of it and, where it is counted, `after` at the end.
typedef struct {
  size_t input, output, size, stride;
  ptrdiff_t dilation, before, after;
} nnk_axis;

// Windows over three dimensions; those that an input does not have have one position and a window of one.
typedef struct {
  nnk_axis depth, height, width;
} nnk_window;

// A convolution: for each output position and filter an inner product over the window's positions in row-major order and
// in each over the channels, as a matrix product has them; padding is zeros, which are multiplied.
//   input [samples, depth, height, width, input_stride], of each position the first `channels`;
//   weights [window's positions, channels, weights_stride], of each row the first `filters`;
//   scales and bias [filters], as those of a matrix product, and steps behind them;
//   result [samples, depth, height, width, result_stride], of each position the first `filters`
// A group is a call with moved addresses. The positions first..<last of the result are computed, counted through all samples.
typedef struct {
  nnk_window window;
  size_t channels, input_stride, filters, first, last;
  const void *_Nonnull input;
  const void *_Nullable weights;
  size_t weights_stride;
  nnk_b_type weights_type;
  // What `pack_b` made of the weights as a matrix [window's positions * channels, filters], or null; then `weights` is not read.
  const void *_Nullable packed_weights;
  const void *_Nullable scales;
  const void *_Nullable bias;
  // Steps over the result as a matrix [samples' positions, filters], of which this call's first filter is column `column`.
  const nnk_step *_Nullable steps;
  size_t step_count, column;
  void *_Nonnull result;
  size_t result_stride;
  // Room of `convolution_scratch` bytes.
  void *_Nonnull scratch;
} nnk_convolution;

// A convolution of each channel on its own: for each output an inner product over the window's positions in row-major order,
// in the runs of a matrix product; padding is zeros, which are multiplied.
//   input [samples, depth, height, width, channels], weights [window's positions, weights_stride], of each row the first
//   channels * multiplier, bias [channels * multiplier], result [samples, depth, height, width, channels * multiplier]
// Filter f sees channel f / multiplier. The positions first..<last of the result are computed, counted through all samples.
typedef struct {
  nnk_window window;
  size_t channels, multiplier, first, last;
  const void *_Nonnull input;
  const void *_Nonnull weights;
  size_t weights_stride;
  const void *_Nullable bias;
  void *_Nonnull result;
} nnk_depthwise;

// What a pool makes of the elements that a window sees: the greatest one, their mean, the sum of their magnitudes, the root of
// the sum of their squares.
typedef enum { NNK_POOL_MAX, NNK_POOL_MEAN, NNK_POOL_L1, NNK_POOL_L2 } nnk_pool;

// Goes through the positions of each window that lie within the input, in row-major order.
//   input [samples, depth, height, width, channels], result [samples, depth, height, width, channels]
// Channels that come first are samples of one channel. The lines first..<last of the result are computed, counted through
// depth, height and samples.
typedef struct {
  nnk_window window;
  // Whether windows share each dimension out instead, output o of n from floor(o * input / n) to ceil((o + 1) * input / n).
  bool shares;
  // Whether a mean counts the padding's positions.
  bool counts_padding;
  nnk_pool pool;
  size_t channels, first, last;
  const void *_Nonnull input;
  void *_Nonnull result;
} nnk_pooling;

// A function of one number with its parameters.
typedef struct {
  nnk_function function;
  double alpha, beta;
} nnk_activation;

// The weights of a step's gates, `units` columns for each gate. The sums of 8-bit integers are multiplied by `scales`, one for each
// column, before anything is added.
typedef struct {
  const void *_Nonnull values;
  bool is_packed;  // Whether `pack_gates` made the values.
  nnk_b_type type;
  const void *_Nullable scales;
} nnk_gate_weights;

// Parts of a step begin at multiples of so many units, with every variant.
#define NNK_STEP_UNITS 32

// A step of a long short-term memory with the gates i, f, g and o, without what is rarely asked for:
//   I, F, G, O = gates + hidden · weights;  c' = s(F) * c + s(I) * a(G);  h' = s(O) * t(c')
//   gates [rows, gates_stride], of each row the first 4 * units; hidden [rows, depth]; cell, next_cell, next_hidden [rows, units]
// The states after the step must not overlap those before it. It computes the units from `first` to before `end`, where `first`
// is a multiple of `NNK_STEP_UNITS`; the others are for other threads.
typedef struct {
  size_t rows, units, first, end, depth;
  const void *_Nonnull gates;
  size_t gates_stride;
  const void *_Nonnull hidden;
  nnk_gate_weights weights;  // [depth, 4 * units]
  const void *_Nonnull cell;
  void *_Nonnull next_cell;
  void *_Nonnull next_hidden;
  nnk_activation gate, candidate, output;  // s, a, t
} nnk_lstm;

// A step of a gated recurrent unit with the gates z, r and n, whose r multiplies the state's share:
//   H = hidden · weights (+ bias);  z = s(X_z + H_z), r = s(X_r + H_r), n = a(X_n + r * H_n);  h' = z * h + (1 - z) * n
//   gates X [rows, gates_stride], of each row the first 3 * units; hidden, next_hidden [rows, units]; bias [3 * units]
// The state after the step must not overlap that before it. Units as those of `nnk_lstm`.
typedef struct {
  size_t rows, units, first, end;
  const void *_Nonnull gates;
  size_t gates_stride;
  const void *_Nonnull hidden;
  nnk_gate_weights weights;  // [units, 3 * units]
  const void *_Nullable bias;
  void *_Nonnull next_hidden;
  nnk_activation gate, candidate;  // s, a
} nnk_gru;

// The kernels of one element type.
typedef struct {
  // result[i] = function(x[i]); result may be x.
  void (*_Nonnull elementwise)(nnk_function function, const void *_Nonnull x, void *_Nonnull result, size_t count,
                               double alpha, double beta);
  // result[i] = x[i] + y[i]; result may be x or y.
  void (*_Nonnull add)(const void *_Nonnull x, const void *_Nonnull y, void *_Nonnull result, size_t count);
  // result[i] = x[i] to the power y[i]; result may be x or y.
  void (*_Nonnull power)(const void *_Nonnull x, const void *_Nonnull y, void *_Nonnull result, size_t count);
  // result[r][c] = x[r][c] + row[c]; result may be x.
  void (*_Nonnull add_row)(const void *_Nonnull x, const void *_Nonnull row, void *_Nonnull result, size_t rows,
                           size_t columns);
  // Softmax over the middle axis of [outer, axis, inner]; result may be x.
  void (*_Nonnull softmax)(const void *_Nonnull x, void *_Nonnull result, size_t outer, size_t axis, size_t inner,
                           bool logarithm);
  // Reduces the middle axis of [outer, axis, inner] to [outer, inner]; result must not overlap x.
  void (*_Nonnull reduce)(nnk_reduction reduction, const void *_Nonnull x, void *_Nonnull result, size_t outer,
                          size_t axis, size_t inner);
  void (*_Nonnull product)(const nnk_product *_Nonnull product);
  void (*_Nonnull convolution)(const nnk_convolution *_Nonnull convolution);
  // The bytes of scratch that `convolution` needs for a number of positions.
  size_t (*_Nonnull convolution_scratch)(const nnk_window *_Nonnull window, size_t positions);
  // result[c][r] = x[r][c] for rows by columns elements; strides count elements from one row to the next.
  void (*_Nonnull transpose)(const void *_Nonnull x, size_t x_stride, void *_Nonnull result, size_t result_stride,
                             size_t rows, size_t columns);
  void (*_Nonnull depthwise)(const nnk_depthwise *_Nonnull depthwise);
  void (*_Nonnull pooling)(const nnk_pooling *_Nonnull pooling);
  // The bytes of a packed B.
  size_t (*_Nonnull packed_size)(size_t columns, size_t depth, nnk_b_type type);
  // Packs B in the order in which products read it: panels of `tile_columns` columns, each with all of its rows one after
  // another, missing columns 0. The panel of column c starts c * depth elements on. Only this variant can read it.
  void (*_Nonnull pack_b)(const nnk_packing *_Nonnull packing, void *_Nonnull packed);
  // A chain of element-wise steps.
  void (*_Nonnull epilogue)(const nnk_elements *_Nonnull elements);
  // The columns of a panel of packed B; products split at multiples of it share no panel.
  size_t (*_Nonnull tile_columns)(void);
  // The bytes of packed weights [depth, gates * units].
  size_t (*_Nonnull packed_gates_size)(size_t units, size_t depth, size_t gates, nnk_b_type type);
  // Packs them in the order in which steps read them: blocks of units, each with all rows one after another, each row with
  // the block's columns of all gates, missing columns 0. Only this variant can read it.
  void (*_Nonnull pack_gates)(const void *_Nonnull weights, size_t units, size_t depth, size_t gates, nnk_b_type type,
                              void *_Nonnull packed);
  void (*_Nonnull lstm)(const nnk_lstm *_Nonnull step);
  void (*_Nonnull gru)(const nnk_gru *_Nonnull step);
} nnk_kernels;

// One set of kernels: plain, avx2, avx512 or neon.
typedef struct {
  const char *_Nonnull name;
  nnk_kernels kernels[2];  // by NNK_F32, NNK_F64
} nnk_variant;

// The variant chosen at the first call: the one that NNM_KERNELS names if this CPU has it, else the fastest.
const nnk_variant *_Nonnull nnk_current(void);
// The variants this CPU can run, slowest first; null past the last.
const nnk_variant *_Nullable nnk_available(size_t index);

// NumPy's tables for the normal distribution: 256 entries each, for draws of 52 bits (f64) and of 23 bits (f32).
typedef struct {
  const uint64_t *_Nonnull inner_f64;
  const double *_Nonnull width_f64;
  const double *_Nonnull density_f64;
  const uint32_t *_Nonnull inner_f32;
  const float *_Nonnull width_f32;
  const float *_Nonnull density_f32;
} nnk_ziggurat;

const nnk_ziggurat *_Nonnull nnk_ziggurat_tables(void);

// Tells the processor that this thread waits in a loop. (Swift has no such instruction.)
static inline void nnk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Casts. Widening is exact; narrowing rounds to nearest, ties to even, once; overflow gives infinity. A NaN keeps its
// sign and the leading bits of its payload, and a narrowed NaN becomes quiet.
void nnk_f16_to_f32(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_bf16_to_f32(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f32_to_f64(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f32_to_f16(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f32_to_bf16(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f64_to_f32(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f64_to_f16(const void *_Nonnull x, void *_Nonnull result, size_t count);
void nnk_f64_to_bf16(const void *_Nonnull x, void *_Nonnull result, size_t count);

#endif
