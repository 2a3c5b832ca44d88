import NNTerminal

Run.runAndExit()
