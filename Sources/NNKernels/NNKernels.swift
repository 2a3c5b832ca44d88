// NNKernels
