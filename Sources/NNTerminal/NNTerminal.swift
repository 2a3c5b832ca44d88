// NNTerminal
