import NNFormat
import NNNumPy

/// Which of Keras's three generations wrote a file; they differ in names, layouts and definitions.
enum KerasGeneration: Int, Comparable {
  case one = 1, two, three

  static func < (left: KerasGeneration, right: KerasGeneration) -> Bool { left.rawValue < right.rawValue }
}

/// A file of Keras, opened: what it says of the architecture, and the weights.
struct KerasFile {
  /// How the file tells which array belongs to which layer.
  enum WeightsLayout: Equatable {
    /// A group for each layer, by name, with an ordered list of its arrays; the path is that of the groups.
    case named(root: String)
    /// A tree of objects as they own one another, with numbered arrays.
    case owned
  }

  /// The architecture; nil in a file of weights alone.
  var config: JSONValue?
  /// The weights; nil in a file of an architecture alone.
  var store: KerasStore?
  /// How the weights are sorted.
  var layout: WeightsLayout = .owned
  /// The release that wrote the file, as it says; empty if it does not.
  var version = ""
  /// What the release computed with: `tensorflow`, `theano`, `jax`, ...; empty if the file does not say.
  var backend = ""
  /// The kind of the file, for provenance: `keras`, `keras-h5`, `keras-weights`, `keras-json`.
  var format = ""

  /// Opens a file, whose kind its content decides.
  ///
  /// - Throws: ``KerasProblem/notKeras(found:)`` for other files, and what is wrong with the archive, the HDF5 or the JSON.
  init(_ path: String) throws(ModelError) {
    let bytes = try MappedFile.contents(of: path)
    if ZipArchive.matches(bytes) {
      try self.init(archive: try ZipArchive(bytes))
      return
    }
    switch try ContainerKind.detect(bytes) {
    case .hdf5: try self.init(store: try KerasHDF5.store(path))
    case .json: try self.init(json: try JSONReader.value(bytes), beside: path)
    case let kind: throw ModelError(KerasProblem.notKeras(found: "a model of the kind \(kind.name)"))
    }
  }

  private init(archive: ZipArchive) throws(ModelError) {
    format = "keras"
    guard archive.contains("config.json") else { throw ModelError(KerasProblem.missingMember("config.json")) }
    config = try KerasFile.json("config.json", archive)
    if archive.contains("metadata.json") {
      let metadata = try KerasFile.json("metadata.json", archive)
      version = metadata.object?["keras_version"]?.string ?? ""
    }
    if archive.contains("model.weights.h5") {
      store = try KerasFile.store("model.weights.h5", archive)
    } else if archive.contains("model.weights.json") {
      var all = KerasStore()
      let index = try located(.member("model.weights.json")) { () throws(ModelError) in
        try KerasFile.shards(of: try KerasFile.json("model.weights.json", archive))
      }
      for shard in index {
        guard archive.contains(shard) else { throw ModelError(KerasProblem.missingMember(shard)) }
        all.add(try KerasFile.store(shard, archive))
      }
      store = all
    } else if archive.contains("model.weights.npz") {
      throw ModelError(KerasProblem.pickledWeights, at: .member("model.weights.npz"))
    } else {
      throw ModelError(KerasProblem.missingMember("model.weights.h5"))
    }
  }

  private init(store: KerasStore) throws(ModelError) {
    self.store = store
    if let text = store.text("model_config", of: "/") {
      config = try located(.object("/@model_config")) { () throws(ModelError) in try JSONReader.value(text) }
    }
    let root =
      store.texts["/model_weights"] != nil && store.list("layer_names", of: "/") == nil ? "/model_weights" : "/"
    if store.list("layer_names", of: root) != nil {
      layout = .named(root: root)
      format = config == nil ? "keras-weights" : "keras-h5"
    } else if store.paths.contains(where: { $0.contains("/vars/") }) || store.texts["/vars"] != nil {
      format = "keras-weights"
    } else {
      throw ModelError(KerasProblem.notKeras(found: "an HDF5 file without 'layer_names'"))
    }
    let stated = store.text("keras_version", of: "/") ?? store.text("keras_version", of: root)
    // Files of weights of Keras 3 do not name a release; those of the first generation did not either.
    version = stated ?? (layout == .owned ? "3" : "1")
    backend = store.text("backend", of: "/") ?? store.text("backend", of: root) ?? ""
  }

  private init(json: JSONValue, beside path: String) throws(ModelError) {
    if json.object?["weight_map"] != nil {
      format = "keras-weights"
      version = "3"
      let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      var all = KerasStore()
      for shard in try KerasFile.shards(of: json) {
        let place = path.contains("/") ? "\(folder)/\(shard)" : shard
        all.add(try located(.file(place)) { () throws(ModelError) in try KerasHDF5.store(place) })
      }
      store = all
    } else {
      guard json.object?["class_name"] != nil else {
        throw ModelError(KerasProblem.notKeras(found: "another JSON file"))
      }
      format = "keras-json"
      config = json
      version = json.object?["keras_version"]?.string ?? ""
      backend = json.object?["backend"]?.string ?? ""
    }
  }

  /// The generation that wrote the file, by its release, or where it names none by the form of its configuration.
  var generation: KerasGeneration {
    switch version.split(separator: ".").first {
    case "1": .one
    case "2": .two
    case "3": .three
    default: config?.object?["module"] != nil ? .three : .two
    }
  }

  /// Whether its release is a given one or a later one; one that is not said is taken for the newest.
  func isSince(_ major: Int, _ minor: Int) -> Bool {
    let numbers = version.split(separator: ".").prefix(2).map { Int($0) ?? .max }
    return (numbers.first ?? .max, numbers.count < 2 ? .max : numbers[1]) >= (major, minor)
  }

  private static func json(_ member: String, _ archive: ZipArchive) throws(ModelError) -> JSONValue {
    let bytes = try archive.contents(named: member)
    return try located(.member(member)) { () throws(ModelError) in try JSONReader.value(bytes) }
  }

  private static func store(_ member: String, _ archive: ZipArchive) throws(ModelError) -> KerasStore {
    let bytes = try archive.contents(named: member)
    return try located(.member(member)) { () throws(ModelError) in try KerasHDF5.store(bytes) }
  }

  /// The names of the files that a list of shards names, each once, in order.
  private static func shards(of index: JSONValue) throws(ModelError) -> [String] {
    guard let map = index.object?["weight_map"]?.object else {
      throw ModelError(KerasProblem.badShards(reason: "there is no 'weight_map'"))
    }
    var names: [String] = []
    for (path, value) in map.members {
      // One name, or several where a group is spread over shards.
      for name in value.array ?? [value] {
        guard let name = name.string, !name.isEmpty, !name.contains("/"), !name.contains("\\"), name != ".." else {
          throw ModelError(KerasProblem.badShards(reason: "the entry of '\(path)' is no name of a file beside it"))
        }
        if !names.contains(name) { names.append(name) }
      }
    }
    return names.sorted()
  }
}
