#include "CNNKernels.h"
int nnk_placeholder(void) { return 0; }
