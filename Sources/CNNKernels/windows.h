// Where windows lie.
#ifndef NNK_WINDOWS_H
#define NNK_WINDOWS_H

#include "variants.h"

// The position that an output's window has as its k-th; what is not within the input is padding.
static inline ptrdiff_t nnk_position(const nnk_axis *axis, size_t output, size_t k) {
  return (ptrdiff_t)(output * axis->stride) + (ptrdiff_t)k * axis->dilation - axis->before;
}

static inline bool nnk_is_inside(const nnk_axis *axis, ptrdiff_t position) {
  return (size_t)position < axis->input;
}

// Whether every window is the output's own position.
static inline bool nnk_is_identity(const nnk_window *w) {
  const nnk_axis *axes[] = {&w->depth, &w->height, &w->width};
  for (int i = 0; i < 3; i++)
    if (axes[i]->size != 1 || axes[i]->stride != 1 || axes[i]->before != 0 || axes[i]->after != 0) return false;
  return true;
}

// The outputs whose whole window lies within the input: from *first to before *last.
static inline void nnk_whole_windows(const nnk_axis *axis, size_t *first, size_t *last) {
  ptrdiff_t reach = (ptrdiff_t)(axis->size - 1) * axis->dilation;
  ptrdiff_t low = axis->before - (reach < 0 ? reach : 0);
  ptrdiff_t high = (ptrdiff_t)axis->input + axis->before - (reach > 0 ? reach : 0);
  size_t start = low <= 0 ? 0 : ((size_t)low + axis->stride - 1) / axis->stride;
  size_t end = high <= 0 ? 0 : ((size_t)high - 1) / axis->stride + 1;
  *first = start < axis->output ? start : axis->output;
  *last = end < *first ? *first : end < axis->output ? end : axis->output;
}

// The positions of the input that a window sees along one dimension: `first`, and each `step` further; and how many count.
typedef struct {
  size_t first, count, counted;
  ptrdiff_t step;
} nnk_span;

// x / size, rounded up; most windows have no gaps.
static inline size_t nnk_parts(size_t x, size_t size) { return size == 1 ? x : (x + size - 1) / size; }

// How many of an output's positions lie from `low` to before `high`, and where those begin.
static inline nnk_span nnk_within(const nnk_axis *axis, size_t output, ptrdiff_t low, ptrdiff_t high) {
  ptrdiff_t first = nnk_position(axis, output, 0), last = nnk_position(axis, output, axis->size - 1);
  size_t start = 0, end = axis->size;
  bool forwards = axis->dilation > 0;
  // Most windows lie within, and need no division.
  if ((forwards ? first : last) < low || (forwards ? last : first) >= high) {
    // How far it is to the first position within, and to the first one behind, in the direction of the window.
    ptrdiff_t step = forwards ? axis->dilation : -axis->dilation;
    ptrdiff_t to_start = forwards ? low - first : first - high + 1, to_end = forwards ? high - first : first - low + 1;
    start = to_start <= 0 ? 0 : nnk_parts((size_t)to_start, (size_t)step);
    end = to_end <= 0 ? 0 : nnk_parts((size_t)to_end, (size_t)step);
    if (end > axis->size) end = axis->size;
  }
  if (start >= end) return (nnk_span){0, 0, 0, axis->dilation};
  return (nnk_span){(size_t)nnk_position(axis, output, start), end - start, end - start, axis->dilation};
}

static inline nnk_span nnk_span_at(const nnk_axis *axis, size_t output, bool shares, bool counts_padding) {
  if (shares) {
    size_t first = output * axis->input / axis->output;
    size_t end = ((output + 1) * axis->input + axis->output - 1) / axis->output;
    return (nnk_span){first, end - first, end - first, 1};
  }
  nnk_span span = nnk_within(axis, output, 0, (ptrdiff_t)axis->input);
  if (counts_padding) span.counted = nnk_within(axis, output, -axis->before, (ptrdiff_t)axis->input + axis->after).count;
  return span;
}

// The places of one line of the output.
typedef struct {
  size_t sample, z, y;
} nnk_line;

static inline nnk_line nnk_line_at(const nnk_window *window, size_t line) {
  size_t lines = line / window->height.output;
  return (nnk_line){lines / window->depth.output, lines % window->depth.output, line % window->height.output};
}

static inline void nnk_next_line(const nnk_window *window, nnk_line *line) {
  if (++line->y < window->height.output) return;
  line->y = 0;
  if (++line->z < window->depth.output) return;
  line->z = 0;
  line->sample++;
}

#endif
