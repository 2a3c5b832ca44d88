import NNFormat
import NNKernels

/// A layer that goes over the steps of a sequence with one state or two, in one direction or both, and may leave steps out.
protocol SequenceLayer: Layer {
  /// Whether there is a second state.
  static var hasCell: Bool { get }
  /// How it goes over the sequence.
  var sequence: SequenceOptions { get set }
}

extension SequenceLayer {
  /// The settings that all recurrent kinds share, behind their own.
  static var sequenceFields: [Field<Self>] {
    [
      Field(
        "return_sequences", \.sequence.returnSequences, default: false,
        "whether the output of each step is given, not only that of the last one"),
      Field(
        "return_state", \.sequence.returnState, default: false,
        "whether the states after the last step are further outputs"),
      Field(
        "initial_state", \.sequence.initialState, default: false,
        "whether the states before the first step are further inputs; else they are 0"),
      Field(
        "direction", \.sequence.direction, default: .forward,
        "which step is taken first: the first, the last, or one and the other in two passes, each with its parameters"
      ),
      Field(
        "merge_mode", \.sequence.mergeMode, default: .concat,
        "for two directions, how their outputs become one; with `none` they are two outputs"),
      Field(
        "reversed_output", \.sequence.reversedOutput, default: false,
        "for `backward`, whether the sequence of outputs begins with that of the last step"),
      Field(
        "mask", \.sequence.mask, default: .none,
        "what further input says which steps count: for each step true or false, or how many steps from the first"),
      Field(
        "zero_output_for_mask", \.sequence.zeroOutputForMask, default: false,
        "whether the output of a step that does not count is 0; else it repeats the output before it"),
    ]
  }

  private var stateCount: Int { Self.hasCell ? 2 : 1 }

  /// Where the mask or the lengths are among the inputs.
  var maskIndex: Int { 1 + (sequence.initialState ? stateCount * sequence.directionCount : 0) }

  /// Where the first state of a direction is among the inputs.
  func stateInput(_ direction: Int) -> Int { 1 + direction * stateCount }

  /// Where the first state of a direction is among the outputs.
  func stateOutput(_ direction: Int) -> Int { sequence.outputCount + direction * stateCount }

  /// The parameters of all directions, of those of one.
  func parametersOfDirections(_ parameters: [Parameter]) -> [Parameter] {
    guard sequence.direction == .bidirectional else { return parameters }
    return parameters + parameters.map { Parameter("backward_\($0.role)", $0.type) }
  }

  // Checks

  /// Demands as many inputs as the settings say.
  func checkCount(of inputs: [TensorType]) throws(ModelError) {
    let count = maskIndex + (sequence.mask == .none ? 0 : 1)
    guard inputs.count == count else {
      throw ModelError(
        LayerProblem.inputCount(
          kind: Self.kind, expected: count == 1 ? "one input" : "\(count) inputs with these fields",
          found: inputs.count))
    }
  }

  /// Demands initial states of the types of one direction's, and a mask or lengths that fit the first input.
  func checkSequence(_ inputs: [TensorType], states: [TensorType]) throws(ModelError) {
    if sequence.initialState {
      for direction in 0..<sequence.directionCount {
        for (offset, state) in states.enumerated() {
          try inputs[stateInput(direction) + offset].require(state, index: stateInput(direction) + offset)
        }
      }
    }
    let shape = inputs[0].shape
    switch sequence.mask {
    case .none: break
    case .steps:
      try inputs[maskIndex].require(TensorType(.bool, Array(shape.prefix(2))), index: maskIndex)
    case .lengths:
      let isWide = inputs[maskIndex].dataType == .i64
      try inputs[maskIndex].require(
        TensorType(isWide ? .i64 : .i32, [shape[0]]), index: maskIndex, or: isWide ? "" : " or i64")
    }
  }

  // Runs

  /// Demands lengths between 0 and the number of steps.
  func checkLengths(_ values: borrowing LayerValues) throws(ModelError) {
    guard sequence.mask == .lengths else { return }
    let time = values.inputs[0].shape[1]
    for row in 0..<values.inputs[0].shape[0] {
      let length = length(of: row, values)
      guard length >= 0, length <= time else {
        throw ModelError(
          LayerProblem.badElement(
            input: maskIndex, position: [row], found: String(length), expected: "a length from 0 to \(time)"))
      }
    }
  }

  @inline(__always)
  private func length(of row: Int, _ values: borrowing LayerValues) -> Int {
    let lengths = values.inputs[maskIndex]
    return lengths.dataType == .i64
      ? Int(values.elements(of: lengths, as: Int64.self)[row])
      : Int(values.elements(of: lengths, as: Int32.self)[row])
  }

  /// Whether a step counts for a row.
  @inline(__always)
  func counts(_ row: Int, _ time: Int, _ values: borrowing LayerValues) -> Bool {
    switch sequence.mask {
    case .none: return true
    case .lengths: return time < length(of: row, values)
    case .steps:
      let mask = values.inputs[maskIndex]
      return values.address(of: mask).load(fromByteOffset: row * mask.shape[1] + time, as: UInt8.self) != 0
    }
  }

  /// Puts an output, or zeros for none, into a line of the output or joins it with that of the other direction.
  ///
  /// - Parameter size: the elements that stand together; of an output of several such parts those of the other direction stand
  ///   behind each, where outputs are put one behind the other.
  func write<Scalar: ComputingScalar>(
    _ source: UnsafeMutablePointer<Scalar>?, line: Int, parts: Int = 1, size: Int, _ direction: Int,
    _ values: borrowing LayerValues
  ) {
    let output = values.outputs[sequence.mergeMode == .none ? direction : 0]
    let place = sequence.outputParts == 2 ? direction : 0
    let start = values.mutableAddress(of: output).assumingMemoryBound(to: Scalar.self)
    for part in 0..<parts {
      let target = start + ((line * parts + part) * sequence.outputParts + place) * size
      let source = source.map { $0 + part * size }
      @inline(__always)
      func join(_ function: (Scalar, Scalar) -> Scalar) {
        for unit in 0..<size { target[unit] = function(target[unit], source?[unit] ?? 0) }
      }
      switch direction == 0 ? .none : sequence.mergeMode {
      case .concat, .none:
        if let source { target.update(from: source, count: size) } else { target.update(repeating: 0, count: size) }
      case .sum: join(+)
      case .mul: join(*)
      case .ave: join { ($0 + $1) / 2 }
      }
    }
  }
}
