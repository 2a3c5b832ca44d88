import NNTerminal

Info.runAndExit()
