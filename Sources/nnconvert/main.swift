import NNTerminal

Root.runAndExit()
