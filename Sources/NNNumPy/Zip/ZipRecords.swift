import NNFormat

/// The records of a ZIP archive (PKWARE APPNOTE 6.3.10), each read field by field.
enum ZipRecords {
  static let localSignature: UInt32 = 0x0403_4B50
  static let descriptorSignature: UInt32 = 0x0807_4B50
  static let entrySignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let wideEndSignature: UInt32 = 0x0606_4B50
  static let locatorSignature: UInt32 = 0x0706_4B50
  static let endSize = 22
  static let locatorSize = 20
  static let entrySize = 46
  /// The identifier of the extra field with sizes of 64 bits (4.5.3).
  static let wideField: UInt16 = 1
}

/// General purpose bit flags (4.4.4).
struct ZipFlags: OptionSet {
  let rawValue: UInt16
  static let encrypted = ZipFlags(rawValue: 1)
  /// Hints on how hard the compressor tried.
  static let effort = ZipFlags(rawValue: 6)
  /// Sizes and checksum follow the data.
  static let descriptor = ZipFlags(rawValue: 8)
  static let strongEncryption = ZipFlags(rawValue: 1 << 6)
  static let utf8 = ZipFlags(rawValue: 1 << 11)
  static let maskedHeader = ZipFlags(rawValue: 1 << 13)
  static let known: ZipFlags = [.effort, .descriptor, .utf8]
}

/// The compression methods that are read (4.4.5).
package enum ZipMethod: UInt16, Sendable {
  case stored = 0
  case deflated = 8
}

/// Where the directory of an archive lies (4.3.14 to 4.3.16).
struct ZipEnd {
  var memberCount: Int
  var directory: Range<Int>

  init(_ file: ByteRegion, limits: Limits) throws(ModelError) {
    guard let position = ZipEnd.position(file) else { throw ModelError(ZipProblem.noEnd) }
    var reader = ByteReader(file[position..<file.count], origin: position)
    _ = try reader.bytes(4, "the end record")
    let disk: UInt16 = try reader.integer("the disk number")
    let directoryDisk: UInt16 = try reader.integer("the disk number")
    let countHere: UInt16 = try reader.integer("the number of members")
    let countInAll: UInt16 = try reader.integer("the number of members")
    let size: UInt32 = try reader.integer("the directory size")
    let start: UInt32 = try reader.integer("the directory offset")
    var (count, wideSize, wideStart) = (UInt64(countInAll), UInt64(size), UInt64(start))
    var end = position
    // zipfile appends the wide record from 2 GiB on, where the short one still holds the directory's place.
    let isNarrow =
      ![disk, directoryDisk, countHere, countInAll].contains(.max) && size != .max && start != .max
      && UInt64(start) + UInt64(size) == UInt64(position)
    if !isNarrow, let wide = try WideEnd(file, before: position) {
      try wide.check(disk, directoryDisk, countHere, countInAll, size, start, at: position)
      (count, wideSize, wideStart, end) = (wide.count, wide.size, wide.start, wide.position)
    } else {
      guard disk == 0, directoryDisk == 0, countHere == countInAll else {
        throw ModelError(ZipProblem.multipleDisks, at: .byte(position))
      }
    }
    guard let start = Int(exactly: wideStart), let size = Int(exactly: wideSize), size <= end,
      start == end - size
    else {
      let (sum, overflow) = wideStart.addingReportingOverflow(wideSize)
      throw ModelError(
        ZipProblem.wrongPlace(
          of: "the end of the directory", expected: end, found: overflow ? .max : Int(clamping: sum)),
        at: .byte(position))
    }
    let possible = min(limits.tensorCount, size / ZipRecords.entrySize)
    guard count <= UInt64(possible) else {
      throw ModelError(ZipProblem.tooManyMembers(count, limit: possible), at: .byte(position))
    }
    memberCount = Int(count)
    directory = start..<end
  }

  /// Where the end record begins: the last place whose comment ends with the file.
  private static func position(_ file: ByteRegion) -> Int? {
    file.withUnsafeBytes { bytes in
      var position = bytes.count - ZipRecords.endSize
      let first = max(0, position - Int(UInt16.max))
      while position >= first {
        let signature = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        if signature == ZipRecords.endSignature {
          let comment = UInt16(
            littleEndian: bytes.loadUnaligned(fromByteOffset: position + 20, as: UInt16.self))
          if position + ZipRecords.endSize + Int(comment) == bytes.count { return position }
        }
        position -= 1
      }
      return nil
    }
  }
}

/// The end record with fields of 64 bits, and the locator that follows it.
private struct WideEnd {
  var position: Int
  var count: UInt64
  var size: UInt64
  var start: UInt64

  /// The record whose locator lies directly before `end`; nil if no locator does.
  init?(_ file: ByteRegion, before end: Int) throws(ModelError) {
    let place = end - ZipRecords.locatorSize
    guard place >= 0 else { return nil }
    var locator = ByteReader(file[place..<end], origin: place)
    guard try locator.integer("the locator", as: UInt32.self) == ZipRecords.locatorSignature else {
      return nil
    }
    let disk: UInt32 = try locator.integer("the disk number")
    position = try locator.size("the place of the zip64 end record")
    let disks: UInt32 = try locator.integer("the number of disks")
    guard disk == 0, disks == 1 else { throw ModelError(ZipProblem.multipleDisks, at: .byte(place)) }
    guard position <= place else {
      throw ModelError(
        ZipProblem.wrongPlace(of: "the zip64 end record", expected: place - 56, found: position),
        at: .byte(place))
    }
    var reader = ByteReader(file[position..<place], origin: position)
    guard try reader.integer("the zip64 end record", as: UInt32.self) == ZipRecords.wideEndSignature else {
      throw ModelError(ZipProblem.badSignature(of: "the zip64 end record"), at: .byte(position))
    }
    let length = try reader.size("the length of the zip64 end record")
    // Version made by and version needed; the second version of the record, with encryption, is longer.
    _ = try reader.bytes(4, "the zip64 end record")
    guard length == 44 else { throw ModelError(ZipProblem.unsupportedRecord, at: .byte(position)) }
    let ownDisk: UInt32 = try reader.integer("the disk number")
    let directoryDisk: UInt32 = try reader.integer("the disk number")
    let countHere: UInt64 = try reader.integer("the number of members")
    count = try reader.integer("the number of members")
    size = try reader.integer("the directory size")
    start = try reader.integer("the directory offset")
    guard ownDisk == 0, directoryDisk == 0, countHere == count else {
      throw ModelError(ZipProblem.multipleDisks, at: .byte(position))
    }
    try reader.expectEnd(of: "the zip64 end record")
  }

  /// Demands that the fields of the short record are the same, or at their maximum.
  func check(
    _ disk: UInt16, _ directoryDisk: UInt16, _ countHere: UInt16, _ countInAll: UInt16, _ size: UInt32,
    _ start: UInt32, at place: Int
  ) throws(ModelError) {
    guard [0, .max].contains(disk), [0, .max].contains(directoryDisk) else {
      throw ModelError(ZipProblem.multipleDisks, at: .byte(place))
    }
    for (what, short, wide) in [
      ("number of members", countHere == .max ? nil : UInt64(countHere), count),
      ("number of members", countInAll == .max ? nil : UInt64(countInAll), count),
      ("directory size", size == .max ? nil : UInt64(size), self.size),
      ("directory offset", start == .max ? nil : UInt64(start), self.start),
    ] {
      guard let short, short != wide else { continue }
      throw ModelError(
        ZipProblem.contradiction(what: what, String(short), String(wide)), at: .byte(place))
    }
  }
}
