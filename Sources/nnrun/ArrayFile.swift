import NNFormat
import NNNumPy

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a file with arrays holds; its content tells the form.
enum ArrayFile {
  /// One array without a name, of a type and shape of its own.
  case array(Tensor)
  /// Arrays under names.
  case archive(NamedTensors)
  /// Nested lists, or an object with nested lists under names.
  case json(JSONValue)
  /// Rows of numbers.
  case rows(ByteRegion)

  /// Reads the file at `path`, or standard input for `-`.
  init(_ path: String) throws(ModelError) {
    let bytes = path == "-" ? try ArrayFile.standardInput() : try MappedFile.contents(of: path)
    guard bytes.count > 0 else { throw ModelError(ContainerProblem.empty) }
    if NPY.matches(bytes) {
      self = .array(try Tensor(npy: bytes))
      return
    }
    let (isArchive, first, isText) = bytes.withUnsafeBytes { bytes in
      (
        bytes.starts(with: [0x50, 0x4B]), bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D },
        bytes.prefix(512).allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
      )
    }
    if isArchive {
      self = .archive(try NamedTensors(npz: bytes))
    } else if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
      self = .json(try JSONReader.value(bytes))
    } else if isText {
      self = .rows(bytes)
    } else {
      throw ModelError(RunProblem.unknownForm)
    }
  }

  private static func standardInput() throws(ModelError) -> ByteRegion {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ModelError(FileProblem.readFailed(reason: FileProblem.reason(errno))) }
      if count == 0 { return ByteRegion(bytes) }
      bytes += chunk[..<count]
    }
  }

  /// The names under which arrays stand; nil where they have none.
  var names: [String]? {
    switch self {
    case .array, .rows: nil
    case .archive(let tensors): tensors.names
    case .json(let value): value.object?.names
    }
  }

  /// Whether an array's own elements are floating-point numbers; text has no element type.
  func isFloat(_ name: String?) -> Bool {
    switch self {
    case .array(let tensor): tensor.dataType.isFloat
    case .archive(let tensors): tensors[name ?? tensors.names.first ?? ""]?.dataType.isFloat ?? false
    case .json, .rows: false
    }
  }

  /// The array of a name, or the only one for nil, as a value of the given type.
  ///
  /// - Parameter casts: whether elements of another type are rounded to the wanted one.
  func tensor(_ name: String?, as type: TensorType, casts: Bool) throws(ModelError) -> Tensor {
    switch self {
    case .array(let tensor):
      return try fit(tensor, type, casts: casts)
    case .archive(let tensors):
      let name = name ?? tensors.names.first ?? ""
      guard let tensor = tensors[name] else {
        throw ModelError(RunProblem.notInFile(name, names: tensors.names))
      }
      return try located(.member(name)) { () throws(ModelError) in try fit(tensor, type, casts: casts) }
    case .json(let document):
      guard let object = document.object else {
        return try fit(try NestedLists.tensor(document, type.dataType, path: ""), type, casts: casts)
      }
      let name = name ?? object.names.first ?? ""
      guard let value = object[name] else { throw ModelError(RunProblem.notInFile(name, names: object.names)) }
      let tensor = try NestedLists.tensor(value, type.dataType, path: name)
      return try located(.key(name)) { () throws(ModelError) in try fit(tensor, type, casts: casts) }
    case .rows(let bytes):
      return try fit(try ArrayFile.shaped(try CSV.tensor(bytes, type.dataType), type), type, casts: casts)
    }
  }

  /// Rows of numbers as a value of the type's rank, where they can be read in one way only: a single row or column as a list,
  /// and each row as a sample of several dimensions, row-major.
  private static func shaped(_ matrix: Tensor, _ type: TensorType) throws(ModelError) -> Tensor {
    if type.rank == 1, matrix.shape[0] == 1 || matrix.shape[1] == 1 {
      return try matrix.reshaped(try Shape([matrix.shape.count]))
    }
    guard type.rank > 2, let sample = try TensorType(type.dataType, Array(type.shape.dropFirst())).knownShape(),
      sample.count == matrix.shape[1]
    else { return matrix }
    return try matrix.reshaped(try Shape([matrix.shape[0]] + sample.dimensions))
  }

  private func fit(_ tensor: Tensor, _ type: TensorType, casts: Bool) throws(ModelError) -> Tensor {
    try ArrayFile.fit(tensor.shape, tensor.dataType, type, casts: casts)
    return try ArrayFile.cast(tensor, to: type.dataType)
  }

  /// Demands that an array of a shape and element type is one that a value takes, after a cast where one is allowed.
  static func fit(_ shape: Shape, _ found: DataType, _ type: TensorType, casts: Bool) throws(ModelError) {
    guard TensorType(type.dataType, shape).fits(type) else {
      let isSample = TensorType(type.dataType, try Shape([1] + shape.dimensions.prefix(31))).fits(type)
      throw ModelError(
        isSample
          ? RunProblem.sampleWithoutBatch(expected: type, found: shape) : .otherShape(expected: type, found: shape))
    }
    guard casts || found == type.dataType else {
      throw ModelError(RunProblem.otherType(expected: type, found: TensorType(found, shape)))
    }
  }

  /// The tensor with its elements rounded to a type, where they have another.
  static func cast(_ tensor: Tensor, to type: DataType) throws(ModelError) -> Tensor {
    tensor.dataType == type ? tensor : try tensor.cast(to: type)
  }
}

extension Tensor {
  /// The elements rounded to another type.
  ///
  /// - Throws: `ContainerProblem.valueOutOfRange` for a number that the type cannot hold.
  fileprivate func cast(to type: DataType) throws(ModelError) -> Tensor {
    var elements: [UInt8] = []
    try bytes.withUnsafeBytes { (bytes) throws(ModelError) in
      for index in 0..<shape.count {
        // Only a NaN with a payload has no JSON value; it becomes the ordinary one.
        let value = ElementText.value(bytes, index, dataType) ?? JSONValue(number: .nan)
        try ElementText.append(Tensor.converted(value, to: type), type, to: &elements)
      }
    }
    return try Tensor(type, shape, bytes: ByteRegion(elements))
  }

  /// Truth values as 0 and 1 and back; whole numbers as integers.
  private static func converted(_ value: JSONValue, to type: DataType) -> JSONValue {
    switch value {
    case .bool(let truth) where type != .bool: truth ? 1 : 0
    case .double(let number) where !type.isFloat: Int64(exactly: number).map { .integer($0) } ?? value
    default: value
    }
  }
}
