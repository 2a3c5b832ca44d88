import NNFormat

/// A place in a file of weights that may be a layer's: a group of a list, a part of one, or an object of a tree.
struct MapHolder {
  /// The place as the file names it.
  let place: String
  /// The names by which a node may know it, with those of the models around it.
  var names: [String] = []
  /// Where the weights are.
  let weights: KerasWeights
  /// The paths of all arrays in it.
  private(set) var arrays: [String] = []
  /// The class of the layer, as trees write it (`conv2d`); nil where the file does not say it.
  var className: String?

  /// Every place of a file, in the order of the file. Places may lie in one another.
  ///
  /// - Throws: what is wrong with an array, and ``KerasProblem/missingWeight(_:expected:found:)`` if a list names one that is not
  ///   there.
  static func all(_ file: KerasFile, _ store: KerasStore) throws(ModelError) -> [MapHolder] {
    switch file.layout {
    case .named(let root):
      try KerasModelWeights.groups(named: root, in: store).flatMap { listed($0.name, $0.arrays) }
    case .owned: owned(store, MapHolder.stated(file, store))
    }
  }

  /// The name under which a layer of a nested model is known where the file has only the names of the outermost and of the layer.
  static func shortened(_ name: String) -> String? {
    let parts = name.split(separator: "/")
    return parts.count > 1 ? "\(parts[0])//\(parts[parts.count - 1])" : nil
  }

  /// The names with those of both directions of a layer that goes both ways.
  private static func withDirections(_ names: [String], _ owner: [String], _ last: some StringProtocol) -> [String] {
    for direction in ["forward", "backward"] where last.hasPrefix("\(direction)_") {
      return names + owner.map { "\($0)_\(direction)" }
    }
    return names
  }

  // MARK: Lists

  /// A group, and the parts of it that the names of its weights tell apart: the layers of a nested model.
  private static func listed(_ group: String, _ arrays: [(name: String, array: KerasArray)]) -> [MapHolder] {
    let name = KerasLayer.nodeName(group)
    var holders = [MapHolder(place: group, names: [name], listed: arrays.map(\.array))]
    var order: [String] = []
    var parts: [String: [KerasArray]] = [:]
    for (weight, array) in arrays {
      let owners = weight.split(separator: "/").dropLast()
      for count in 0..<owners.count {
        let part = owners.prefix(count + 1).joined(separator: "/")
        if parts[part] == nil { order.append(part) }
        parts[part, default: []].append(array)
      }
    }
    for part in order {
      guard let inside = parts[part], inside.count < arrays.count else { continue }
      let last = part.split(separator: "/").last ?? ""
      let names = withDirections(["\(name)//\(KerasLayer.nodeName(String(last)))"], [name], last)
      holders.append(MapHolder(place: "\(group)/\(part)", names: names, listed: inside))
    }
    return holders
  }

  private init(place: String, names: [String], listed arrays: [KerasArray]) {
    (self.place, self.names) = (place, names)
    weights = .listed(arrays)
    self.arrays = arrays.map(\.name)
  }

  // MARK: Trees

  /// The objects that hold lists of objects, whose members are named by their classes.
  private static let lists: Set<Substring> = ["layers", "_layer_checkpoint_dependencies"]

  /// The names of layers by the places of their weights, from the configuration: releases before 3.6 gave them nowhere else.
  private static func stated(_ file: KerasFile, _ store: KerasStore) -> [String: String] {
    var names: [String: String] = [:]
    func add(_ model: KerasLayer, at root: String) {
      let layers = (model.config["layers"]?.array ?? []).compactMap { json in
        (try? KerasLayer(json)).map { KerasLegacy.modern($0, file.generation) }
      }
      let weights = KerasModelWeights(owned: root, layers: layers, in: store)
      for layer in layers {
        guard case .owned(let place) = weights[layer.name] else { continue }
        names[place] = layer.nodeName
        if layer.isModel { add(layer, at: place) }
      }
    }
    if let config = file.config, let model = try? KerasLayer(config), model.isModel { add(model, at: "") }
    return names
  }

  private static func owned(_ store: KerasStore, _ stated: [String: String]) -> [MapHolder] {
    var places: [String: Int] = [:]
    var holders: [MapHolder] = []
    for path in store.paths {
      let parts = path.split(separator: "/")
      guard let end = parts.lastIndex(of: "vars") else { continue }
      for count in 0...end {
        let inner = parts[..<count]
        if let last = inner.last, lists.contains(last) { continue }
        let root = MapHolder.root(inner)
        let place = places[root, default: holders.count]
        if place == holders.count {
          // What owns a member of a list owns the list.
          let isListed = inner.dropLast().last.map(lists.contains) ?? false
          let owner = places[MapHolder.root(inner.dropLast(isListed ? 2 : 1))].map { holders[$0].names } ?? []
          places[root] = place
          let name = store.text("name", of: "\(root)/vars").map(KerasLayer.nodeName) ?? stated[root]
          holders.append(
            MapHolder(owned: root, last: inner.last ?? "", isListed: isListed, stated: name, inside: owner))
        }
        holders[place].arrays.append(path)
      }
    }
    return holders
  }

  private static func root(_ parts: ArraySlice<Substring>) -> String { parts.map { "/\($0)" }.joined() }

  /// How many names an object can have at most: each attribute around it may have two.
  private static let maximumNames = 16

  private init(owned root: String, last: Substring, isListed: Bool, stated: String?, inside owner: [String]) {
    place = root.isEmpty ? "/" : root
    weights = .owned(root)
    if root.isEmpty {
      names = [""]
      return
    }
    func inside(_ name: String) -> [String] { owner.map { $0.isEmpty ? name : "\($0)/\(name)" } }
    if isListed {
      // Members are numbered by their classes, which says nothing of their names; since Keras 3.6 they have those too.
      let digits = last.reversed().prefix(while: \.isNumber).count
      let base = last.dropLast(digits)
      className = String(digits > 0 && base.hasSuffix("_") ? base.dropLast() : last)
      names = stated.map(inside) ?? []
    } else {
      // An attribute of a layer, or of a model of a user's own, which is a name as well as that of the layer in it.
      let own = String(last.drop { $0 == "_" })
      names = MapHolder.withDirections(inside(own), owner, last)
      if let stated, stated != own { names += inside(stated) }
    }
    names = Array(names.prefix(MapHolder.maximumNames))
  }
}
