import NNFormat

/// The type of an array's elements, as the entry `descr` of a `.npy` header says it.
struct NPYElement: Equatable {
  var dataType: DataType
  var isBigEndian: Bool

  /// The type that a `descr` stands for.
  ///
  /// Accepted is what `numpy.dtype` accepts for types that a tensor can have and that are the same on every system: a
  /// byte order, kind and size (`<f4`), a one-letter code (`f`) or a name (`float32`).
  init(_ descr: PythonLiteral, voidAsBFloat16: Bool) throws(ModelError) {
    switch descr {
    case .string(let text): try self.init(text, voidAsBFloat16: voidAsBFloat16)
    case .list: throw ModelError(NumPyProblem.unsupportedType("[...]", .records))
    case .tuple: throw ModelError(NumPyProblem.unsupportedType("(...)", .subarrays))
    default:
      throw ModelError(
        NumPyProblem.wrongValue(key: "descr", expected: "a string such as '<f4'", found: descr.kindInWords))
    }
  }

  private init(_ text: String, voidAsBFloat16: Bool) throws(ModelError) {
    let orders: Set<Character> = ["<", ">", "|", "="]
    let order = text.first.flatMap { orders.contains($0) ? $0 : nil }
    let code = order == nil ? text : String(text.dropFirst())
    let named = order == nil ? NPYElement.names[text] : nil
    if let type = named ?? NPYElement.codes[code] {
      self.init(dataType: type, isBigEndian: order == ">" && type.byteSize > 1)
    } else if code == "V2", voidAsBFloat16 {
      self.init(dataType: .bf16, isBigEndian: false)
    } else if let elements = NPYElement.unsupported(code, hasOrder: order != nil) {
      throw ModelError(NumPyProblem.unsupportedType(text, elements))
    } else {
      throw ModelError(NumPyProblem.unknownType(text))
    }
  }

  private init(dataType: DataType, isBigEndian: Bool) {
    self.dataType = dataType
    self.isBigEndian = isBigEndian
  }

  // NumPy manual, "Array-protocol type strings" and "One-character strings". The codes whose size depends on the system
  // (l, L, p, P, n, N) are missing here.
  private static let codes: [String: DataType] = [
    "b1": .bool, "?": .bool,
    "f2": .f16, "f4": .f32, "f8": .f64, "e": .f16, "f": .f32, "d": .f64,
    "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64, "b": .i8, "h": .i16, "i": .i32, "q": .i64,
    "u1": .u8, "u2": .u16, "u4": .u32, "u8": .u64, "B": .u8, "H": .u16, "I": .u32, "Q": .u64,
  ]

  private static let names: [String: DataType] = [
    "bool": .bool, "bool_": .bool,
    "float16": .f16, "float32": .f32, "float64": .f64, "half": .f16, "single": .f32, "double": .f64,
    "float": .f64,
    "int8": .i8, "int16": .i16, "int32": .i32, "int64": .i64, "byte": .i8, "short": .i16, "intc": .i32,
    "longlong": .i64,
    "uint8": .u8, "uint16": .u16, "uint32": .u32, "uint64": .u64, "ubyte": .u8, "ushort": .u16, "uintc": .u32,
    "ulonglong": .u64,
  ]

  /// Why a type that NumPy knows is refused; nil for one that it does not know.
  private static func unsupported(
    _ code: String, hasOrder: Bool
  ) -> NumPyProblem.UnsupportedElements? {
    if code.contains(",") { return .records }
    if let first = code.unicodeScalars.first, first == "(" || ("0"..."9").contains(first) {
      return .subarrays
    }
    let names: [String: NumPyProblem.UnsupportedElements] = [
      "object": .objects, "object_": .objects, "complex": .complex, "complex64": .complex,
      "complex128": .complex,
      "complex256": .complex, "csingle": .complex, "cdouble": .complex, "clongdouble": .complex, "str": .text,
      "bytes": .text, "str_": .text, "bytes_": .text, "void": .void(isTwoBytes: false),
      "longdouble": .longDouble,
      "float96": .longDouble, "float128": .longDouble, "int": .systemDependent, "uint": .systemDependent,
      "int_": .systemDependent, "intp": .systemDependent, "uintp": .systemDependent, "long": .systemDependent,
      "ulong": .systemDependent,
    ]
    if !hasOrder, let elements = names[code] { return elements }
    let size = code.dropFirst()
    let isSized = size.allSatisfy { ("0"..."9").contains($0) }
    switch code.first {
    case "O" where isSized: return .objects
    case "c" where ["8", "16", "24", "32"].contains(size): return .complex
    case "F" where size.isEmpty, "D" where size.isEmpty, "G" where size.isEmpty: return .complex
    case "S" where isSized, "U" where isSized, "a" where isSized, "T" where isSized, "c" where size.isEmpty:
      return .text
    case "M" where size.isEmpty || size.hasPrefix("8"), "m" where size.isEmpty || size.hasPrefix("8"):
      return .dates
    case "V" where isSized: return .void(isTwoBytes: size == "2")
    case "f" where ["12", "16"].contains(size), "g" where size.isEmpty: return .longDouble
    case "l" where size.isEmpty, "L" where size.isEmpty, "p" where size.isEmpty, "P" where size.isEmpty,
      "n" where size.isEmpty, "N" where size.isEmpty:
      return .systemDependent
    default: return nil
    }
  }
}
