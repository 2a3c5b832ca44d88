#ifndef NNK_TABLES_H
#define NNK_TABLES_H

#include <stdint.h>

extern const double nnk_exp2_head[16];
extern const double nnk_exp2_tail[16];
extern const double nnk_inverse_factorial[8];
extern const double nnk_log_inverse[128];
extern const double nnk_log_head[128];
extern const double nnk_log_tail[128];
extern const double nnk_ln2[2];
extern const double nnk_erf_origin[13];
extern const double nnk_erf_span[13][88];
extern const double nnk_erf_near_f32[23];
extern const double nnk_two_over_pi[4][64];
extern const double nnk_half_pi[2];
extern const double nnk_sine[2][27];
extern const double nnk_cosine[2][27];
extern const double nnk_arctangent[2][17];
extern const double nnk_sinh_series[6];
extern const double nnk_asinh_series[8];
extern const double nnk_atanh_series[8];
extern const double nnk_tanh_f64[18][16];
extern const float nnk_tanh_f32[8][32];
extern const double nnk_tanh_rows_f64[80][4];
extern const float nnk_tanh_rows_f32[32][8];

#endif
