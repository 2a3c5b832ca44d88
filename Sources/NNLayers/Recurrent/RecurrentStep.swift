import NNFormat
import NNKernels

/// One step of one direction, for every row of the batch: the memory that a kind reads and writes.
struct RecurrentStep<Scalar: RecurrentScalar> {
  /// The element type.
  let type: DataType
  /// The number of rows.
  let batch: Int
  /// Where the direction's parameters begin among all.
  let parameters: Int
  /// The inputs' share of the gates with its bias, `[batch, columns]`. A kind may write over it.
  let gates: UnsafeMutablePointer<Scalar>
  /// As much room as `gates`, for what the state contributes.
  let recurrent: UnsafeMutablePointer<Scalar>
  /// The first state before the step, `[batch, outputSize]`.
  let hidden: UnsafeMutablePointer<Scalar>
  /// The first state after the step.
  let nextHidden: UnsafeMutablePointer<Scalar>
  /// The second state before the step, `[batch, units]`, of a kind that has one.
  let cell: UnsafeMutablePointer<Scalar>
  /// The second state after the step.
  let nextCell: UnsafeMutablePointer<Scalar>
  /// The kernel of the whole step, if there is one.
  let gated: GatedStep?
  /// The recurrent kernel as that kernel reads it best, if it is packed.
  let packed: UnsafeRawPointer?
}

/// Where the working memory of a recurrent layer has what, counted in elements from its start.
struct RecurrentMemory {
  /// With fewer rows than this in a batch, the inputs' share of several steps is computed at once.
  static let rowsAtOnce = 128
  /// The steps from which packing the recurrent kernel, which costs about as much as five, pays.
  private static let stepsToPack = 32

  /// For how many steps the inputs' share of the gates is computed at once.
  let steps: Int
  let recurrent: Int
  let hidden: Int
  let nextHidden: Int
  let cell: Int
  let nextCell: Int
  /// The packed recurrent kernel; nil where it is read as it lies.
  let packed: Int?
  let byteCount: Int

  /// The memory for an input `[batch, time, features]` that passed the checks of `layer`.
  init(_ layer: some RecurrentLayer, _ gated: GatedStep?, _ type: FloatType, _ x: Shape) {
    let (batch, time) = (x[0], x[1])
    let (columns, size) = (layer.columns, layer.outputSize)
    steps = max(1, min(time, RecurrentMemory.rowsAtOnce / max(batch, 1)))
    recurrent = steps * batch * columns
    hidden = recurrent + batch * columns
    nextHidden = hidden + batch * size
    cell = nextHidden + batch * size
    nextCell = cell + (Swift.type(of: layer).hasCell ? batch * layer.units.value : 0)
    let states = nextCell + (nextCell - cell)
    if let gated, time >= RecurrentMemory.stepsToPack {
      // At a multiple of 64 bytes.
      let start = (states + 15) / 16 * 16
      packed = start
      byteCount = start * type.byteSize + gated.packedByteCount(type, units: layer.units.value, depth: size)
    } else {
      packed = nil
      byteCount = states * type.byteSize
    }
  }
}
