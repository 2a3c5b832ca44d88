package import NNFormat

/// What the header of a `.npy` file says about its array (NumPy manual, module `numpy.lib.format`).
package struct NPYHeader {
  /// The type of the elements as a tensor has it.
  package let dataType: DataType
  /// The extents, outermost first, whatever the order in which the elements are stored.
  package let shape: Shape
  /// Whether the elements are stored with the first index running fastest.
  package let isFortranOrder: Bool
  /// Whether the bytes of an element are stored with the most significant first.
  package let isBigEndian: Bool

  /// The first bytes of every `.npy` file.
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that NumPy reads by default (`max_header_size`; it counts characters, this reader bytes).
  package static let maximumSize = 10_000

  /// Reads the header of a `.npy` file and leaves the reader at the first byte of the data.
  ///
  /// - Parameter voidAsBFloat16: whether the type `V2` stands for bfloat16, as ml_dtypes writes it; else it is refused.
  package init(_ reader: inout ByteReader, voidAsBFloat16: Bool = false) throws(ModelError) {
    let isUTF8: Bool
    let length: Int
    let beginning = reader.region[0..<min(reader.region.count, 6)].withUnsafeBytes { Array($0) }
    guard beginning == NPYHeader.magic else {
      // A file that is cut off within the magic number is told as such by the reader of bytes.
      if !beginning.isEmpty, NPYHeader.magic.starts(with: beginning) {
        _ = try reader.bytes(6, "the magic number")
      }
      let isArchive =
        beginning.starts(with: [0x50, 0x4B, 3, 4]) || beginning.starts(with: [0x50, 0x4B, 5, 6])
      throw ModelError(
        isArchive ? NumPyProblem.archiveInsteadOfArray : .notAnArrayFile(beginsWith: beginning), at: .byte(0))
    }
    _ = try reader.bytes(6, "the magic number")
    let major: UInt8 = try reader.integer("the version")
    let minor: UInt8 = try reader.integer("the version")
    switch (major, minor) {
    case (1, 0):
      (isUTF8, length) = (false, Int(try reader.integer("the header length", as: UInt16.self)))
    case (2, 0), (3, 0):
      (isUTF8, length) = (major == 3, Int(try reader.integer("the header length", as: UInt32.self)))
    default:
      throw ModelError(NumPyProblem.unknownVersion(major: major, minor: minor), at: .byte(6))
    }
    guard length <= NPYHeader.maximumSize else {
      throw ModelError(NumPyProblem.headerTooLong(length, limit: NPYHeader.maximumSize), at: .byte(8))
    }
    let origin = reader.offset
    let text = try reader.bytes(length, "the header").withUnsafeBytes { Array($0) }
    guard !isUTF8 || String(validating: text, as: UTF8.self) != nil else {
      throw ModelError(NumPyProblem.headerNotUTF8, at: .byte(origin))
    }
    let literal = try PythonLiteralReader.value(
      text, origin: origin, isUTF8: isUTF8, allowsLong: major <= 2)
    try self.init(literal, at: .byte(origin), voidAsBFloat16: voidAsBFloat16)
  }

  private init(_ literal: PythonLiteral, at place: Place, voidAsBFloat16: Bool) throws(ModelError) {
    guard case .dictionary(let entries) = literal else {
      throw ModelError(
        NumPyProblem.badLiteral(expected: "a dictionary", found: literal.kindInWords), at: place)
    }
    var values: [String: PythonLiteral] = [:]
    for (key, value) in entries {
      guard case .string(let name) = key else {
        throw ModelError(NumPyProblem.unknownKey(key.kindInWords), at: place)
      }
      guard ["descr", "fortran_order", "shape"].contains(name) else {
        throw ModelError(NumPyProblem.unknownKey(name), at: place)
      }
      // Python lets the last of two entries win; which one was meant, nobody knows.
      guard values.updateValue(value, forKey: name) == nil else {
        throw ModelError(NumPyProblem.duplicateKey(name), at: place)
      }
    }
    for key in ["descr", "fortran_order", "shape"] where values[key] == nil {
      throw ModelError(NumPyProblem.missingKey(key), at: place)
    }
    let element = try located(place) { () throws(ModelError) in
      try NPYElement(values["descr"] ?? .none, voidAsBFloat16: voidAsBFloat16)
    }
    guard case .bool(let isFortranOrder) = values["fortran_order"] else {
      throw ModelError(
        NumPyProblem.wrongValue(
          key: "fortran_order", expected: "True or False", found: values["fortran_order"]?.kindInWords ?? ""),
        at: place)
    }
    shape = try located(place) { () throws(ModelError) in try NPYHeader.shape(values["shape"] ?? .none) }
    dataType = element.dataType
    isBigEndian = element.isBigEndian
    self.isFortranOrder = isFortranOrder
  }

  private static func shape(_ literal: PythonLiteral) throws(ModelError) -> Shape {
    guard case .tuple(let values) = literal else {
      throw ModelError(
        NumPyProblem.wrongValue(key: "shape", expected: "a tuple of integers", found: literal.kindInWords))
    }
    var extents: [Int] = []
    for value in values {
      guard case .integer(let extent) = value else {
        throw ModelError(
          NumPyProblem.wrongValue(
            key: "shape", expected: "a tuple of integers", found: "\(value.kindInWords) in it"))
      }
      extents.append(extent)
    }
    return try Shape(extents)
  }
}

extension NPYHeader {
  /// The first bytes of the `.npy` file of a tensor, up to its data: those that `np.save` writes for an array in C order.
  ///
  /// They are of version 1.0, whose header may have 65,535 bytes: the longest shape of 32 extents needs less than a thousand.
  package static func bytes(_ descr: String, _ shape: Shape) -> [UInt8] {
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': ("
    text += shape.dimensions.map(String.init).joined(separator: ", ")
    text += shape.rank == 1 ? ",), }" : "), }"
    // Room for the first extent to grow to 21 digits without moving the data (GROWTH_AXIS_MAX_DIGITS).
    if shape.rank > 0 { text += String(repeating: " ", count: 21 - String(shape[0]).count) }
    let unpadded = 10 + text.utf8.count + 1
    // Always at least one space: a header that would end on the boundary gets 64 of them.
    let padding = 64 - unpadded % 64
    let length = UInt16(text.utf8.count + padding + 1)
    var bytes = magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    bytes += text.utf8
    bytes += repeatElement(UInt8(ascii: " "), count: padding)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}
