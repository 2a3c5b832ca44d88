public import NNFormat

/// What can be wrong with a NumPy file: a single array (`.npy`) or an archive of arrays (`.npz`).
public enum NumPyProblem: Problem {
  /// The bytes do not begin as a `.npy` file does.
  case notAnArrayFile(beginsWith: [UInt8])
  /// The bytes are a ZIP archive where a single array is needed.
  case archiveInsteadOfArray
  /// The file has a version of the `.npy` format that does not exist.
  case unknownVersion(major: UInt8, minor: UInt8)
  /// The header is longer than NumPy itself would read.
  case headerTooLong(Int, limit: Int)
  /// The header is not valid text in the encoding of its version.
  case headerNotUTF8
  /// The header is not a Python literal.
  case badLiteral(expected: String, found: String)
  /// The header has more nested brackets than any writer makes.
  case literalTooDeep(limit: Int)
  /// The header lacks one of its three entries.
  case missingKey(String)
  /// The header has an entry that the format does not know.
  case unknownKey(String)
  /// An entry stands twice in the header.
  case duplicateKey(String)
  /// An entry of the header has a value of the wrong kind.
  case wrongValue(key: String, expected: String, found: String)
  /// A type description that NumPy does not know either.
  case unknownType(String)
  /// Elements that a model cannot hold.
  case unsupportedType(String, UnsupportedElements)
  /// An archive has a member that is no array.
  case memberIsNoArray
  /// An array whose rows cannot be read one after another.
  case noRows(String)

  /// Why elements of a type are refused.
  public enum UnsupportedElements: Sendable, Equatable {
    /// Pickled Python objects.
    case objects
    /// Complex numbers.
    case complex
    /// Strings of characters or bytes.
    case text
    /// Dates and durations.
    case dates
    /// Bytes without a type; of two bytes each, if `isTwoBytes`, which may be bfloat16.
    case void(isTwoBytes: Bool)
    /// Records of several fields.
    case records
    /// Arrays within an array.
    case subarrays
    /// Extended precision, which differs from machine to machine.
    case longDouble
    /// A C type whose size differs from system to system.
    case systemDependent
  }

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .unsupportedType, .unknownVersion: .unsupported
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notAnArrayFile(let bytes):
      bytes.isEmpty
        ? "the file is empty; a .npy file begins with the byte 0x93 and 'NUMPY'"
        : "not a .npy file: it begins with \(NumPyProblem.hexadecimal(bytes)) instead of the byte 0x93 and 'NUMPY'"
    case .archiveInsteadOfArray:
      "a ZIP archive (.npz), where a single array (.npy) is needed"
    case .unknownVersion(let major, let minor):
      "version \(major).\(minor) of the .npy format is unknown; known are 1.0, 2.0 and 3.0"
    case .headerTooLong(let length, let limit):
      "a header of \(length) bytes is longer than the \(limit) that NumPy reads"
    case .headerNotUTF8:
      "the header is not valid UTF-8, which version 3.0 demands"
    case .badLiteral(let expected, let found):
      "the header is no Python literal: found \(found) where \(expected) is needed"
    case .literalTooDeep(let limit):
      "the header nests brackets more than \(limit) deep, which no array needs"
    case .missingKey(let key):
      "the header has no '\(key)'; it must have 'descr', 'fortran_order' and 'shape'"
    case .unknownKey(let key):
      "the header has '\(key.prefix(40))'; it must have only 'descr', 'fortran_order' and 'shape'"
    case .duplicateKey(let key):
      "the header has '\(key)' twice; each entry may stand once"
    case .wrongValue(let key, let expected, let found):
      "'\(key)' in the header must be \(expected), found \(found)"
    case .unknownType(let text):
      "the type '\(text.prefix(40))' is unknown to NumPy; '<f4' and '<f8' are typical ones"
    case .unsupportedType(let text, let elements):
      "elements of type '\(text.prefix(40))' are \(elements.words)"
    case .memberIsNoArray:
      "no array: the members of a .npz archive end in '.npy'"
    case .noRows(let reason):
      "\(reason), and cannot be read row by row; save np.ascontiguousarray(array) with a first dimension of samples"
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}

extension NumPyProblem.UnsupportedElements {
  fileprivate var words: String {
    switch self {
    case .objects:
      "pickled Python objects, which could run any code when read; save them as numbers: array.astype('float32')"
    case .complex:
      "complex numbers, which a model cannot hold; save array.real and array.imag"
    case .text:
      "text, which a model cannot hold; save numbers"
    case .dates:
      "dates or durations, which a model cannot hold; save array.astype('int64')"
    case .void(true):
      "two bytes each without a type; if they are bfloat16, as ml_dtypes stores it, pass --as-bf16"
    case .void(false):
      "bytes without a type; save them under the type that they have: array.view('uint8')"
    case .records:
      "records of several fields; save each field as an array of its own: array['name']"
    case .subarrays:
      "arrays themselves; save one array of numbers"
    case .longDouble:
      "of extended precision, which differs from machine to machine; save array.astype('float64')"
    case .systemDependent:
      "of a C type whose size differs from system to system; save it with a plain type such as '<i8'"
    }
  }
}
