#if HDF5
  import CHDF5
  package import NNFormat

  /// What the elements of a dataset are.
  package enum HDF5ElementType: Equatable {
    /// Numbers as tensors have them, in either byte order.
    case number(DataType, isBigEndian: Bool)
    /// Bytes without meaning; NumPy's `V`.
    case opaque(byteSize: Int)
    /// Text.
    case text
    /// Anything else, in words.
    case other(String)

    /// The type that a libhdf5 type is, exactly: nothing is ever converted but the order of bytes.
    init(_ type: hid_t) throws(ModelError) {
      let size = H5Tget_size(type)
      let kind = H5Tget_class(type)
      switch kind {
      case H5T_STRING: self = .text
      case H5T_OPAQUE: self = .opaque(byteSize: Int(clamping: size))
      case H5T_INTEGER, H5T_FLOAT, H5T_ENUM:
        let candidates = DataType.allCases.filter { $0 != .bf16 && $0.byteSize == size && $0.kind == kind }
        for dataType in candidates {
          let little = try dataType.makeHDF5Type()
          if try HDF5ElementType.equal(type, little.id) {
            self = .number(dataType, isBigEndian: false)
            return
          }
          let big = try dataType.makeHDF5Type(isBigEndian: true)
          if try HDF5ElementType.equal(type, big.id) {
            self = .number(dataType, isBigEndian: dataType.byteSize > 1)
            return
          }
        }
        let name = kind == H5T_INTEGER ? "integers" : kind == H5T_FLOAT ? "floats" : "an enumeration"
        self = .other("\(name) of \(size) bytes in a form of their own")
      default: self = .other(HDF5ElementType.name(of: kind))
      }
    }

    private static func equal(_ left: hid_t, _ right: hid_t) throws(ModelError) -> Bool {
      try HDF5Library.check(H5Tequal(left, right), "compare datatypes") > 0
    }

    private static func name(of kind: H5T_class_t) -> String {
      switch kind {
      case H5T_TIME: "times"
      case H5T_BITFIELD: "bit fields"
      case H5T_COMPOUND: "compound values"
      case H5T_REFERENCE: "references"
      case H5T_VLEN: "lists of varying length"
      case H5T_ARRAY: "arrays"
      default: "values of an unknown kind"
      }
    }

    /// The type in words.
    package var description: String {
      switch self {
      case .number(let type, _): type.rawValue
      case .opaque(let size): "opaque values of \(size) bytes"
      case .text: "text"
      case .other(let words): words
      }
    }
  }

  extension DataType {
    fileprivate var kind: H5T_class_t {
      switch self {
      case .f16, .bf16, .f32, .f64: H5T_FLOAT
      case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: H5T_INTEGER
      case .bool: H5T_ENUM
      }
    }

    /// A new libhdf5 type for elements of this type. There is none for bf16, which is stored as u16.
    func makeHDF5Type(isBigEndian: Bool = false) throws(ModelError) -> HDF5Handle {
      let action = "make a datatype"
      let type: HDF5Handle
      switch self {
      case .bool:
        // As h5py stores truth values: an enumeration of 8-bit integers.
        let base = try DataType.i8.makeHDF5Type(isBigEndian: isBigEndian)
        type = try HDF5Handle(H5Tenum_create(base.id), H5Tclose, action)
        for (name, value) in [("FALSE", 0), ("TRUE", 1)] as [(String, Int8)] {
          var value = value
          try HDF5Library.check(H5Tenum_insert(type.id, name, &value), action)
        }
        return type
      case .f16:
        // libhdf5 1.10 has no name for IEEE half precision: sign 15, exponent 10 to 14, fraction 0 to 9, bias 15.
        type = try HDF5Handle(H5Tcopy(nnm_float32()), H5Tclose, action)
        try HDF5Library.check(H5Tset_fields(type.id, 15, 10, 5, 0, 10), action)
        try HDF5Library.check(H5Tset_size(type.id, 2), action)
        try HDF5Library.check(H5Tset_ebias(type.id, 15), action)
      case .f32: type = try HDF5Handle(H5Tcopy(nnm_float32()), H5Tclose, action)
      case .f64: type = try HDF5Handle(H5Tcopy(nnm_float64()), H5Tclose, action)
      case .i8, .i16, .i32, .i64:
        type = try HDF5Handle(H5Tcopy(nnm_integer(CInt(byteSize), 1)), H5Tclose, action)
      case .u8, .u16, .u32, .u64, .bf16:
        type = try HDF5Handle(H5Tcopy(nnm_integer(CInt(byteSize), 0)), H5Tclose, action)
      }
      if isBigEndian { try HDF5Library.check(H5Tset_order(type.id, H5T_ORDER_BE), action) }
      return type
    }
  }
#endif
