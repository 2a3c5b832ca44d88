import NNFormat

/// A weight that a layer has, in the order in which Keras lists those of a layer.
struct KerasVariable: Hashable {
  /// Its name, behind those of the objects inside of the layer that own it: `kernel`, `forward_layer/cell/bias`.
  let path: String
  /// Whether it is trained; the old files list the others behind all that are.
  let isTrained: Bool
  /// Which of the two forms of files have it.
  let presence: Presence

  /// Which of the two forms of files have a weight.
  enum Presence { case always, inLists, inTrees }

  init(_ path: String, isTrained: Bool = true, _ presence: Presence = .always) {
    self.path = path
    self.isTrained = isTrained
    self.presence = presence
  }

  /// The same inside of an object.
  func inside(_ owner: String) -> KerasVariable {
    KerasVariable("\(owner)/\(path)", isTrained: isTrained, presence)
  }

  /// The same where nothing is trained.
  var frozen: KerasVariable { KerasVariable(path, isTrained: false, presence) }

  /// The object that owns it; empty for the layer itself.
  var owner: String { path.split(separator: "/").dropLast().joined(separator: "/") }
}

/// Where the weights of a layer are.
enum KerasWeights {
  /// In a list, trained ones first.
  case listed([KerasArray])
  /// In the tree below a path.
  case owned(String)

  /// The array of each weight.
  ///
  /// - Throws: ``KerasProblem/missingWeight(_:expected:found:)``.
  func arrays(
    of variables: [KerasVariable], in store: KerasStore
  ) throws(ModelError) -> [String: KerasArray] {
    var result: [String: KerasArray] = [:]
    let expected = variables.map(\.path)
    switch self {
    case .listed(let arrays):
      let listed = variables.filter { $0.presence != .inTrees }
      let ordered = listed.filter(\.isTrained) + listed.filter { !$0.isTrained }
      for (position, variable) in ordered.enumerated() {
        guard position < arrays.count else {
          throw ModelError(
            KerasProblem.missingWeight(variable.path, expected: expected, found: arrays.map(\.name)))
        }
        result[variable.path] = arrays[position]
      }
    case .owned(let root):
      var counts: [String: Int] = [:]
      for variable in variables where variable.presence != .inLists {
        let owner = variable.owner
        let index = counts[owner, default: 0]
        counts[owner] = index + 1
        guard let path = KerasWeights.path(of: owner, index, below: root, in: store) else {
          throw ModelError(
            KerasProblem.missingWeight(
              "\(root)/\(owner.isEmpty ? "" : "\(owner)/")vars/\(index)", expected: expected,
              found: store.paths.filter { $0.hasPrefix("\(root)/") }))
        }
        result[variable.path] = try store.array(path)
      }
    }
    return result
  }

  /// All arrays of a layer, by their numbers: those of a class of which nothing is known.
  func all(in store: KerasStore) throws(ModelError) -> [String: KerasArray] {
    var result: [String: KerasArray] = [:]
    switch self {
    case .listed(let arrays):
      for (number, array) in arrays.enumerated() { result["\(number)"] = array }
    case .owned(let root):
      var number = 0
      while store.contains("\(root)/vars/\(number)") {
        result["\(number)"] = try store.array("\(root)/vars/\(number)")
        number += 1
      }
    }
    return result
  }

  /// The path of an array of an object; releases differ in whether the names of inner objects begin with an underscore.
  private static func path(of owner: String, _ index: Int, below root: String, in store: KerasStore) -> String? {
    let middle = owner.isEmpty ? "" : "/\(owner)"
    let plain = "\(root)\(middle)/vars/\(index)"
    if store.contains(plain) { return plain }
    guard !owner.isEmpty else { return nil }
    let private_ = owner.split(separator: "/").map { "_\($0)" }.joined(separator: "/")
    let other = "\(root)/\(private_)/vars/\(index)"
    return store.contains(other) ? other : nil
  }
}

/// The weights of each layer of a model.
struct KerasModelWeights {
  private var byLayer: [String: KerasWeights] = [:]

  /// The weights of a layer.
  subscript(layer: String) -> KerasWeights { byLayer[layer] ?? .listed([]) }

  /// The weights that a tree holds below a path, where the layers are named by their classes: `layers/dense`,
  /// `layers/dense_1` and so on.
  init(owned root: String, layers: [KerasLayer], in store: KerasStore) {
    // Keras 2.13 to 2.15 kept them under another name than the releases before and after.
    let base = ["\(root)/layers", "\(root)/_layer_checkpoint_dependencies"].first { base in
      store.paths.contains { $0.hasPrefix("\(base)/") }
    }
    var counts: [String: Int] = [:]
    for layer in layers where !layer.isOperation {
      let name = KerasModelWeights.snakeCase(layer.className)
      let count = counts[name, default: 0]
      counts[name] = count + 1
      byLayer[layer.name] = .owned("\(base ?? "\(root)/layers")/\(count == 0 ? name : "\(name)_\(count)")")
    }
  }

  /// The weights in the lists of a file with a group for each layer.
  ///
  /// Names say which is whose. Where none of the layers that have weights has the name of a group, because names that Keras
  /// makes up count on from model to model, they belong together in their order, if there are as many of both.
  ///
  /// - Throws: ``KerasProblem/missingWeight(_:expected:found:)`` if a list names an array that is not there.
  init(named root: String, for network: KerasNetwork, _ conversion: KerasConversion) throws(ModelError) {
    let groups = try KerasModelWeights.groups(named: root, in: conversion.store).map { group in
      (name: group.name, arrays: group.arrays.map(\.array))
    }
    let names = Set(network.layers.map(\.name))
    if groups.contains(where: { names.contains($0.name) }) {
      for (name, arrays) in groups { byLayer[name] = .listed(arrays) }
      return
    }
    var needing: [String] = []
    for layer in network.layers
    where try !KerasClass.variables(of: layer, conversion.generation, conversion.custom).isEmpty {
      needing.append(layer.name)
    }
    guard needing.count == groups.count else {
      for (name, arrays) in groups { byLayer[name] = .listed(arrays) }
      return
    }
    for (layer, group) in zip(needing, groups) { byLayer[layer] = .listed(group.arrays) }
  }

  /// The groups of a file that lists the arrays of each layer, without those of layers that have none.
  ///
  /// - Throws: ``KerasProblem/missingWeight(_:expected:found:)`` if a list names an array that is not there.
  static func groups(
    named root: String, in store: KerasStore
  ) throws(ModelError) -> [(name: String, arrays: [(name: String, array: KerasArray)])] {
    var groups: [(name: String, arrays: [(name: String, array: KerasArray)])] = []
    for name in store.list("layer_names", of: root) ?? [] {
      let group = root == "/" ? "/\(name)" : "\(root)/\(name)"
      var arrays: [(name: String, array: KerasArray)] = []
      for weight in store.list("weight_names", of: group) ?? [] {
        arrays.append((weight, try store.array("\(group)/\(weight)")))
      }
      if !arrays.isEmpty { groups.append((name, arrays)) }
    }
    return groups
  }

  /// The weights of a model inside of a model, whose arrays stand in one list: those of all its layers that are trained, and
  /// then the others.
  init(
    listed arrays: [KerasArray], layers: [KerasLayer],
    variables: (KerasLayer) throws(ModelError) -> [KerasVariable]
  ) throws(ModelError) {
    var needs: [(layer: String, trained: Int, others: Int)] = []
    for layer in layers {
      let all = try variables(layer).filter { $0.presence != .inTrees }
      let trained = all.filter(\.isTrained).count
      needs.append((layer.name, trained, all.count - trained))
    }
    var next = 0
    var nextOther = needs.reduce(0) { $0 + $1.trained }
    func take(_ count: Int, from start: inout Int) -> [KerasArray] {
      let range = min(start, arrays.count)..<min(start + count, arrays.count)
      start += count
      return Array(arrays[range])
    }
    for need in needs {
      byLayer[need.layer] = .listed(take(need.trained, from: &next) + take(need.others, from: &nextOther))
    }
  }

  /// The name of a class as files of Keras write it: `Conv2DTranspose` is `conv2d_transpose`.
  ///
  /// Source: `keras/src/utils/naming.py`, `to_snake_case`.
  static func snakeCase(_ name: String) -> String {
    let characters = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    var result = ""
    for (position, character) in characters.enumerated() {
      if position > 0, character.isUppercase {
        let previous = characters[position - 1]
        let next = position + 1 < characters.count ? characters[position + 1] : nil
        let endsWord = previous.isLowercase
        // A capital before a small letter begins a word, also behind capitals and digits: `LSTMCell`, `Conv2DTranspose`.
        let beginsWord = next?.isLowercase == true && previous != "_"
        if endsWord || beginsWord { result += "_" }
      }
      result += character.lowercased()
    }
    return result
  }
}

extension KerasLayer {
  /// Whether this is an operation on values, which owns nothing, and no layer.
  ///
  /// Files of `.h5` name no modules; there an operation is what has the name of one, Keras 3's form of calls, and no
  /// settings of a layer.
  var isOperation: Bool {
    if !module.isEmpty { return module.contains(".ops.") || module.hasSuffix(".ops") }
    return config["trainable"] == nil && calls.first?.object?["args"] != nil
      && KerasOperations.all[KerasOperations.name(ofClass: className)] != nil
  }
}
