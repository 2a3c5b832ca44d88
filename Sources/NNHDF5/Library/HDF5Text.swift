#if HDF5
  import CHDF5
  import NNFormat

  /// Reads texts as HDF5 stores them: of fixed or of varying length, in ASCII or UTF-8.
  enum HDF5Text {
    /// The texts of an attribute or dataset.
    ///
    /// - Parameters:
    ///   - type: the type of its elements, as the file has it
    ///   - count: how many elements it has
    ///   - read: reads all elements into memory, in the given type
    static func texts(
      type: hid_t, count: Int, file: borrowing HDF5File, read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      // Keras writes an empty list of texts as an empty list of numbers.
      guard count > 0 else { return [] }
      guard H5Tget_class(type) == H5T_STRING else {
        throw ModelError(HDF5Problem.notOneText(found: try HDF5ElementType(type).description))
      }
      let isVariable = try HDF5Library.check(H5Tis_variable_str(type), "tell the length of a text") > 0
      return isVariable
        ? try variable(count: count, file: file, read: read)
        : try fixed(type: type, count: count, limits: file.limits, read: read)
    }

    private static func fixed(
      type: hid_t, count: Int, limits: Limits, read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      let length = Int(clamping: H5Tget_size(type))
      let (size, overflow) = length.multipliedReportingOverflow(by: count)
      guard !overflow, size <= limits.headerSize else {
        throw ModelError(
          ModelProblem.tooMany(what: "bytes of text", count: overflow ? .max : size, limit: limits.headerSize)
        )
      }
      let padding = H5Tget_strpad(type)
      let bytes = try ByteRegion(count: size) { (bytes) throws(ModelError) in
        guard let base = bytes.baseAddress else { return }
        try HDF5Library.check(read(type, base), "read a text")
      }
      var texts: [String] = []
      for position in 0..<count {
        let text = bytes[position * length..<(position + 1) * length].withUnsafeBytes { bytes in
          let rest = padding == H5T_STR_NULLTERM ? bytes.prefix { $0 != 0 } : bytes[...]
          let pad = padding == H5T_STR_SPACEPAD ? UInt8(ascii: " ") : 0
          let end = rest.lastIndex { $0 != pad }.map { $0 + 1 } ?? rest.startIndex
          return String(validating: rest[..<end], as: UTF8.self)
        }
        guard let text else { throw ModelError(HDF5Problem.notUTF8) }
        texts.append(text)
      }
      return texts
    }

    private static func variable(
      count: Int, file: borrowing HDF5File, read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      let limit = file.limits.tensorCount
      guard count <= limit else {
        throw ModelError(ModelProblem.tooMany(what: "texts", count: count, limit: limit))
      }
      let reference = try referenceType()
      let references = try ByteRegion(count: count * referenceSize) { (bytes) throws(ModelError) in
        guard let base = bytes.baseAddress else { return }
        try HDF5Library.check(read(reference.id, base), "read a text of varying length")
      }
      var reader = ByteReader(references)
      var room = file.limits.headerSize
      var texts: [String] = []
      for _ in 0..<count {
        let length: UInt32 = try reader.integer("the length of a text")
        let address: UInt64 = try reader.integer("the address of a text")
        let index: UInt32 = try reader.integer("the number of a text")
        guard Int(length) <= room else {
          throw ModelError(
            ModelProblem.tooMany(
              what: "bytes of text", count: file.limits.headerSize - room + Int(length),
              limit: file.limits.headerSize))
        }
        room -= Int(length)
        guard length > 0 else {
          texts.append("")
          continue
        }
        let bytes = try file.heapObject(index, at: address)
        guard Int(length) <= bytes.count else {
          throw ModelError(HDF5Problem.damagedHeap(address))
        }
        let text = bytes[0..<Int(length)].withUnsafeBytes { bytes in
          String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let text else { throw ModelError(HDF5Problem.notUTF8) }
        texts.append(text)
      }
      return texts
    }

    /// The bytes of a reference to a text of varying length: its length, the address of its heap, its number there.
    private static let referenceSize = 16

    private static func referenceType() throws(ModelError) -> HDF5Handle {
      try HDF5Handle(H5Tcreate(H5T_OPAQUE, referenceSize), H5Tclose, "make a datatype")
    }

    /// Has libhdf5 give references to texts of varying length instead of following them.
    static func register() throws(ModelError) {
      let text = try HDF5Handle(H5Tcopy(nnm_c_string()), H5Tclose, "make a datatype")
      try HDF5Library.check(H5Tset_size(text.id, nnm_variable_size()), "make a datatype")
      let reference = try referenceType()
      try HDF5Library.check(nnm_register_keep_bytes(text.id, reference.id), "set up")
    }
  }
#endif
