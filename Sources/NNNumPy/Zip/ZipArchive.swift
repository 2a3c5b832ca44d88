package import NNFormat

/// A ZIP archive in memory: `.npz`, `.keras`, `.pt` and others of its kind.
///
/// Opening reads the directory and the header of every member, and demands that both say the same, that the parts of the
/// archive follow one another without holes and overlaps, and that the last ends with the file. The content of a member is
/// read, and checked against its checksum, when it is asked for.
package struct ZipArchive: Sendable {
  /// A member as the directory lists it.
  package struct Member: Sendable {
    /// The name, with `/` between folders; a folder's own entry ends in `/`.
    package let name: String
    /// How the content is stored.
    package let method: ZipMethod
    /// The size of the content in bytes.
    package let size: Int
    fileprivate let checksum: UInt32
    fileprivate let range: Range<Int>

    /// Whether this is an entry for a folder, without content.
    package var isFolder: Bool { name.utf8.last == UInt8(ascii: "/") }
  }

  /// The members, in the order of the directory.
  package let members: [Member]
  private let positions: [String: Int]
  private let file: ByteRegion

  /// The most that all compressed members together may promise, unless it is at most 100 times their size. A model's weights
  /// hardly compress; what compresses so well would only fill the disk.
  private static let inflationLimit = 1 << 30

  /// Whether the bytes begin as an archive does.
  package static func matches(_ file: ByteRegion) -> Bool {
    guard file.count >= 4 else { return false }
    return file[0..<4] == ByteRegion([0x50, 0x4B, 3, 4]) || file[0..<4] == ByteRegion([0x50, 0x4B, 5, 6])
  }

  /// Opens an archive.
  ///
  /// - Throws: ``ZipProblem`` with the byte or the member.
  package init(_ file: ByteRegion, limits: Limits = .standard) throws(ModelError) {
    guard ZipArchive.matches(file) else {
      let beginning = file[0..<min(4, file.count)].withUnsafeBytes { Array($0) }
      // Three bytes of the signature are a file that is cut off.
      let isCut = !beginning.isEmpty && [0x50, 0x4B, 3].starts(with: beginning)
      throw ModelError(isCut ? ZipProblem.noEnd : .notAnArchive(beginsWith: beginning), at: .byte(0))
    }
    let end = try ZipEnd(file, limits: limits)
    var reader = ByteReader(file[end.directory], origin: end.directory.lowerBound)
    var entries: [ZipEntry] = []
    var positions: [String: Int] = [:]
    for position in 0..<end.memberCount {
      let entry = try ZipEntry(&reader, directoryStart: end.directory.lowerBound)
      guard positions.updateValue(position, forKey: entry.name) == nil else {
        throw ModelError(ZipProblem.duplicateName(entry.name))
      }
      entries.append(entry)
    }
    try reader.expectEnd(of: "the directory")
    try ZipArchive.checkInflation(entries)
    let ranges = try ZipArchive.dataRanges(entries, file, directoryStart: end.directory.lowerBound)
    members = zip(entries, ranges).map { entry, range in
      Member(name: entry.name, method: entry.method, size: entry.size, checksum: entry.checksum, range: range)
    }
    for member in members where member.isFolder && member.size > 0 {
      throw ModelError(
        ZipProblem.contradiction(what: "size", "that of a folder", String(member.size)),
        at: .member(member.name))
    }
    self.positions = positions
    self.file = file
  }

  private static func checkInflation(_ entries: [ZipEntry]) throws(ModelError) {
    var (promised, stored) = (0, 0)
    for entry in entries where entry.method == .deflated {
      promised = promised.addingReportingOverflow(entry.size).overflow ? .max : promised + entry.size
      stored = stored.addingReportingOverflow(entry.storedSize).overflow ? .max : stored + entry.storedSize
    }
    guard promised <= inflationLimit || promised / 100 <= stored else {
      throw ModelError(ZipProblem.bomb(promised: promised, stored: stored))
    }
  }

  /// Where the members' contents lie, in the order of the entries.
  private static func dataRanges(
    _ entries: [ZipEntry], _ file: ByteRegion, directoryStart: Int
  ) throws(ModelError) -> [Range<Int>] {
    let order = entries.indices.sorted { entries[$0].start < entries[$1].start }
    let first = order.first.map { entries[$0].start } ?? directoryStart
    guard first == 0 else {
      throw ModelError(ZipProblem.wrongPlace(of: "the first member", expected: 0, found: first))
    }
    var ranges = Array(repeating: 0..<0, count: entries.count)
    for (turn, position) in order.enumerated() {
      let entry = entries[position]
      let end = turn + 1 < order.count ? entries[order[turn + 1]].start : directoryStart
      ranges[position] = try located(.member(entry.name)) { () throws(ModelError) in
        guard entry.start < end, end <= directoryStart else { throw ModelError(ZipProblem.overlap) }
        return try entry.dataRange(file, until: end)
      }
    }
    return ranges
  }

  /// The size of the whole archive in bytes.
  package var size: Int { file.count }

  /// The names of the members, in the order of the directory.
  package var names: [String] { members.map(\.name) }

  /// Whether there is a member of a name.
  package func contains(_ name: String) -> Bool { positions[name] != nil }

  /// The content of the member of a name; see ``contents(of:)``.
  package func contents(named name: String) throws(ModelError) -> ByteRegion {
    guard let position = positions[name] else {
      throw ModelError(ZipProblem.noSuchMember(nearest: nearest(to: name, among: names)), at: .member(name))
    }
    return try contents(of: members[position])
  }

  /// The content of a member, after its checksum was checked. A stored member is not copied: the result lies in the
  /// archive, at any address.
  ///
  /// - Throws: ``ZipProblem/wrongChecksum(promised:found:)`` and ``ZipProblem/badCompressedData``.
  package func contents(of member: Member) throws(ModelError) -> ByteRegion {
    try located(.member(member.name)) { () throws(ModelError) in
      let stored = file[member.range]
      let contents =
        switch member.method {
        case .stored: stored
        case .deflated: try Deflate.inflated(stored, size: member.size)
        }
      let checksum = Checksum.crc32(of: [contents])
      guard checksum == member.checksum else {
        throw ModelError(ZipProblem.wrongChecksum(promised: member.checksum, found: checksum))
      }
      return contents
    }
  }
}
