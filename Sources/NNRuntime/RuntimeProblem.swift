public import NNFormat

/// What can be wrong with a call of a network.
public enum RuntimeProblem: Problem {
  /// A URL does not lead to a file of this machine.
  case notFileURL(String)
  /// One tensor was given to a network of several inputs.
  case severalInputs([String])
  /// One result was asked of a network of several outputs.
  case severalOutputs([String])
  /// A tensor was given for an input that the network does not have.
  case unknownInput(known: [String], nearest: String?)
  /// No tensor was given for an input.
  case missingInput(TensorType)
  /// The elements have another type than the network's.
  case wrongDataType(expected: DataType, found: DataType)
  /// There are more or fewer dimensions than the input has.
  case wrongRank(expected: TensorType, found: Shape)
  /// An extent is another one than the network's.
  case wrongExtent(axis: Int, expected: TensorType, found: Shape)
  /// Two dimensions of one name have different extents; the first one is that of `input`.
  case unequalExtents(symbol: String, input: String, expected: Int, found: Int)
  /// Elements without a shape were given where the shape does not follow from their number.
  case shapeNeeded(TensorType)
  /// Elements without a shape do not fill the input.
  case wrongCount(expected: TensorType, count: Int)
  /// Rows were given for an input that is no matrix, or asked of an output that is none.
  case notRows(TensorType)
  /// A row is longer or shorter than the input's rows.
  case wrongRow(index: Int, expected: Int, found: Int)
  /// The result has other elements than the caller wants.
  case wrongResultType(expected: DataType, found: DataType)
  /// A prepared network was called with more or fewer buffers than it has inputs or outputs.
  case wrongBufferCount(what: String, expected: Int, found: Int)
  /// A caller's buffer has more or fewer bytes than the value.
  case wrongBufferSize(expected: Int, found: Int)
  /// A caller's buffer, which may be larger than the value, is smaller.
  case bufferTooSmall(needed: Int, found: Int)
  /// A caller's buffer begins at an address that its elements cannot have.
  case misalignedBuffer(alignment: Int)
  /// The memory for a result overlaps other memory of the same call.
  case overlappingBuffer
  /// A run needs more memory than it may have.
  case tooMuchMemory(needed: Int, limit: Int)
  /// The system has no memory left.
  case outOfMemory(needed: Int)
  /// A layer does not tell the extents of its output though those of its inputs are fixed.
  case openExtents(TensorType)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .wrongDataType, .wrongRank, .wrongExtent, .unequalExtents, .wrongCount, .wrongRow: .malformed
    case .tooMuchMemory, .outOfMemory: .unsupported
    case .openExtents: .internalFault
    default: .usage
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notFileURL(let url):
      "'\(url)' is no file of this machine; load it down first and give the file's URL"
    case .severalInputs(let names):
      "the network has \(names.count) inputs (\(RuntimeProblem.list(names))); give each tensor under its name"
    case .severalOutputs(let names):
      "the network has \(names.count) outputs (\(RuntimeProblem.list(names))); call it with named inputs to get all"
    case .unknownInput(let known, let nearest):
      "the network has no such input; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "it has \(RuntimeProblem.list(known))")
    case .missingInput(let type):
      "no tensor is given for it; it takes \(type)"
    case .wrongDataType(let expected, let found):
      "the elements must be \(expected.rawValue), found \(found.rawValue)"
    case .wrongRank(let expected, let found):
      "must be \(expected), of rank \(expected.rank), found \(found), of rank \(found.rank)"
    case .wrongExtent(let axis, let expected, let found):
      "must be \(expected), found \(found); dimension \(axis) differs"
    case .unequalExtents(let symbol, let input, let expected, let found):
      "the dimension '\(symbol)' is \(found) here and \(expected) in the input '\(input)'; "
        + "dimensions of one name must be equal"
    case .shapeNeeded(let type):
      "the shape of \(type) does not follow from the number of elements; give a tensor, which has a shape"
    case .wrongCount(let expected, let count):
      "\(count) elements do not fill \(expected)"
    case .notRows(let type):
      "is \(type), which is no list of rows; use a tensor"
    case .wrongRow(let index, let expected, let found):
      "row \(index) has \(found) elements, where \(expected) are needed"
    case .wrongResultType(let expected, let found):
      "the result is \(found.rawValue), not \(expected.rawValue); use a tensor, or arrays of the result's type"
    case .wrongBufferCount(let what, let expected, let found):
      "\(found) buffers are given for \(expected) \(what)"
    case .wrongBufferSize(let expected, let found):
      "the buffer must have \(expected) bytes, found \(found)"
    case .bufferTooSmall(let needed, let found):
      "the buffer must have at least \(needed) bytes, found \(found)"
    case .misalignedBuffer(let alignment):
      "the buffer must begin at a multiple of \(alignment) bytes"
    case .overlappingBuffer:
      "the memory for the result overlaps that of an input or another result; each needs its own"
    case .tooMuchMemory(let needed, let limit):
      "one run needs \(needed) bytes of memory, more than the limit of \(limit)"
    case .outOfMemory(let needed):
      "the system has no \(needed) bytes of memory left"
    case .openExtents(let type):
      "its output is \(type), which leaves extents open though those of its inputs are fixed; "
        + "this is a fault of the layer"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: ", ")
  }
}
