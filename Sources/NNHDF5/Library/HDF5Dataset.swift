#if HDF5
  import CHDF5
  package import NNFormat

  /// A dataset that is open for reading and keeps its values in its own file.
  package struct HDF5Dataset: ~Copyable {
    private let handle: HDF5Handle
    private let type: HDF5Handle
    private let space: HDF5Handle
    private let storage: HDF5Storage
    private let contents: ByteRegion
    /// What its elements are.
    package let elementType: HDF5ElementType
    /// Its extents.
    package let shape: Shape

    /// Opens a dataset and checks how it is stored; of its values nothing is read.
    init(_ object: HDF5Object, of file: borrowing HDF5File) throws(ModelError) {
      let handle = try HDF5Handle(
        H5Dopen2(file.handle.id, object.path, nnm_default()), H5Dclose, "open the dataset")
      // First of all, since even asking a virtual dataset for its extents opens other files.
      let storage = try HDF5Storage(handle.id)
      let type = try HDF5Handle(H5Dget_type(handle.id), H5Tclose, "read a datatype")
      let space = try HDF5Handle(H5Dget_space(handle.id), H5Sclose, "read a dataspace")
      let elementType = try HDF5ElementType(type.id)
      let shape = try HDF5Dataset.shape(of: space.id)
      self.handle = handle
      self.storage = storage
      self.type = type
      self.space = space
      self.elementType = elementType
      self.shape = shape
      contents = file.contents
    }

    private static func shape(of space: hid_t) throws(ModelError) -> Shape {
      switch H5Sget_simple_extent_type(space) {
      case H5S_SCALAR: return .scalar
      case H5S_SIMPLE: break
      default: throw ModelError(HDF5Problem.noValues)
      }
      let rank = Int(try HDF5Library.check(H5Sget_simple_extent_ndims(space), "count dimensions"))
      guard rank <= Shape.maximumRank else { throw ModelError(ModelProblem.rankTooLarge(rank)) }
      var extents = [hsize_t](repeating: 0, count: rank)
      try HDF5Library.check(H5Sget_simple_extent_dims(space, &extents, nil), "read the extents")
      return try Shape(extents.map { Int(clamping: $0) })
    }

    /// The values as a tensor: the mapped file itself where they lie in it as tensors have them, else a copy.
    ///
    /// - Parameter dataType: what values of 2 bytes without a type of their own are; bf16 is stored as u16 or as opaque bytes.
    /// - Throws: ``HDF5Problem/unsupportedType(found:)`` if no tensor has such elements, and what is wrong with how they are
    ///   stored.
    package borrowing func tensor(as dataType: DataType? = nil) throws(ModelError) -> Tensor {
      switch (elementType, dataType) {
      case (.number(let type, let isBigEndian), nil):
        return try Tensor(type, shape, bytes: try bytes(type.byteSize, isBigEndian: isBigEndian))
      case (.number(.u16, let isBigEndian), .bf16):
        return try Tensor(.bf16, shape, bytes: try bytes(2, isBigEndian: isBigEndian))
      case (.opaque(2), .bf16):
        return try Tensor(.bf16, shape, bytes: try bytes(2, isBigEndian: false))
      default:
        throw ModelError(HDF5Problem.unsupportedType(found: elementType.description))
      }
    }

    /// The text that the dataset holds.
    ///
    /// - Parameter file: the file it is in
    /// - Throws: ``HDF5Problem/notOneText(found:)`` if it is not a scalar text.
    package borrowing func text(in file: borrowing HDF5File) throws(ModelError) -> String {
      guard elementType == .text, shape.rank == 0 else {
        throw ModelError(HDF5Problem.notOneText(found: "\(elementType.description) of shape \(shape)"))
      }
      if try HDF5Library.check(H5Tis_variable_str(type.id), "tell the length of a text") > 0 {
        // What is stored is a reference to the text; how long that is depends on the file.
        guard H5Dget_storage_size(handle.id) > 0 else {
          throw ModelError(HDF5Problem.neverWritten(unit: "text", stored: 0, needed: 1))
        }
      } else {
        try storage.checkSize(
          of: handle.id, space: space.id, shape: shape, elementSize: Int(clamping: H5Tget_size(type.id)))
      }
      let id = handle.id
      let texts = try HDF5Text.texts(type: type.id, count: 1, file: file) {
        H5Dread(id, $0, nnm_whole_space(), nnm_whole_space(), nnm_default(), $1)
      }
      return texts.first ?? ""
    }

    /// The bytes of the values, little-endian.
    private borrowing func bytes(_ elementSize: Int, isBigEndian: Bool) throws(ModelError) -> ByteRegion {
      try storage.checkSize(of: handle.id, space: space.id, shape: shape, elementSize: elementSize)
      let size = shape.count * elementSize
      if !isBigEndian, let mapped = try mapped(size) { return mapped }
      return try ByteRegion(count: size) { (bytes) throws(ModelError) in
        // In the file's own type, so that libhdf5 converts nothing.
        let code = H5Dread(
          handle.id, type.id, nnm_whole_space(), nnm_whole_space(), nnm_default(), bytes.baseAddress)
        try HDF5Library.check(code, "read the values")
        if isBigEndian { HDF5Dataset.swapBytes(bytes, elementSize) }
      }
    }

    /// The values where they lie in the mapped file, if they do.
    private borrowing func mapped(_ size: Int) throws(ModelError) -> ByteRegion? {
      guard storage.layout == .contiguous, size > 0 else { return nil }
      let offset = H5Dget_offset(handle.id)
      guard offset != nnm_no_address() else { return nil }
      guard let start = Int(exactly: offset), start <= contents.count, size <= contents.count - start else {
        throw ModelError(
          HDF5Problem.outsideFile(offset: UInt64(offset), size: size, fileSize: contents.count))
      }
      return contents[start..<start + size]
    }

    private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, _ elementSize: Int) {
      func swap<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) {
        for offset in stride(from: 0, to: bytes.count, by: elementSize) {
          let value = bytes.load(fromByteOffset: offset, as: type)
          bytes.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: type)
        }
      }
      switch elementSize {
      case 2: swap(UInt16.self)
      case 4: swap(UInt32.self)
      case 8: swap(UInt64.self)
      default: break
      }
    }
  }
#endif
