package import NNFormat

/// The `.npy` format: one array in a file (NumPy manual, module `numpy.lib.format`; NEP 1).
package enum NPY {
  /// Whether the bytes begin as a `.npy` file does.
  package static func matches(_ file: ByteRegion) -> Bool {
    file.count >= 6 && file[0..<6] == ByteRegion(NPYHeader.magic)
  }

  /// The array of a `.npy` file.
  ///
  /// An array in C order and little-endian is not copied: the tensor lies in `file`, at any address. Other arrays are
  /// rewritten; a large one into a mapped temporary file, so that it costs no memory.
  ///
  /// NumPy ignores bytes after the array; here they are an error.
  ///
  /// - Parameter voidAsBFloat16: whether the type `V2` stands for bfloat16, as ml_dtypes writes it; else it is refused.
  package static func tensor(_ file: ByteRegion, voidAsBFloat16: Bool = false) throws(ModelError) -> Tensor {
    var reader = ByteReader(file)
    let header = try NPYHeader(&reader, voidAsBFloat16: voidAsBFloat16)
    let shape = header.shape
    let data = try reader.bytes(shape.count * header.dataType.byteSize, "the array")
    try reader.expectEnd(of: "the array")
    // An array in both orders is stored as if in C order, whatever the header says.
    let isTransposed =
      header.isFortranOrder && shape.count > 1 && shape.dimensions.count(where: { $0 > 1 }) > 1
    guard isTransposed || header.isBigEndian else {
      return try Tensor(header.dataType, shape, bytes: data)
    }
    let rewritten = Tensor(header.dataType, shape) { target in
      data.withUnsafeBytes { source in
        rearrange(
          header.dataType, shape, isFortranOrder: header.isFortranOrder, isBigEndian: header.isBigEndian, from: source,
          to: target)
      }
    }
    // The same once more with the check that `bool` needs.
    return try Tensor(header.dataType, shape, bytes: rewritten.bytes)
  }

  /// An array in C order from its bytes, which are copied only to turn them round.
  static func tensor(
    _ dataType: DataType, _ shape: Shape, isBigEndian: Bool, _ bytes: ByteRegion
  ) throws(ModelError) -> Tensor {
    guard isBigEndian else { return try Tensor(dataType, shape, bytes: bytes) }
    return Tensor(dataType, shape) { target in
      bytes.withUnsafeBytes { source in
        rearrange(dataType, shape, isFortranOrder: false, isBigEndian: true, from: source, to: target)
      }
    }
  }

  private static func rearrange(
    _ dataType: DataType, _ shape: Shape, isFortranOrder: Bool, isBigEndian: Bool,
    from source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
  ) {
    func run<Element: FixedWidthInteger>(_: Element.Type) {
      Rearrangement<Element>.run(
        from: source, to: target, extents: shape.dimensions, isFortranOrder: isFortranOrder, swapsBytes: isBigEndian)
    }
    switch dataType.byteSize {
    case 1: run(UInt8.self)
    case 2: run(UInt16.self)
    case 4: run(UInt32.self)
    default: run(UInt64.self)
    }
  }
}

extension NPY {
  /// How bfloat16, which NumPy does not have, is stored.
  package enum BFloat16Form {
    /// As `<V2`, two bytes without a type: what `np.save` writes for an array of ml_dtypes' `bfloat16`. `np.load` gives
    /// raw bytes, which `.view(ml_dtypes.bfloat16)` turns back.
    case void
    /// As `<u2`, the 16 bits as an integer, for a file beside a document that gives the type:
    /// `(array.astype('u4') << 16).view('f4')` gives the values in plain NumPy.
    case unsigned
  }

  /// The parts of the `.npy` file of a tensor, one after another: the same bytes as `np.save` writes for the same array in
  /// C order.
  package static func parts(_ tensor: Tensor, bfloat16: BFloat16Form = .void) -> [ByteRegion] {
    let header = NPYHeader.bytes(descr(tensor.dataType, bfloat16), tensor.shape)
    return [ByteRegion(header), tensor.bytes]
  }

  /// The first bytes of a `.npy` file, whose elements follow.
  package static func header(_ dataType: DataType, _ shape: Shape) -> [UInt8] {
    NPYHeader.bytes(descr(dataType, .void), shape)
  }

  /// Writes a tensor as a `.npy` file.
  package static func write(
    _ tensor: Tensor, to file: inout AtomicFile, bfloat16: BFloat16Form = .void
  ) throws(ModelError) {
    for part in parts(tensor, bfloat16: bfloat16) { try file.write(part) }
  }

  private static func descr(_ type: DataType, _ bfloat16: BFloat16Form) -> String {
    switch type {
    case .bool: "|b1"
    case .i8: "|i1"
    case .u8: "|u1"
    case .f16: "<f2"
    case .f32: "<f4"
    case .f64: "<f8"
    case .i16: "<i2"
    case .i32: "<i4"
    case .i64: "<i8"
    case .u16: "<u2"
    case .u32: "<u4"
    case .u64: "<u8"
    case .bf16: bfloat16 == .void ? "<V2" : "<u2"
    }
  }
}
