import NNFormat
import NNKernels
import NNLayers

/// One step of a plan: a node, and the nodes behind it whose work is done in the same pass.
package struct PlannedNode {
  /// An element-wise step behind the node.
  struct Step {
    /// What is combined with the result.
    enum Operand {
      /// Nothing: the step is a function.
      case none
      /// Another value, of the result's shape.
      case value(ValueReference)
      /// One row for all rows, which the plan computes from a batch normalisation's parameters.
      case factors(CheckedGraph.CheckedNode)
      case offsets(CheckedGraph.CheckedNode)
    }

    let operation: FusedStep.Operation
    let operand: Operand
  }

  /// The node, or the first one of a chain of element-wise ones.
  let node: CheckedGraph.CheckedNode
  /// What computes: the node's layer, or a chain's.
  let layer: any Layer
  /// The node's place in the graph.
  let position: Int
  /// The steps behind it.
  private(set) var steps: [Step] = []
  /// The names of the nodes that are done here.
  private(set) var members: [String]
  /// The values that are read.
  private(set) var inputs: [ValueReference]
  /// The values that are written.
  private(set) var outputs: [ValueReference]

  init(_ node: CheckedGraph.CheckedNode, position: Int) {
    self.node = node
    self.position = position
    layer = node.layer
    members = [node.node.name]
    inputs = node.node.inputs
    outputs = node.outputs.indices.map { ValueReference(node.node.name, $0) }
  }

  /// A chain that begins with an element-wise node.
  init(chain node: CheckedGraph.CheckedNode, input: ValueReference, steps: [Step], position: Int) {
    self.node = node
    self.position = position
    self.steps = steps
    layer = ElementChainLayer()
    members = [node.node.name]
    outputs = [ValueReference(node.node.name)]
    inputs = [input] + steps.compactMap(\.value)
  }

  /// Takes the work of a node that uses the result and whose result has its shape.
  mutating func absorb(_ node: CheckedGraph.CheckedNode, _ steps: [Step]) {
    self.steps += steps
    members.append(node.node.name)
    outputs = [ValueReference(node.node.name)]
    inputs += steps.compactMap(\.value)
  }

  /// How the first output relates to the first input in memory.
  var aliasing: Aliasing { type(of: layer).aliasing }
  /// Whether the step computes nothing: its only output is the bytes of its input.
  var isView: Bool { aliasing == .view && outputs.count == 1 }
  /// The types of the layer's own inputs.
  var types: [TensorType] { layer is ElementChainLayer ? Array(node.outputs.prefix(1)) : node.inputs }
}

extension PlannedNode.Step {
  /// The value that is combined with the result.
  var value: ValueReference? {
    if case .value(let value) = operand { value } else { nil }
  }
}

/// A chain of element-wise steps that follows no product; it exists in plans alone.
struct ElementChainLayer: FusingLayer {
  static let kind = "element_chain"
  static let aliasing = Aliasing.inPlace

  func outputs(for inputs: [TensorType]) throws(ModelError) -> [TensorType] { Array(inputs.prefix(1)) }

  /// About what one step costs for an element, in multiplications.
  private static let cost = 8

  private struct Rows: DividedWork {
    let type: FloatType
    let columns: Int
    let x: UnsafeRawPointer
    let y: UnsafeMutableRawPointer
    let steps: UnsafeBufferPointer<ElementStep>

    func run(_ rows: Range<Int>, part: Int) {
      let start = rows.lowerBound * columns * type.byteSize
      ElementChain.run(
        type, rows: rows.count, columns: columns, steps: steps, from: x + start, to: y + start,
        firstRow: rows.lowerBound)
    }
  }

  /// The steps, in pieces that stay in cache.
  func forward(_ values: borrowing LayerValues) {
    let output = values.outputs[0]
    guard output.shape.count > 0 else { return }
    let type = FloatType(output.dataType)
    let columns = output.shape.rank == 0 ? 1 : output.shape[output.shape.rank - 1]
    let rows = output.shape.count / columns
    let cost = output.shape.count.multipliedClamped(by: Self.cost * values.fused.count)
    values.withSteps(columns: columns) { steps in
      let work = Rows(
        type: type, columns: columns, x: values.address(of: values.inputs[0]), y: values.mutableAddress(of: output),
        steps: steps)
      values.crew.divide(work, count: rows, cost: cost)
    }
  }
}
