extension ContainerKind {
  /// The kind of a file, told by its content.
  ///
  /// - Throws: ``ContainerProblem`` if it is none, saying what it is instead where that can be known.
  package static func detect(_ file: ByteRegion) throws(ModelError) -> ContainerKind {
    let start = file[0..<min(file.count, 64)].withUnsafeBytes { Array($0) }
    if start.isEmpty { throw ModelError(ContainerProblem.empty) }
    if start.dropFirst().starts(with: "NNM".utf8) { return .binary }
    if isHDF5(file) { return .hdf5 }
    if start.starts(with: "version https://git-lfs".utf8) { throw ModelError(ContainerProblem.gitLFSPointer) }
    if let foreign = foreign(start) { throw ModelError(foreign) }
    if isSafetensors(file) { return .safetensors }
    let text = start.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    if text.first == UInt8(ascii: "{") { return .json }
    throw ModelError(ContainerProblem.unknownKind(beginsWith: Array(start.prefix(8))), at: .byte(0))
  }

  // The signature stands at the start, or behind a user block of 512 bytes or a power of two times that (HDF5 File Format
  // Specification 3.0, section II.A).
  private static func isHDF5(_ file: ByteRegion) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var offset = 0
    while offset + 8 <= file.count {
      if file[offset..<offset + 8] == ByteRegion(signature) { return true }
      offset = offset == 0 ? 512 : offset * 2
    }
    return false
  }

  // A length that fits the file, then the opening brace of the header. In a text the length would be enormous.
  private static func isSafetensors(_ file: ByteRegion) -> Bool {
    guard file.count > 8 else { return false }
    return file.withUnsafeBytes { bytes in
      let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      let first = bytes[8...].first { $0 != 0x20 }
      return length < 1 << 40 && first == UInt8(ascii: "{")
    }
  }

  private static func foreign(_ start: [UInt8]) -> ContainerProblem? {
    if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
      return .convertFirst(
        what: "a NumPy array", command: "nnconvert from-npy FILE.npy … --activation … -o model.nnm")
    }
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      // The first member's name stands behind 30 bytes (PKWARE's APPNOTE, 4.3.7); those of Keras begin with one of these.
      let name = start.dropFirst(30)
      if ["metadata.json", "config.json", "model.weights.h5"].contains(where: { name.starts(with: $0.utf8) }) {
        return .convertFirst(what: "a file of Keras", command: "nnconvert from-keras FILE -o model.nnm")
      }
      return .convertFirst(
        what: "a ZIP archive", command: "nnconvert from-npy FILE.npz --activation … -o model.nnm")
    }
    return nil
  }
}
