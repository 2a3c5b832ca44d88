public import NNFormat

/// What can be wrong with a ZIP archive.
public enum ZipProblem: Problem {
  /// The bytes do not begin as an archive does.
  case notAnArchive(beginsWith: [UInt8])
  /// The record that ends every archive is missing.
  case noEnd
  /// A record does not begin with its signature.
  case badSignature(of: String)
  /// The archive is spread over several files.
  case multipleDisks
  /// Something does not lie where it must for every byte of the archive to be accounted for.
  case wrongPlace(of: String, expected: Int, found: Int)
  /// Two members share bytes.
  case overlap
  /// A field has a value that contradicts another.
  case contradiction(what: String, String, String)
  /// More members are promised than the directory can hold, or than a reader accepts.
  case tooManyMembers(UInt64, limit: Int)
  /// An extra field is cut off, or misses a size that must be in it.
  case badExtraField
  /// The member is encrypted.
  case encrypted
  /// The member is compressed by a method that is not read.
  case unsupportedMethod(UInt16)
  /// The member uses features that are not read.
  case unsupportedFlags(UInt16)
  /// A record has parts that are not read.
  case unsupportedRecord
  /// A name is not what an archive should hold.
  case badName(String, reason: String)
  /// Two members have the same name.
  case duplicateName(String)
  /// There is no such member.
  case noSuchMember(nearest: String?)
  /// Compressed members promise far more data than the archive has.
  case bomb(promised: Int, stored: Int)
  /// The compressed data is damaged.
  case badCompressedData
  /// The uncompressed data has another checksum than the archive says.
  case wrongChecksum(promised: UInt32, found: UInt32)
  /// Compressing failed for want of memory.
  case compressionFailed

  /// What kind of failure this is.
  public var category: ProblemCategory {
    switch self {
    case .multipleDisks, .encrypted, .unsupportedMethod, .unsupportedFlags, .unsupportedRecord: .unsupported
    case .wrongChecksum: .failedCheck
    case .noSuchMember: .missingInput
    case .compressionFailed: .inputOutput
    default: .malformed
    }
  }

  /// The sentence for people.
  public var description: String {
    switch self {
    case .notAnArchive(let bytes):
      bytes.isEmpty
        ? "the file is empty; a ZIP archive begins with 'PK'"
        : "not a ZIP archive: it begins with "
          + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
          + " instead of 50 4b 03 04"
    case .noEnd:
      "the archive has no end record; it seems to be cut off, or something was appended"
    case .badSignature(let what):
      "\(what) should be here and is not"
    case .multipleDisks:
      "the archive is spread over several files; join them first"
    case .wrongPlace(let what, let expected, let found):
      "\(what) should be at byte \(expected) and is at byte \(found); nothing may lie between the parts of the archive"
    case .overlap:
      "shares bytes with another part of the archive"
    case .contradiction(let what, let first, let second):
      "its \(what) is \(first) in one place and \(second) in another"
    case .tooManyMembers(let count, let limit):
      "\(count) members cannot be: at most \(limit) are possible here"
    case .badExtraField:
      "an extra field is damaged"
    case .encrypted:
      "encrypted, which is not supported; decrypt it first"
    case .unsupportedMethod(let method):
      "compressed by method \(method), which is not supported; stored (0) and deflated (8) are"
    case .unsupportedFlags(let flags):
      "the flags 0x\(String(flags, radix: 16)) ask for features that are not supported"
    case .unsupportedRecord:
      "the record has an extension that is not supported"
    case .badName(let name, let reason):
      "the member name '\(name.prefix(80))' \(reason)"
    case .duplicateName(let name):
      "two members have the name '\(name)'; each needs its own"
    case .noSuchMember(let nearest):
      "not in the archive" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .bomb(let promised, let stored):
      "the compressed members promise \(promised) bytes from \(stored); more than 1 GiB and more than 100 times their size "
        + "is refused, since it would fill the disk"
    case .badCompressedData:
      "the compressed data is damaged; get the file again"
    case .wrongChecksum(let promised, let found):
      "the content is damaged: its CRC-32 should be \(String(promised, radix: 16)) and is \(String(found, radix: 16))"
    case .compressionFailed:
      "compressing failed for want of memory"
    }
  }
}
