import NNFormat

/// Reads rows of numbers, separated by commas (RFC 4180 without quotes).
///
/// A first line in which no cell is a number is taken for titles. Cells may have spaces around them. `nan`, `inf` and `-inf`
/// are numbers, in any case of letters; numbers are read as doubles and rounded to the element type, as NumPy does.
struct CSV {
  private let text: UnsafeRawBufferPointer
  private let type: DataType
  private var elements: [UInt8] = []
  private var rowCount = 0
  private var columnCount = 0

  /// The rows of a file as a matrix of the given element type.
  ///
  /// - Throws: ``RunProblem`` with line and column; `ContainerProblem.valueOutOfRange` for a number that the type cannot hold.
  static func tensor(_ file: ByteRegion, _ type: DataType) throws(ModelError) -> Tensor {
    try file.withUnsafeBytes { (bytes) throws(ModelError) in
      var reader = CSV(text: bytes, type: type)
      try reader.read()
      return try Tensor(type, Shape([reader.rowCount, reader.columnCount]), bytes: ByteRegion(reader.elements))
    }
  }

  private init(text: UnsafeRawBufferPointer, type: DataType) {
    // A byte order mark, as spreadsheets write it, is no part of the first cell.
    self.text = UnsafeRawBufferPointer(rebasing: text.starts(with: [0xEF, 0xBB, 0xBF]) ? text[3...] : text[...])
    self.type = type
  }

  private mutating func read() throws(ModelError) {
    var start = 0
    var line = 1
    var emptyLine: Int?
    while start < text.count {
      let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      let isEmpty = text[start..<end].allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
      if isEmpty {
        emptyLine = emptyLine ?? line
      } else {
        // Empty lines may only end the file.
        if let emptyLine { throw ModelError(RunProblem.emptyLine, at: .line(emptyLine, column: 1)) }
        try readRow(start..<end, line)
      }
      start = end + 1
      line += 1
    }
    guard rowCount > 0 else { throw ModelError(RunProblem.noRows) }
  }

  private mutating func readRow(_ range: Range<Int>, _ line: Int) throws(ModelError) {
    var cells: [(text: String, column: Int)] = []
    var start = range.lowerBound
    while start <= range.upperBound {
      let end = text[start..<range.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? range.upperBound
      var cell = text[start..<end]
      while let last = cell.last, CSV.isSpace(last) { cell = cell.dropLast() }
      while let first = cell.first, CSV.isSpace(first) { cell = cell.dropFirst() }
      cells.append((String(decoding: cell, as: UTF8.self), cell.startIndex - range.lowerBound + 1))
      start = end + 1
    }
    let values = cells.map { CSV.value($0.text, type) }
    if line == 1, values.allSatisfy({ $0 == nil }), cells.allSatisfy({ !$0.text.isEmpty }) { return }
    if rowCount == 0 { columnCount = cells.count }
    guard cells.count == columnCount else {
      throw ModelError(
        RunProblem.unevenRow(expected: columnCount, found: cells.count), at: .line(line, column: 1))
    }
    for (value, cell) in zip(values, cells) {
      try located(.line(line, column: cell.column)) { () throws(ModelError) in
        guard let value else { throw ModelError(RunProblem.notNumber(String(cell.text.prefix(40)))) }
        try ElementText.append(value, type, to: &elements)
      }
    }
    rowCount += 1
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  private static func value(_ text: String, _ type: DataType) -> JSONValue? {
    if type == .bool {
      switch text.lowercased() {
      case "0", "false": return false
      case "1", "true": return true
      default: return nil
      }
    }
    if let integer = Int64(text), !(integer == 0 && text.hasPrefix("-")) { return .integer(integer) }
    if let integer = UInt64(text) { return .unsigned(integer) }
    switch text.lowercased() {
    case "nan": return JSONValue(number: .nan)
    case "inf", "+inf", "infinity", "+infinity": return JSONValue(number: .infinity)
    case "-inf", "-infinity": return JSONValue(number: -.infinity)
    default: break
    }
    // Swift's own grammar has more: hexadecimal numbers, payloads of NaN.
    let isDecimal = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
    }
    guard isDecimal, let number = Double(text), number.isFinite else { return nil }
    return .double(number)
  }
}

extension CSV {
  /// A tensor as rows of numbers: the first extent counts the rows, and what lies below it stands in one row.
  static func text(_ tensor: Tensor) -> [UInt8] {
    let rowCount = tensor.shape.rank > 1 ? tensor.shape[0] : 1
    let columnCount = rowCount > 0 ? tensor.shape.count / rowCount : 0
    var text = ""
    tensor.bytes.withUnsafeBytes { bytes in
      for row in 0..<rowCount {
        for column in 0..<columnCount {
          if column > 0 { text += "," }
          text += TensorText.cell(bytes, row * columnCount + column, tensor.dataType)
        }
        text += "\n"
      }
    }
    return Array(text.utf8)
  }
}
