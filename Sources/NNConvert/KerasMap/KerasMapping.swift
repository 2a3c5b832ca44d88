import NNFormat
import NNLayers

/// The putting of weights onto an architecture: collects tensors, and what does not fit.
struct KerasMapping {
  /// What each tensor was made of, in the order of the graph.
  private(set) var mapped: [ConversionReport.Mapping] = []
  /// What has read the weights so far.
  let conversion: KerasConversion
  private let target: MapTarget
  private let file: KerasFile
  private let store: KerasStore
  private var tensors: [String: (tensor: Tensor, made: ConversionReport.Mapping, node: String)] = [:]
  private var problems: [KerasMapProblem.Item] = []

  init(_ target: MapTarget, _ file: KerasFile, _ store: KerasStore) {
    (self.target, self.file, self.store) = (target, file, store)
    conversion = KerasConversion(file, store: store, custom: [:], reserving: [])
  }

  /// Finds the weights of all nodes.
  ///
  /// - Throws: what is wrong with an array of the file. What does not fit is kept for ``model(without:)``.
  mutating func fill() throws(ModelError) {
    let units = try units()
    let holders = try MapHolder.all(file, store)
    let weights = MapWeights(file: file, store: store)
    var known: [String: Bool] = [:]
    let matching = try MapMatching(units, holders) { (unit, holder) throws(ModelError) in
      let key = "\(unit.signature) \(try weights.signature(of: holder))"
      if let fits = known[key] { return fits }
      let trial = KerasConversion(file, store: store, custom: [:], reserving: [])
      let fits = (try? weights.node(of: unit, from: holder, in: trial, whole: true)) != nil
      known[key] = fits
      return fits
    }
    problems += matching.problems
    for (number, place, isByName) in matching.pairs {
      let (unit, holder) = (units[number], holders[place])
      do throws(ModelError) {
        take(try weights.node(of: unit, from: holder, in: conversion, whole: false), for: unit)
      } catch {
        problems.append(
          KerasMapProblem.Item(
            name: unit.name, reason: "cannot have the weights of '\(holder.nameInWords)': \(error.problem.description)")
        )
        continue
      }
      guard !isByName else { continue }
      conversion.warn(
        "the node '\(unit.name)' has no namesake in the file; it has the weights of '\(holder.nameInWords)', since shapes allow no other"
      )
    }
  }

  /// The architecture with its weights.
  ///
  /// - Parameter unused: the paths of arrays that no node has
  /// - Throws: ``KerasMapProblem/unfit(_:)`` with all that does not fit, if anything does not.
  mutating func model(without unused: [String]) throws(ModelError) -> Model {
    var model = target.model
    model.tensors = NamedTensors()
    for name in target.nodes.flatMap(\.node.parameters).map(\.tensor) where model.tensors[name] == nil {
      guard let (tensor, made, _) = tensors[name] else { continue }
      try model.tensors.append(name, tensor)
      mapped.append(made)
    }
    let items =
      problems
      + unused.map {
        KerasMapProblem.Item(name: $0, reason: "is in the file and no node has it; --allow-unused leaves it out")
      }
    guard items.isEmpty else { throw ModelError(KerasMapProblem.unfit(items)) }
    return model
  }

  // MARK: Nodes

  /// What gets its weights together, in the order of the graph.
  private mutating func units() throws(ModelError) -> [MapUnit] {
    var units: [MapUnit] = []
    var places: [[NodeParameter]: Int] = [:]
    var limit = 0
    for path in store.paths { limit += try store.array(path).tensor.shape.count }
    for target in target.nodes where !target.parameters.isEmpty {
      let node = target.node
      if node.kind == Constant.kind {
        keep(node)
      } else if let place = places[node.parameters] {
        units[place].add(node.name)
      } else if let large = try tooLarge(target, limit) {
        problems.append(
          KerasMapProblem.Item(
            name: node.name, reason: "needs \(large.type) for '\(large.role)', and the file has \(limit) numbers"))
      } else {
        do throws(ModelError) {
          units.append(try MapUnit(target))
          places[node.parameters] = units.count - 1
        } catch {
          guard case KerasExportProblem.unsupported(let items)? = error.problem as? KerasExportProblem else {
            throw error.inside(.node(node.name))
          }
          problems += items.map {
            KerasMapProblem.Item(name: node.name, reason: "(\($0.kind)) gets no weights: \($0.reason)")
          }
        }
      }
    }
    return units
  }

  /// The first parameter with more elements than the file has numbers, so that no memory is asked for what cannot be filled.
  private func tooLarge(_ target: MapTarget.TargetNode, _ limit: Int) throws(ModelError) -> Parameter? {
    for parameter in target.parameters {
      if let count = try parameter.type.knownShape()?.count, count > limit { return parameter }
    }
    return nil
  }

  /// Constants are part of what is computed: Keras has no layer that holds one.
  private mutating func keep(_ node: Node) {
    for name in node.parameters.map(\.tensor) where tensors[name] == nil {
      guard let tensor = target.model.tensors[name] else {
        problems.append(
          KerasMapProblem.Item(
            name: node.name,
            reason: "is a constant, which files of Keras do not hold; --map needs a model with its value"))
        continue
      }
      tensors[name] = (
        tensor,
        ConversionReport.Mapping(
          array: "\(name) of \(target.source.name)", tensor: name, type: tensor.type, changes: []), node.name
      )
    }
  }

  /// Puts the parameters of a converted node in the place of a unit's tensors.
  private mutating func take(_ node: Node, for unit: MapUnit) {
    for parameter in unit.parameters {
      guard let own = node.tensorName(for: parameter.role), let tensor = conversion.tensors[own],
        let made = conversion.mapped.last(where: { $0.tensor == own })
      else { continue }
      if let (first, _, other) = tensors[parameter.tensor] {
        guard first != tensor else { continue }
        problems.append(
          KerasMapProblem.Item(
            name: unit.name,
            reason: "shares the tensor '\(parameter.tensor)' with '\(other)', and the file has other values for it"))
        continue
      }
      tensors[parameter.tensor] = (
        tensor,
        ConversionReport.Mapping(array: made.array, tensor: parameter.tensor, type: made.type, changes: made.changes),
        unit.name
      )
    }
  }
}
