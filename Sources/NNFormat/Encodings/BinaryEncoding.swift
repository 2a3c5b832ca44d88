/// The native binary encoding (`spec/container.md`): a preamble of 64 bytes, a JSON header, then the tensors' bytes, each at a
/// multiple of 64.
package enum BinaryEncoding {
  /// The first bytes of a file: a byte above 127, the name, and both kinds of line end, so that text-mode damage shows.
  package static let magic: [UInt8] = [0x89, 0x4E, 0x4E, 0x4D, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Where tensors begin, in multiples from the start of the file.
  package static let alignment = 64
  /// The bytes before the header: magic, version, flags, header length, file length, header digest.
  package static let preambleSize = 64
  /// The part of the preamble that the header digest covers together with the header.
  private static let digestedSize = 32

  /// Opens a file: reads the header and checks where every tensor lies; the tensors themselves are not touched.
  package static func read(_ file: ByteRegion, limits: Limits = .standard) throws(ModelError) -> Container {
    var reader = ByteReader(file)
    let magic = try reader.bytes(8, "the magic number")
    guard magic == ByteRegion(Self.magic) else { throw ModelError(damage(magic), at: .byte(0)) }
    let version = FormatVersion(
      major: try reader.integer("the major version"), minor: try reader.integer("the minor version"))
    try located(.byte(8)) { () throws(ModelError) in try version.checkReadable() }
    let flags: UInt32 = try reader.integer("the flags")
    guard flags == 0 else { throw ModelError(ContainerProblem.unknownFlags(flags), at: .byte(12)) }
    let headerLength: UInt64 = try reader.integer("the header length")
    let fileLength: UInt64 = try reader.integer("the file length")
    guard fileLength == UInt64(file.count) else {
      throw ModelError(ContainerProblem.wrongFileSize(promised: fileLength, found: file.count), at: .byte(24))
    }
    let digest = Digest(rawBytes: try reader.bytes(32, "the header digest"))
    let possible = min(limits.headerSize, reader.remaining)
    guard headerLength <= UInt64(possible) else {
      throw ModelError(ContainerProblem.headerTooLong(headerLength, limit: possible), at: .byte(16))
    }
    let header = try reader.bytes(Int(headerLength), "the header")
    guard Digest(of: file[0..<digestedSize], header) == digest else {
      throw ModelError(ContainerProblem.headerDamaged, at: .byte(32))
    }

    let dataStart = aligned(reader.offset)
    var offsets: [String: Int] = [:]
    var ends: [Range<Int>] = [reader.offset..<min(dataStart, file.count)]
    var end = dataStart
    let json = try JSONReader.value(header, origin: preambleSize, limits: limits)
    let manifest = try Manifest(json, limits: limits) { (entry, members) throws(ModelError) in
      let offset = try members.int("offset")
      let expected = aligned(end)
      guard offset == expected - dataStart else {
        throw ModelError(ContainerProblem.wrongOffset(expected: expected - dataStart, found: offset))
      }
      guard expected <= file.count, entry.byteCount <= file.count - expected else {
        throw ModelError(
          ByteProblem.truncated("it", needed: entry.byteCount, remaining: max(0, file.count - expected)),
          at: .byte(expected))
      }
      ends.append(min(end, expected)..<expected)
      offsets[entry.name] = expected
      end = expected + entry.byteCount
    }
    guard manifest.version == version else {
      throw ModelError(
        ContainerProblem.contradiction(
          what: "version", version.description, manifest.version.description))
    }
    guard file.count == (manifest.tensors.isEmpty ? reader.offset : end) else {
      throw ModelError(ByteProblem.trailing("the last tensor", count: file.count - end), at: .byte(end))
    }
    let model = try manifest.model(limits: limits) { (entry) throws(ModelError) in
      guard let offset = offsets[entry.name] else { throw ModelError(ContainerProblem.tensorNotStored) }
      return try Tensor(entry.dataType, entry.shape, bytes: file[offset..<offset + entry.byteCount])
    }
    let gaps = manifest.tensors.isEmpty ? [] : ends
    return Container(
      kind: .binary, version: version, promisedDigest: manifest.digest, fileSize: file.count, model: model
    ) { () throws(ModelError) in
      for gap in gaps { try checkPadding(file, gap) }
    }
  }

  /// Writes a model.
  package static func write(_ model: Model, to file: inout AtomicFile) throws(ModelError) {
    let manifest = try Manifest(model)
    var end = 0
    var offsets: [Int] = []
    for entry in manifest.tensors {
      offsets.append(aligned(end))
      end = aligned(end) + entry.byteCount
    }
    let json = try manifest.json { position in [("offset", JSONValue(offsets[position]))] }
    let header = try JSONWriter.text(json, style: .compact)
    let headerEnd = preambleSize + header.count
    let dataStart = aligned(headerEnd)
    let fileLength = manifest.tensors.isEmpty ? headerEnd : dataStart + end
    var preamble = magic
    append(manifest.version.major, to: &preamble)
    append(manifest.version.minor, to: &preamble)
    append(UInt32(0), to: &preamble)
    append(UInt64(header.count), to: &preamble)
    append(UInt64(fileLength), to: &preamble)
    preamble += Digest(of: preamble + header).bytes
    try file.write(preamble)
    try file.write(header)
    var position = headerEnd
    for (entry, offset) in zip(model.storedTensors, offsets) {
      try file.write(zeros: dataStart + offset - position)
      try file.write(entry.tensor.bytes)
      position = dataStart + offset + entry.tensor.bytes.count
    }
  }

  private static func aligned(_ offset: Int) -> Int {
    (offset + alignment - 1) / alignment * alignment
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  private static func checkPadding(_ file: ByteRegion, _ gap: Range<Int>) throws(ModelError) {
    try file[gap].withUnsafeBytes { (bytes) throws(ModelError) in
      guard let place = bytes.firstIndex(where: { $0 != 0 }) else { return }
      throw ModelError(ContainerProblem.paddingNotZero(bytes[place]), at: .byte(gap.lowerBound + place))
    }
  }

  /// What became of the magic number: a transfer in text mode changes line ends or clears the high bit.
  private static func damage(_ found: ByteRegion) -> ContainerProblem {
    let bytes = found.withUnsafeBytes { Array($0) }
    let isOurs = bytes.dropFirst().starts(with: magic[1..<4])
    return isOurs ? .textModeDamage : .unknownKind(beginsWith: bytes)
  }
}
