/// What can be wrong with a container, whichever encoding it has.
public enum ContainerProblem: Problem {
  /// The file is empty.
  case empty
  /// The content is none of the encodings.
  case unknownKind(beginsWith: [UInt8])
  /// The file is a Git LFS pointer, not what it points to.
  case gitLFSPointer
  /// A binary container went through a text-mode transfer.
  case textModeDamage
  /// A file of a kind that is converted first.
  case convertFirst(what: String, command: String)
  /// The library was built without libhdf5.
  case withoutHDF5
  /// A version is no version.
  case badVersion(String)
  /// The file's major version is another than the library's.
  case versionTooNew(FormatVersion, supported: FormatVersion)
  /// The file needs features that the library does not know.
  case unknownFeatures([String], FormatVersion, supported: FormatVersion)
  /// Flag bits are set that have no meaning.
  case unknownFlags(UInt32)
  /// A header is longer than a reader accepts or than the file.
  case headerTooLong(UInt64, limit: Int)
  /// The file is longer or shorter than its header says.
  case wrongFileSize(promised: UInt64, found: Int)
  /// A header is damaged.
  case headerDamaged
  /// A tensor does not begin where the one before it ends.
  case wrongOffset(expected: Int, found: Int)
  /// A byte between tensors is not zero.
  case paddingNotZero(UInt8)
  /// A document is not one of this format.
  case notThisFormat(found: String)
  /// A tensor's values are not given, or given twice.
  case valuesNotOnce
  /// A list of values does not have the tensor's shape.
  case wrongValues(shape: Shape)
  /// A value does not fit the tensor's type.
  case valueOutOfRange(String, DataType)
  /// A text is not base64.
  case badBase64
  /// A tensor in the file is not in the table.
  case unlistedTensor
  /// A tensor of the table is not in the file.
  case tensorNotStored
  /// What was written does not read back as the model that it should hold.
  case notReproduced
  /// The same fact stands twice in the file, in different words.
  case contradiction(what: String, String, String)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .withoutHDF5, .versionTooNew, .unknownFeatures, .convertFirst: .unsupported
    case .notReproduced: .internalFault
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .empty:
      "the file is empty"
    case .unknownKind(let bytes):
      "not a model: it begins with \(ContainerProblem.words(bytes)), which is none of .nnm, HDF5, JSON and safetensors"
    case .gitLFSPointer:
      "a Git LFS pointer, not the model itself; run 'git lfs pull' first"
    case .textModeDamage:
      "its bytes were changed by a transfer in text mode; copy it again in binary mode"
    case .convertFirst(let what, let command):
      "\(what), not a model; convert it first: \(command)"
    case .withoutHDF5:
      "an HDF5 file, and this build has no HDF5; build with the package trait 'HDF5', or convert the file elsewhere: "
        + "nnconvert convert FILE.h5 FILE.nnm"
    case .badVersion(let text):
      "'\(text.prefix(40))' is no version; write major.minor, as in \(FormatVersion.current)"
    case .versionTooNew(let version, let supported):
      "the file has version \(version), and this library reads versions \(supported.major).x; "
        + (version.major > supported.major ? "use a newer library" : "use the library that wrote it")
    case .unknownFeatures(let names, let version, let supported):
      "the file has version \(version) and requires \(names.map { "'\($0)'" }.joined(separator: ", ")), which this library "
        + "(version \(supported)) does not know; use a newer one"
    case .unknownFlags(let flags):
      "the flags 0x\(String(flags, radix: 16)) have no meaning; they must be 0"
    case .headerTooLong(let length, let limit):
      "a header of \(length) bytes cannot be: at most \(limit) are possible here"
    case .wrongFileSize(let promised, let found):
      promised > UInt64(found)
        ? "the file is cut off: it should have \(promised) bytes and has \(found)"
        : "the file should have \(promised) bytes and has \(found); something was appended"
    case .headerDamaged:
      "the header is damaged: its digest does not match; get the file again"
    case .wrongOffset(let expected, let found):
      "must begin at byte \(expected) of the data, found \(found); tensors follow one another without holes"
    case .paddingNotZero(let byte):
      "a byte between tensors is \(byte), where it must be 0"
    case .notThisFormat(let found):
      "the member 'format' must be 'nnm', found '\(found.prefix(40))'"
    case .valuesNotOnce:
      "needs either 'values' or 'base64', not both and not neither"
    case .wrongValues(let shape):
      "the values must be lists nested as the shape \(shape) says"
    case .valueOutOfRange(let text, let type):
      "the value \(text.prefix(40)) is no \(type.rawValue)"
    case .badBase64:
      "not base64 (RFC 4648, with padding and without line breaks)"
    case .unlistedTensor:
      "stored in the file, but not listed in the architecture"
    case .tensorNotStored:
      "listed in the architecture, but not stored in the file"
    case .notReproduced:
      "what was written does not read back as the same model, so nothing was kept; please report this bug"
    case .contradiction(let what, let first, let second):
      "its \(what) is \(first) in one place and \(second) in another"
    }
  }

  private static func words(_ bytes: [UInt8]) -> String {
    if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) {
      return "'\(String(decoding: bytes, as: UTF8.self))'"
    }
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
