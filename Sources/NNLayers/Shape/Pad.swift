public import NNFormat
import NNKernels

/// Puts elements before and after those that there are, along any dimensions.
///
/// | value  | shape                                         | notes             |
/// |--------|-----------------------------------------------|-------------------|
/// | input  | `[a, b, ...]`                                 | any element type  |
/// | output | each extent plus what is put before and after | same element type |
///
/// There is a pair for each dimension, the batch too, whose pair is mostly `[0, 0]`. What is put there, for the elements 1, 2, 3
/// and the pair `[4, 4]`:
///
/// - `constant`: the value, `v v v v 1 2 3 v v v v`
/// - `edge`: the nearest element, `1 1 1 1 1 2 3 3 3 3 3`
/// - `reflect`: the elements mirrored at the first and the last one, as often as it takes, `1 2 3 2 1 2 3 2 1 2 3`
/// - `wrap`: the elements over again, `3 1 2 3 1 2 3 1 2 3 1`
///
/// An axis of extent 0 can only be padded with a constant; one of extent 1 is reflected as with `edge`.
///
/// - Source: Keras 3 `ZeroPadding1D`, `ZeroPadding2D`, `ZeroPadding3D`, `keras.ops.pad`; ONNX `Pad` of opset 19; NumPy `np.pad`.
public struct Pad: Layer {
  /// `padding`
  public static let kind = "padding"
  /// The settings.
  public static let fields: [Field<Pad>] = [
    Field("padding", \.padding, "for each dimension of the input, how many elements come before and after"),
    Field("mode", \.mode, default: .constant, "which elements they are"),
    Field("value", \.value, default: 0, "the value of the mode `constant`; 0 and 1 are false and true"),
  ]

  /// Which elements are put beside those that there are.
  public enum Mode: String, FieldChoice {
    /// One value.
    case constant
    /// The elements mirrored at the first and the last.
    case reflect
    /// The nearest element.
    case edge
    /// The elements over again.
    case wrap
  }

  /// For each dimension, how many elements come before and after.
  public var padding: [Margins] = []
  /// Which elements they are.
  public var mode = Mode.constant
  /// The value of the mode `constant`.
  public var value = 0.0

  /// The layer of a single value.
  public init() {}

  /// The layer of the given settings.
  public init(padding: [Margins], mode: Mode = .constant, value: Double = 0) {
    self.padding = padding
    self.mode = mode
    self.value = value
  }

  /// Equal when the settings are; a NaN equals itself.
  public static func == (left: Pad, right: Pad) -> Bool {
    left.padding == right.padding && left.mode == right.mode
      && (left.value == right.value || left.value.isNaN && right.value.isNaN)
  }

  /// The extents plus what is put beside them.
  public func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] {
    var output = try inputs.single(for: Self.kind)
    try padding.require(rank: output.rank, field: "padding")
    if bits(as: output.dataType) == nil {
      throw ModelError(
        LayerProblem.badSetting(reason: "\(value) is not a value of the input's type, \(output.dataType.rawValue)"),
        at: .field("value"))
    }
    for (axis, margins) in padding.enumerated() {
      let total = try margins.total()
      if mode != .constant, total > 0, output.shape[axis] == .known(0) {
        throw ModelError(
          LayerProblem.badSetting(
            reason: "axis \(axis) has no element that the mode '\(mode.rawValue)' could repeat"), at: .field("mode"))
      }
      output.shape[axis] = try output.shape[axis].plus(total)
    }
    return [try output.countable()]
  }

  /// The bits of the value as an element; nil if it is none.
  private func bits(as type: DataType) -> UInt64? {
    func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> UInt64? {
      Integer(exactly: value).map { UInt64(truncatingIfNeeded: $0) }
    }
    func narrowed(_ cast: FloatCast) -> UInt64 {
      var result: UInt16 = 0
      withUnsafePointer(to: value) { from in withUnsafeMutablePointer(to: &result) { cast.run(from: from, to: $0, count: 1) } }
      return UInt64(result)
    }
    return switch type {
    case .f64: value.bitPattern
    case .f32: UInt64(Float(value).bitPattern)
    case .f16: narrowed(.f64ToF16)
    case .bf16: narrowed(.f64ToBF16)
    case .i8: integer(Int8.self)
    case .i16: integer(Int16.self)
    case .i32: integer(Int32.self)
    case .i64: integer(Int64.self)
    case .u8: integer(UInt8.self)
    case .u16: integer(UInt16.self)
    case .u32: integer(UInt32.self)
    case .u64: integer(UInt64.self)
    case .bool: value == 0 ? 0 : value == 1 ? 1 : nil
    }
  }

  /// Copies the input and fills what is beside it.
  public func forward(_ values: borrowing LayerValues) {
    let x = values.inputs[0]
    let y = values.outputs[0]
    guard y.shape.count > 0, let bits = bits(as: y.dataType) else { return }
    let walk = PaddingWalk(
      layer: self, from: x.shape, to: y.shape, size: y.dataType.byteSize, bits: bits,
      lastAxis: padding.lastIndex { $0.before > 0 || $0.after > 0 } ?? -1)
    walk.fill(0, values.address(of: x), values.mutableAddress(of: y))
  }
}

private struct PaddingWalk {
  let layer: Pad
  let from: Shape
  let to: Shape
  let size: Int
  let bits: UInt64
  /// The innermost axis that grows; -1 if none does.
  let lastAxis: Int

  /// Fills the part of the result that begins at `target` and spans the axes from `axis` on.
  func fill(_ axis: Int, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer) {
    let part = from.count(of: min(axis + 1, from.rank)..<from.rank) * size
    guard axis <= lastAxis else {
      return target.copyMemory(from: source, byteCount: from.count(of: axis..<from.rank) * size)
    }
    let slab = to.count(of: axis + 1..<to.rank) * size
    let margins = layer.padding[axis]
    let extent = from[axis]
    let inner = target + margins.before * slab
    if axis == lastAxis {
      inner.copyMemory(from: source, byteCount: extent * slab)
    } else {
      for index in 0..<extent { fill(axis + 1, source + index * part, inner + index * slab) }
    }
    if layer.mode == .constant {
      repeatValue(target, byteCount: margins.before * slab)
      repeatValue(inner + extent * slab, byteCount: margins.after * slab)
      return
    }
    // The slabs beside those of the input are copies of them.
    for index in 0..<margins.before { copySlab(index - margins.before, extent, inner, slab) }
    for index in 0..<margins.after { copySlab(extent + index, extent, inner, slab) }
  }

  private func copySlab(_ index: Int, _ extent: Int, _ inner: UnsafeMutableRawPointer, _ slab: Int) {
    (inner + index * slab).copyMemory(from: inner + place(of: index, extent) * slab, byteCount: slab)
  }

  private func place(of index: Int, _ extent: Int) -> Int {
    if layer.mode == .wrap { return remainder(index, extent) }
    if layer.mode == .edge || extent == 1 { return min(max(index, 0), extent - 1) }
    let period = 2 * (extent - 1)
    let place = remainder(index, period)
    return place < extent ? place : period - place
  }

  private func remainder(_ index: Int, _ period: Int) -> Int {
    let rest = index % period
    return rest < 0 ? rest + period : rest
  }

  private func repeatValue(_ target: UnsafeMutableRawPointer, byteCount: Int) {
    switch size {
    case 1: target.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: bits), count: byteCount)
    case 2: target.initializeMemory(as: UInt16.self, repeating: UInt16(truncatingIfNeeded: bits), count: byteCount / 2)
    case 4: target.initializeMemory(as: UInt32.self, repeating: UInt32(truncatingIfNeeded: bits), count: byteCount / 4)
    default: target.initializeMemory(as: UInt64.self, repeating: bits, count: byteCount / 8)
    }
  }
}
