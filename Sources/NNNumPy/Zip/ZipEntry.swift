import NNFormat

/// What the directory of an archive says about a member (APPNOTE 4.3.12), checked against the member itself.
struct ZipEntry {
  let name: String
  let method: ZipMethod
  let checksum: UInt32
  let storedSize: Int
  let size: Int
  /// Where the member's own header begins.
  let start: Int
  private let nameBytes: ByteRegion
  private let flags: ZipFlags

  /// Reads the next entry of the directory.
  init(_ reader: inout ByteReader, directoryStart: Int) throws(ModelError) {
    let place = Place.byte(directoryStart + reader.offset)
    guard try reader.integer("an entry of the directory", as: UInt32.self) == ZipRecords.entrySignature else {
      throw ModelError(ZipProblem.badSignature(of: "an entry of the directory"), at: place)
    }
    // The versions: what a reader must know is told by method and flags.
    _ = try reader.bytes(4, "the versions")
    flags = ZipFlags(rawValue: try reader.integer("the flags"))
    let rawMethod: UInt16 = try reader.integer("the method")
    _ = try reader.bytes(4, "time and date")
    checksum = try reader.integer("the checksum")
    let narrow32: (stored: UInt32, full: UInt32) = (
      try reader.integer("the compressed size"), try reader.integer("the size")
    )
    let nameLength: UInt16 = try reader.integer("the length of the name")
    let extraLength: UInt16 = try reader.integer("the length of the extra fields")
    let commentLength: UInt16 = try reader.integer("the length of the comment")
    let disk: UInt16 = try reader.integer("the disk number")
    _ = try reader.bytes(6, "the attributes")
    let narrowStart: UInt32 = try reader.integer("the member's offset")
    nameBytes = try reader.bytes(Int(nameLength), "the name")
    let extra = try reader.bytes(Int(extraLength), "the extra fields")
    _ = try reader.bytes(Int(commentLength), "the comment")

    let isUTF8 = flags.contains(.utf8)
    let bytes = nameBytes.withUnsafeBytes { Array($0) }
    name = try located(place) { () throws(ModelError) in try ZipName.read(bytes, isUTF8: isUTF8) }
    let member = Place.member(name)
    try ZipEntry.check(flags, at: member)
    guard let method = ZipMethod(rawValue: rawMethod) else {
      throw ModelError(ZipProblem.unsupportedMethod(rawMethod), at: member)
    }
    self.method = method
    guard disk == 0 || disk == .max else { throw ModelError(ZipProblem.multipleDisks, at: member) }

    // Sizes of 64 bits stand in the extra field, each only if the field of 32 bits is at its maximum (4.5.3).
    var wide = try ZipEntry.wideFields(extra, at: member)
    let full = try ZipEntry.size(narrow32.full, &wide, "the size", at: member)
    storedSize = try ZipEntry.size(narrow32.stored, &wide, "the compressed size", at: member)
    start = try ZipEntry.size(narrowStart, &wide, "the member's offset", at: member)
    if disk == .max {
      guard try wide?.integer("the disk number", as: UInt32.self) == 0 else {
        throw ModelError(ZipProblem.multipleDisks, at: member)
      }
    }
    guard wide?.remaining ?? 0 == 0 else { throw ModelError(ZipProblem.badExtraField, at: member) }
    size = full
    guard method == .deflated || size == storedSize else {
      throw ModelError(ZipProblem.contradiction(what: "size", String(size), String(storedSize)), at: member)
    }
  }

  private static func check(_ flags: ZipFlags, at member: Place) throws(ModelError) {
    guard flags.isDisjoint(with: [.encrypted, .strongEncryption, .maskedHeader]) else {
      throw ModelError(ZipProblem.encrypted, at: member)
    }
    guard flags.isSubset(of: .known) else {
      throw ModelError(ZipProblem.unsupportedFlags(flags.subtracting(.known).rawValue), at: member)
    }
  }

  /// The content of the zip64 field among the extra fields; nil if there is none.
  private static func wideFields(_ extra: ByteRegion, at member: Place) throws(ModelError) -> ByteReader? {
    var reader = ByteReader(extra)
    var found: ByteReader?
    do {
      while reader.remaining > 0 {
        let identifier: UInt16 = try reader.integer("an extra field")
        let length: UInt16 = try reader.integer("an extra field")
        let content = try reader.bytes(Int(length), "an extra field")
        guard identifier == ZipRecords.wideField else { continue }
        guard found == nil else { throw ModelError(ZipProblem.badExtraField) }
        found = ByteReader(content)
      }
    } catch {
      throw ModelError(ZipProblem.badExtraField, at: member)
    }
    return found
  }

  private static func size(
    _ narrow: UInt32, _ wide: inout ByteReader?, _ what: String, at member: Place
  ) throws(ModelError) -> Int {
    guard narrow == .max else { return Int(narrow) }
    do {
      guard let size = try wide?.size(what) else { throw ModelError(ZipProblem.badExtraField) }
      return size
    } catch {
      throw ModelError(ZipProblem.badExtraField, at: member)
    }
  }

  /// Where the member's data lies, and where the member ends; `end` is where the next part of the archive begins.
  ///
  /// - Throws: ``ZipProblem`` if the member's own header (4.3.7) says something else than the directory, or the member does
  ///   not end where the next part begins.
  func dataRange(_ file: ByteRegion, until end: Int) throws(ModelError) -> Range<Int> {
    var reader = ByteReader(file[start..<end], origin: start)
    guard try reader.integer("the header", as: UInt32.self) == ZipRecords.localSignature else {
      throw ModelError(ZipProblem.badSignature(of: "the header"), at: .byte(start))
    }
    _ = try reader.bytes(2, "the version")
    let localFlags: UInt16 = try reader.integer("the flags")
    try agree("flags", UInt64(localFlags), UInt64(flags.rawValue))
    try agree("method", UInt64(try reader.integer("the method", as: UInt16.self)), UInt64(method.rawValue))
    _ = try reader.bytes(4, "time and date")
    let localChecksum: UInt32 = try reader.integer("the checksum")
    let narrowStored: UInt32 = try reader.integer("the compressed size")
    let narrowSize: UInt32 = try reader.integer("the size")
    let nameLength: UInt16 = try reader.integer("the length of the name")
    let extraLength: UInt16 = try reader.integer("the length of the extra fields")
    let localName = try reader.bytes(Int(nameLength), "the name")
    let extra = try reader.bytes(Int(extraLength), "the extra fields")
    guard localName == nameBytes else {
      let words = localName.withUnsafeBytes { String(decoding: $0.prefix(80), as: UTF8.self) }
      throw ModelError(ZipProblem.contradiction(what: "name", "'\(words)'", "'\(name)'"), at: .byte(start))
    }
    // NumPy writes both sizes into the extra field of every member, however small (zipfile's force_zip64).
    var wide = try ZipEntry.wideFields(extra, at: .byte(start))
    let localSize = try ZipEntry.size(narrowSize, &wide, "the size", at: .byte(start))
    let localStored = try ZipEntry.size(narrowStored, &wide, "the compressed size", at: .byte(start))
    guard wide?.remaining ?? 0 == 0 else { throw ModelError(ZipProblem.badExtraField, at: .byte(start)) }
    // A writer that cannot seek back leaves them 0 here and appends them to the data.
    let isOpen = flags.contains(.descriptor)
    if !isOpen || localChecksum != 0 { try agree("checksum", UInt64(localChecksum), UInt64(checksum)) }
    if !isOpen || localSize != 0 { try agree("size", UInt64(localSize), UInt64(size)) }
    if !isOpen || localStored != 0 { try agree("compressed size", UInt64(localStored), UInt64(storedSize)) }

    let dataStart = start + reader.offset
    _ = try reader.bytes(storedSize, "the data")
    if isOpen { try readDescriptor(&reader) }
    guard reader.remaining == 0 else {
      throw ModelError(
        ZipProblem.wrongPlace(of: "what follows it", expected: start + reader.offset, found: end),
        at: .byte(start))
    }
    return dataStart..<dataStart + storedSize
  }

  private func agree(_ what: String, _ local: UInt64, _ central: UInt64) throws(ModelError) {
    guard local != central else { return }
    throw ModelError(
      ZipProblem.contradiction(what: what, String(local), String(central)), at: .byte(start))
  }

  /// Reads the record that follows the data (4.3.9), whose form the format leaves open: with a signature or without, with
  /// sizes of 32 or of 64 bits. Since nothing may lie between members, its length tells.
  private func readDescriptor(_ reader: inout ByteReader) throws(ModelError) {
    let length = reader.remaining
    if length == 16 || length == 24 {
      guard try reader.integer("the data descriptor", as: UInt32.self) == ZipRecords.descriptorSignature
      else {
        throw ModelError(ZipProblem.badSignature(of: "the data descriptor"), at: .byte(start))
      }
    }
    try agree("checksum", UInt64(try reader.integer("the checksum", as: UInt32.self)), UInt64(checksum))
    let isWide = length == 20 || length == 24
    for (what, expected) in [("compressed size", storedSize), ("size", size)] {
      let found =
        isWide ? try reader.integer(what, as: UInt64.self) : UInt64(try reader.integer(what, as: UInt32.self))
      try agree(what, found, UInt64(expected))
    }
  }
}

/// Names of members.
enum ZipName {
  /// The name that bytes stand for.
  ///
  /// Without the flag for UTF-8 the encoding of other than ASCII characters is unknown in practice, so that they are refused.
  static func read(_ bytes: [UInt8], isUTF8: Bool) throws(ModelError) -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw ModelError(
        ZipProblem.badName(String(decoding: bytes, as: UTF8.self), reason: "is not valid UTF-8"))
    }
    guard isUTF8 || bytes.allSatisfy({ $0 < 0x80 }) else {
      throw ModelError(
        ZipProblem.badName(
          name, reason: "has characters beyond ASCII, and the archive does not say in which encoding"))
    }
    try check(name)
    return name
  }

  /// Demands that a name could be unpacked into a folder without leaving it.
  static func check(_ name: String) throws(ModelError) {
    let reason: String? =
      if name.isEmpty {
        "is empty"
      } else if name.utf8.count > Int(UInt16.max) {
        "has more than 65535 bytes"
      } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        "has a control character"
      } else if name.utf8.contains(UInt8(ascii: "\\")) {
        "has a backslash, which some systems take for a folder"
      } else if name.utf8.first == UInt8(ascii: "/") {
        "is an absolute path"
      } else if name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .contains(where: { $0.elementsEqual("..".utf8) })
      {
        "leads out of the archive"
      } else {
        nil
      }
    if let reason { throw ModelError(ZipProblem.badName(name, reason: reason)) }
  }
}
