// NNNumPy
