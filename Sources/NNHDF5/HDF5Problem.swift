public import NNFormat

/// What can be wrong with an HDF5 file as such.
public enum HDF5Problem: Problem {
  /// libhdf5 failed to read, for the given reason.
  case unreadable(action: String, reason: String)
  /// libhdf5 failed to write, for the given reason.
  case notWritten(action: String, reason: String)
  /// The libhdf5 at hand is of another version than the one this was built for.
  case libraryVersion(built: String, found: String)
  /// An HDF5 file that is not of this format.
  case notAModel
  /// A model or weights as Keras saves them.
  case ofKeras
  /// A link leads elsewhere than to an object of the group it stands in.
  case foreignLink(kind: String)
  /// A name is not UTF-8, or longer than a reader accepts.
  case badName(reason: String)
  /// Groups are nested too deeply.
  case tooDeep(limit: Int)
  /// An object is neither a group nor a dataset.
  case unknownObject
  /// A group can be reached by two paths.
  case groupTwice
  /// There is no such dataset.
  case noDataset
  /// A group that the format does not have.
  case unexpectedGroup
  /// A dataset keeps its values in other files.
  case externalStorage
  /// A dataset shows parts of other datasets.
  case virtualDataset
  /// A dataset's bytes pass through a filter that is not read.
  case filter(String)
  /// A dataset has no dataspace.
  case noValues
  /// Values of a dataset were never written.
  case neverWritten(unit: String, stored: UInt64, needed: UInt64)
  /// A dataset declares far more than the file stores.
  case expansion(declared: UInt64, stored: UInt64)
  /// A dataset lies outside of the file.
  case outsideFile(offset: UInt64, size: Int, fileSize: Int)
  /// A datatype is none of those that tensors have.
  case unsupportedType(found: String)
  /// Something that must be one text is not.
  case notOneText(found: String)
  /// A text is not UTF-8.
  case notUTF8
  /// A heap, which holds texts or names, is damaged.
  case damagedHeap(UInt64)
  /// Addresses or sizes in the file have an unusual length.
  case addressSize(Int, Int)
  /// An attribute is missing.
  case missingAttribute(String)
  /// An attribute has no meaning where it stands.
  case unknownAttribute(String)
  /// An attribute has a value that it must not have.
  case wrongAttribute(found: String, expected: String)
  /// A tensor that several nodes use is stored several times.
  case storedTwice(first: String)
  /// Two tensors are one dataset.
  case sharedDataset(other: String)

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .notWritten: .inputOutput
    case .libraryVersion, .ofKeras, .filter, .externalStorage, .virtualDataset, .foreignLink, .addressSize: .unsupported
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .unreadable(let action, let reason):
      "libhdf5 cannot \(action): \(reason); the file is damaged or uses what this libhdf5 does not know"
    case .notWritten(let action, let reason):
      "libhdf5 cannot \(action): \(reason); what was there before is untouched"
    case .libraryVersion(let built, let found):
      "this was built for libhdf5 \(built) and found \(found); build it again"
    case .notAModel:
      "an HDF5 file, but not a model: its root has no attribute 'format' with the value 'nnm'"
    case .ofKeras:
      "a file of Keras, not a model of this format; convert it first: nnconvert from-keras FILE -o model.nnm"
    case .foreignLink(let kind):
      "is \(kind), which could lead out of the file; only hard links are read"
    case .badName(let reason):
      "a link has a name that \(reason)"
    case .tooDeep(let limit):
      "groups are nested deeper than the \(limit) levels that a reader accepts"
    case .unknownObject:
      "is neither a group nor a dataset"
    case .groupTwice:
      "is a group that another path leads to as well; every group needs one path"
    case .noDataset:
      "there is no such dataset"
    case .unexpectedGroup:
      "is a group that has no place in a model; it holds no listed tensor"
    case .externalStorage:
      "keeps its values in other files, which are never read; store them in this file"
    case .virtualDataset:
      "is a virtual dataset, which may show other files; store its values in this file"
    case .filter(let name):
      "passes through the filter \(name); only gzip, shuffle and fletcher32, each once, are read"
    case .noValues:
      "is empty (it has a null dataspace), where values are needed"
    case .neverWritten(let unit, let stored, let needed):
      "needs \(needed) \(unit), of which \(stored) are stored; values that were never written are not guessed"
    case .expansion(let declared, let stored):
      "declares \(declared) bytes, of which the file stores \(stored): more than 1000 to 1, as in an attack on memory"
    case .outsideFile(let offset, let size, let fileSize):
      "needs \(size) bytes from byte \(offset), and the file has \(fileSize); it is cut off or damaged"
    case .unsupportedType(let found):
      "holds \(found); tensors hold IEEE floats of 2, 4 or 8 bytes, integers of 1 to 8 bytes, or booleans as h5py stores them"
    case .notOneText(let found):
      "must be one text (a scalar string), found \(found)"
    case .notUTF8:
      "is not UTF-8"
    case .damagedHeap(let address):
      "needs the heap at address \(address), which is damaged"
    case .addressSize(let address, let size):
      "its addresses have \(address) bytes and its sizes \(size); only files with 8 bytes for both are read"
    case .missingAttribute(let name):
      "the attribute '\(name)' is missing"
    case .unknownAttribute(let name):
      "the attribute '\(name.prefix(80))' has no meaning here"
    case .wrongAttribute(let found, let expected):
      "must be \(expected), found '\(found.prefix(80))'"
    case .storedTwice(let first):
      "is a copy of \(first), and should be a hard link to it, since both are one tensor"
    case .sharedDataset(let other):
      "is a hard link to \(other), which is another tensor; each tensor needs a dataset of its own"
    }
  }
}
