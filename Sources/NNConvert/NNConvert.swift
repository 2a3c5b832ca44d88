// NNConvert
