import NNFormat
import NNTerminal

/// A tensor as people read it: brackets as NumPy sets them, numbers in the fewest digits that read back to the same bits.
struct TensorText {
  private let tensor: Tensor
  private let width: Int?
  private let shown: [[Int?]]
  private let cells: [String]
  private let cellWidth: Int
  /// From this count on, only the first and last three of each dimension are shown.
  private static let fullCount = 1000
  private static let edge = 3

  /// - Parameter width: after how many columns lines are broken; nil for never.
  static func text(_ tensor: Tensor, width: Int?) -> String {
    TensorText(tensor, width: width).text
  }

  /// Whether elements are left out of the text.
  static func isAbridged(_ tensor: Tensor) -> Bool { tensor.shape.count > fullCount }

  private init(_ tensor: Tensor, width: Int?) {
    self.tensor = tensor
    self.width = width
    let isAbridged = TensorText.isAbridged(tensor)
    // The places shown along each dimension; nil stands for those between.
    shown = tensor.shape.dimensions.map { extent in
      guard isAbridged, extent > 2 * TensorText.edge else { return (0..<extent).map { $0 } }
      return (0..<TensorText.edge).map { $0 } + [nil] + (extent - TensorText.edge..<extent).map { $0 }
    }
    var cells: [String] = []
    var offsets = [0]
    for (places, extent) in zip(shown, tensor.shape.dimensions) {
      offsets = offsets.flatMap { offset in places.compactMap { $0.map { offset * extent + $0 } } }
    }
    tensor.bytes.withUnsafeBytes { bytes in
      cells = offsets.map { TensorText.cell(bytes, $0, tensor.dataType) }
    }
    cellWidth = cells.reduce(0) { max($0, $1.utf8.count) }
    self.cells = cells
  }

  /// One element in the fewest digits that read back to the same bits.
  static func cell(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ type: DataType) -> String {
    if type == .f32 { return number(bytes.loadUnaligned(fromByteOffset: index * 4, as: Float.self)) }
    switch ElementText.value(bytes, index, type) {
    case .integer(let value): return String(value)
    case .unsigned(let value): return String(value)
    case .bool(let value): return value ? "true" : "false"
    case let value: return number(value?.number ?? .nan)
    }
  }

  private static func number(_ value: some BinaryFloatingPoint & LosslessStringConvertible) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : value.description
  }

  private var text: String {
    guard tensor.shape.rank > 0 else { return cells[0] + "\n" }
    var next = 0
    return level(0, &next) + "\n"
  }

  private func level(_ axis: Int, _ next: inout Int) -> String {
    guard axis < tensor.shape.rank - 1 else { return row(&next) }
    let parts = shown[axis].map { place in
      place == nil ? "..." : level(axis + 1, &next)
    }
    // A blank line for each dimension between matrices, as NumPy has it.
    let breaks = String(repeating: "\n", count: max(1, tensor.shape.rank - 1 - axis))
    return "[" + parts.joined(separator: breaks + String(repeating: " ", count: axis + 1)) + "]"
  }

  private func row(_ next: inout Int) -> String {
    let indent = tensor.shape.rank
    var lines: [String] = []
    var line = ""
    for place in shown[shown.count - 1] {
      let cell = place == nil ? "..." : cells[next]
      if place != nil { next += 1 }
      let padding = String(repeating: " ", count: place == nil ? 0 : cellWidth - cell.utf8.count)
      if let width, !line.isEmpty, indent + line.utf8.count + 1 + cellWidth + indent > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + padding + cell
    }
    lines.append(line)
    return "[" + lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "]"
  }
}
