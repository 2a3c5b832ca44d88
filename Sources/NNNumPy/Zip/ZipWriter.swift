package import NNFormat

/// Writes a ZIP archive, the same bytes for the same members every time: those that Python's `zipfile` writes under
/// `force_zip64`, as `np.savez` calls it on Linux and macOS. All dates are 1980-01-01.
package struct ZipWriter {
  private var directory: [UInt8] = []
  private var names: Set<String> = []
  private var offset: UInt64 = 0
  // Python's zipfile.ZIP64_LIMIT: beyond it, the directory has sizes of 64 bits.
  private static let wideLimit = UInt64(Int32.max)
  // Version 4.5 of the format, the first with sizes of 64 bits.
  private static let version: UInt16 = 45
  private static let firstDate: UInt16 = 1 << 5 | 1
  // As zipfile does: made on Unix, readable and writable by the owner.
  private static let unix: UInt16 = 3 << 8
  private static let attributes: UInt32 = 0o600 << 16

  package init() {}

  /// Appends a member whose content is the given regions one after another.
  ///
  /// - Throws: ``ZipProblem/badName(_:reason:)`` and ``ZipProblem/duplicateName(_:)``; what writing throws.
  package mutating func add(
    _ name: String, _ parts: [ByteRegion], method: ZipMethod = .stored, to file: inout AtomicFile
  ) throws(ModelError) {
    try ZipName.check(name)
    guard names.insert(name).inserted else { throw ModelError(ZipProblem.duplicateName(name)) }
    let checksum = Checksum.crc32(of: parts)
    let size = parts.reduce(0) { $0 + UInt64($1.count) }
    let content = method == .stored ? parts : [try Deflate.deflated(parts)]
    let storedSize = content.reduce(0) { $0 + UInt64($1.count) }
    let nameBytes = Array(name.utf8)
    let flags: ZipFlags = nameBytes.allSatisfy { $0 < 0x80 } ? [] : .utf8

    var header = Record(ZipRecords.localSignature)
    header.append(ZipWriter.version, flags.rawValue, method.rawValue, 0, ZipWriter.firstDate)
    header.append(checksum, .max, .max)
    header.append(UInt16(nameBytes.count), 20)
    header.bytes += nameBytes
    header.append(ZipRecords.wideField, 16)
    header.append(size, storedSize)

    let isLarge = size > ZipWriter.wideLimit || storedSize > ZipWriter.wideLimit
    var wide = isLarge ? [size, storedSize] : []
    if offset > ZipWriter.wideLimit { wide.append(offset) }
    var entry = Record(ZipRecords.entrySignature)
    entry.append(ZipWriter.unix | ZipWriter.version, ZipWriter.version, flags.rawValue, method.rawValue)
    entry.append(0, ZipWriter.firstDate)
    entry.append(
      checksum, isLarge ? .max : UInt32(truncatingIfNeeded: storedSize),
      isLarge ? .max : UInt32(truncatingIfNeeded: size))
    entry.append(UInt16(nameBytes.count), wide.isEmpty ? 0 : UInt16(4 + 8 * wide.count), 0, 0, 0)
    entry.append(
      ZipWriter.attributes, offset > ZipWriter.wideLimit ? .max : UInt32(truncatingIfNeeded: offset))
    entry.bytes += nameBytes
    if !wide.isEmpty {
      entry.append(ZipRecords.wideField, UInt16(8 * wide.count))
      for value in wide { entry.append(value) }
    }
    directory += entry.bytes

    try file.write(header.bytes)
    for part in content { try file.write(part) }
    offset += UInt64(header.bytes.count) + storedSize
  }

  /// Writes the directory and the end of the archive.
  package consuming func finish(to file: inout AtomicFile) throws(ModelError) {
    let (count, size) = (UInt64(names.count), UInt64(directory.count))
    var end = Record()
    if count > UInt64(UInt16.max) || offset > ZipWriter.wideLimit || size > ZipWriter.wideLimit {
      end.append(ZipRecords.wideEndSignature)
      end.append(UInt64(44))
      end.append(ZipWriter.version, ZipWriter.version)
      end.append(UInt32(0), UInt32(0))
      end.append(count, count, size, offset)
      end.append(ZipRecords.locatorSignature, 0)
      end.append(offset + size)
      end.append(UInt32(1))
    }
    let shortCount = UInt16(clamping: count)
    end.append(ZipRecords.endSignature)
    end.append(0, 0, shortCount, shortCount)
    end.append(UInt32(clamping: size), UInt32(clamping: offset))
    end.append(UInt16(0))
    try file.write(directory)
    try file.write(end.bytes)
  }
}

/// Integers one after another, little-endian.
private struct Record {
  var bytes: [UInt8] = []

  init(_ signature: UInt32? = nil) {
    if let signature { append(signature) }
  }

  mutating func append(_ values: UInt16...) { put(values) }
  mutating func append(_ values: UInt32...) { put(values) }
  mutating func append(_ values: UInt64...) { put(values) }

  private mutating func put(_ values: [some FixedWidthInteger]) {
    for value in values { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
  }
}
