import NNFormat
import NNTerminal

/// What `nninfo --verify` found.
struct Verification {
  let passed = true
  let text = ""
  let json: JSONValue = .null
  init(_ container: Container) {}
}
