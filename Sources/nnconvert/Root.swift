import ArgumentParser
import NNTerminal

/// The command `nnconvert`.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration.tool(
    "nnconvert", abstract: "Make model files out of other files, and convert between their kinds.",
    discussion: """
      Every conversion is checked: what was written is opened again and compared, and an output appears whole or not at all. \
      Nothing is guessed and nothing is dropped in silence; what a source leaves open is an error that names the option to pass.

      Exit codes: 0 fine, 1 a check failed, 64 wrong usage, 65 malformed data, 66 no such file, 69 not supported, \
      70 a fault of this program, 73 the output cannot be created, 74 reading or writing failed.
      """,
    subcommands: [
      FromNPY.self, FromKeras.self, ToKeras.self, ToNPY.self, FromJSON.self, ToJSON.self, ConvertModel.self,
      Verify.self,
    ])
}

/// The name and version that files made by this command carry.
let toolName = "nnconvert \(toolVersion)"
