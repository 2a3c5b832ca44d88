// NNContainer
