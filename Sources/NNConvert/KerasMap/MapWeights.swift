import NNFormat

/// The reading of weights in a place of a file as those of the layer of Keras that a unit stands for.
struct MapWeights {
  let file: KerasFile
  let store: KerasStore

  /// What decides whether the weights of a place fit: their shapes, and what tells them apart.
  func signature(of holder: MapHolder) throws(ModelError) -> String {
    var parts = [holder.className ?? ""]
    for path in holder.arrays {
      let name: Substring =
        switch holder.weights {
        case .listed: path.split(separator: "/").last ?? ""
        case .owned(let root): path.dropFirst(root.count)
        }
      parts.append("\(name) \(try store.array(path).tensor.type)")
    }
    return parts.joined(separator: ",")
  }

  /// Converts the weights of a place, in any form that files of the generation have for the layer.
  ///
  /// - Parameter whole: whether all arrays of the place have to be used
  /// - Returns: a node of the conversion that has the unit's parameters
  /// - Throws: why they do not fit.
  func node(
    of unit: MapUnit, from holder: MapHolder, in conversion: KerasConversion, whole: Bool
  ) throws(ModelError) -> Node {
    do throws(ModelError) {
      return try node(of: unit, as: unit.layer, from: holder, in: conversion, whole: whole)
    } catch {
      // Keras 1 kept the gates of a recurrent layer apart, unless it was to be fast on a GPU.
      var config = unit.layer.config
      config["implementation"] = "gpu"
      guard file.generation == .one,
        let node = try? node(of: unit, as: unit.layer.with(config), from: holder, in: conversion, whole: whole)
      else { throw error }
      return node
    }
  }

  private func node(
    of unit: MapUnit, as layer: KerasLayer, from holder: MapHolder, in conversion: KerasConversion, whole: Bool
  ) throws(ModelError) -> Node {
    let layer = KerasLegacy.modern(layer, file.generation)
    let settings = KerasSettings(layer, file.generation)
    guard let row = KerasClass.named(layer, [:]) else {
      throw ModelError(KerasProblem.unsupported([KerasClass.unknown(layer, at: layer.name)]))
    }
    if let className = holder.className, let other = KerasClass.inTrees[className], other.name != row.name,
      !other.kinds.contains(where: row.kinds.contains)
    {
      throw settings.unsupported("the file has weights of the class \(other.name) there")
    }
    let variables = try row.variables(settings)
    let weights = try holder.weights.named(by: variables)
    if whole {
      let used = try weights.arrays(of: variables, in: store).values.map(\.name)
      guard Set(used) == Set(holder.arrays) else {
        throw ModelError(KerasProblem.unusedWeights(holder.arrays.filter { !used.contains($0) }))
      }
    }
    let site = KerasSite(
      conversion, layer, unit.call, 0, prefix: KerasSite.Prefix(), depth: 0, weights: weights, values: unit.values)
    let count = conversion.nodes.count
    _ = try site.run()
    let roles = Set(unit.parameters.map(\.role))
    guard let node = conversion.nodes[count...].first(where: { Set($0.parameters.map(\.role)) == roles }) else {
      throw settings.unsupported(
        "its weights become other parameters than '\(roles.sorted().joined(separator: "', '"))'")
    }
    return node
  }
}

extension KerasClass {
  /// The rows by the names under which trees number the layers of their classes.
  fileprivate static let inTrees = Dictionary(
    all.map { (KerasModelWeights.snakeCase($0.name), $0) }
  ) { first, _ in first }
}

extension KerasWeights {
  /// The weights with those of a list in the order of the variables, where the names in the file say which is which.
  ///
  /// - Throws: ``KerasProblem/missingWeight(_:expected:found:)`` if names contradict the order in which they come.
  fileprivate func named(by variables: [KerasVariable]) throws(ModelError) -> KerasWeights {
    guard case .listed(let arrays) = self else { return self }
    let listed = variables.filter { $0.presence != .inTrees }
    let ordered = listed.filter(\.isTrained) + listed.filter { !$0.isTrained }
    let wanted = ordered.map { String($0.path.split(separator: "/").last ?? "") }
    // "dense/kernel:0" and "dense/kernel" are the weight 'kernel'.
    let names = arrays.map { array in
      String((array.name.split(separator: "/").last ?? "").split(separator: ":").first ?? "")
    }
    var rest = Array(names.indices)
    var result: [KerasArray] = []
    for name in wanted {
      guard let place = rest.firstIndex(where: { names[$0] == name }) else { break }
      result.append(arrays[rest.remove(at: place)])
    }
    // Further arrays stay behind those that have a variable.
    if result.count == wanted.count { return .listed(result + rest.map { arrays[$0] }) }
    for (position, name) in names.enumerated() where wanted.contains(name) {
      guard wanted.indices.contains(position), wanted[position] == name else {
        throw ModelError(
          KerasProblem.missingWeight(wanted.first { !names.contains($0) } ?? name, expected: wanted, found: names))
      }
    }
    return self
  }
}
