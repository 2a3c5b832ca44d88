import NNFormat

/// Which tensor lies at which path of a file (`spec/hdf5.md`, section "Paths").
struct HDF5Layout {
  /// A path and the tensor that it leads to.
  struct Entry: Equatable {
    let path: String
    let tensor: String
    /// Whether an earlier entry leads to the same tensor: this one is a hard link then.
    let isLink: Bool
  }

  static let architecture = "/architecture"
  static let parameters = "/parameters"
  static let examples = "/examples"
  static let formatAttribute = "format"
  static let versionAttribute = "version"
  static let digestAttribute = "digest"
  static let typeAttribute = "dtype"
  static let formatName = "nnm"

  /// The datasets of all tensors, nodes in the order of the graph, then examples.
  let entries: [Entry]
  /// The groups that hold them, each after the one that holds it.
  let groups: [String]

  init(_ manifest: Manifest) {
    var entries: [Entry] = []
    var groups = [HDF5Layout.parameters]
    var seen: Set<String> = []
    for node in manifest.graph.nodes where !node.parameters.isEmpty {
      let group = "\(HDF5Layout.parameters)/\(Model.storedComponent(node.name))"
      groups.append(group)
      for parameter in node.parameters {
        let isFirst = seen.insert(parameter.tensor).inserted
        entries.append(
          Entry(path: "\(group)/\(parameter.role)", tensor: parameter.tensor, isLink: !isFirst))
      }
    }
    if !manifest.examples.isEmpty { groups.append(HDF5Layout.examples) }
    for example in manifest.examples {
      let group = "\(HDF5Layout.examples)/\(Model.storedComponent(example.name))"
      groups.append(group)
      for section in ExampleSection.allCases {
        guard let names = example.sections[section], !names.isEmpty else { continue }
        groups.append("\(group)/\(section.rawValue)")
        for name in names {
          let stored = section.storedName(of: name, in: example.name)
          entries.append(Entry(path: "/\(stored)", tensor: stored, isLink: false))
        }
      }
    }
    self.entries = entries
    self.groups = groups
  }
}
