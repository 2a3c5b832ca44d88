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
      type: hid_t, space: hid_t, count: Int, limits: Limits,
      read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      // Keras writes an empty list of texts as an empty list of numbers.
      guard count > 0 else { return [] }
      guard H5Tget_class(type) == H5T_STRING else {
        throw ModelError(HDF5Problem.notOneText(found: try HDF5ElementType(type).description))
      }
      let isVariable = try HDF5Library.check(H5Tis_variable_str(type), "tell the length of a text") > 0
      return isVariable
        ? try variable(type: type, space: space, count: count, limits: limits, read: read)
        : try fixed(type: type, count: count, limits: limits, read: read)
    }

    private static func fixed(
      type: hid_t, count: Int, limits: Limits, read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      let length = Int(clamping: H5Tget_size(type))
      let (size, overflow) = length.multipliedReportingOverflow(by: count)
      guard !overflow, size <= limits.headerSize else {
        throw ModelError(
          ModelProblem.tooMany(what: "bytes of text", count: overflow ? .max : size, limit: limits.headerSize))
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
      type: hid_t, space: hid_t, count: Int, limits: Limits,
      read: (hid_t, UnsafeMutableRawPointer) -> herr_t
    ) throws(ModelError) -> [String] {
      guard count <= limits.tensorCount else {
        throw ModelError(ModelProblem.tooMany(what: "texts", count: count, limit: limits.tensorCount))
      }
      let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: count)
      pointers.initialize(repeating: nil)
      defer { pointers.deallocate() }
      guard let base = pointers.baseAddress else { return [] }
      try HDF5Library.check(read(type, base), "read a text of varying length")
      defer { _ = nnm_reclaim(type, space, base) }
      var texts: [String] = []
      for pointer in pointers {
        // libhdf5 gives no pointer for an empty text.
        guard let pointer else {
          texts.append("")
          continue
        }
        guard let text = String(validatingCString: pointer) else { throw ModelError(HDF5Problem.notUTF8) }
        texts.append(text)
      }
      return texts
    }
  }
#endif
