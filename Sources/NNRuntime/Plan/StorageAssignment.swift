import NNFormat
import NNLayers

/// Which values of a run share memory, and whose memory it is.
///
/// A storage is used by one value, or by several one after another: a view lies where its input lies, and a layer that can
/// work in place writes over its input where nothing needs the input any more. A caller's input is never written.
package struct StorageAssignment {
  /// Whose memory a storage is.
  package enum Home: Equatable {
    case input(Int)
    case output(Int)
    case arena
  }

  /// Memory for values of one size.
  package struct Storage {
    package let byteCount: Int
    package var home: Home
    /// The step that writes it first; -1 for inputs.
    package let first: Int
    /// The last step that uses it; `Int.max` if it is needed after the run.
    package var last: Int

    package init(byteCount: Int, home: Home, first: Int, last: Int) {
      self.byteCount = byteCount
      self.home = home
      self.first = first
      self.last = last
    }
  }

  /// The storages; the first ones are the inputs.
  private(set) var storages: [Storage] = []
  /// The storage of each value.
  private(set) var storageOf: [ValueReference: Int] = [:]
  /// Outputs that are copied when all else is done, since their storage belongs to an input or to another output.
  private(set) var copies: [(storage: Int, output: Int)] = []

  /// - Parameters:
  ///   - nodes: the steps, in order.
  ///   - byteCounts: the sizes of all values.
  ///   - keepsValues: whether every value must still be there after the run.
  init(
    _ nodes: [PlannedNode], inputs: [String], outputs: [ValueReference],
    byteCounts: [ValueReference: Int], keepsValues: Bool
  ) {
    var lastUse: [ValueReference: Int] = [:]
    for (step, node) in nodes.enumerated() {
      for input in node.inputs { lastUse[input] = step }
    }
    for output in outputs { lastUse[output] = .max }

    for (position, name) in inputs.enumerated() {
      let value = ValueReference(name)
      storageOf[value] = storages.count
      storages.append(
        Storage(
          byteCount: byteCounts[value] ?? 0, home: .input(position), first: -1, last: lastUse[value] ?? -1))
    }
    for (step, node) in nodes.enumerated() {
      for (position, value) in node.outputs.enumerated() {
        let byteCount = byteCounts[value] ?? 0
        let last = keepsValues ? .max : max(lastUse[value] ?? step, step)
        if position == 0, let shared = sharedStorage(for: node, step, byteCount, keepsValues: keepsValues) {
          storages[shared].last = max(storages[shared].last, last)
          storageOf[value] = shared
        } else {
          storageOf[value] = storages.count
          storages.append(Storage(byteCount: byteCount, home: .arena, first: step, last: last))
        }
      }
    }
    for (position, output) in outputs.enumerated() {
      guard let storage = storageOf[output] else { continue }
      if storages[storage].home == .arena {
        storages[storage].home = .output(position)
      } else {
        copies.append((storage, position))
      }
    }
  }

  /// The storage of a node's first input, if the first output may share it.
  private func sharedStorage(
    for node: PlannedNode, _ step: Int, _ byteCount: Int, keepsValues: Bool
  ) -> Int? {
    guard let input = node.inputs.first, let storage = storageOf[input],
      storages[storage].byteCount == byteCount
    else { return nil }
    switch node.aliasing {
    case .never: return nil
    case .view: return node.isView ? storage : nil
    case .inPlace:
      if case .input = storages[storage].home { return nil }
      // A second operand in the same memory could be read after it was written over.
      let isShared = node.inputs.dropFirst().contains { storageOf[$0] == storage }
      return keepsValues || isShared || storages[storage].last > step ? nil : storage
    }
  }

  /// Adds memory that one step alone uses, and gives its storage.
  mutating func addScratch(byteCount: Int, step: Int) -> Int {
    storages.append(Storage(byteCount: byteCount, home: .arena, first: step, last: step))
    return storages.count - 1
  }
}
