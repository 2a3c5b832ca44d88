extension Manifest {
  /// The document, with the members that `extra` adds to each tensor.
  package func json(extra: (Int) throws(ModelError) -> [(String, JSONValue)]) throws(ModelError) -> JSONValue {
    var document = JSONObject([("format", "nnm"), ("version", .string(version.description))])
    if !requires.isEmpty { document["requires"] = .array(requires.map(JSONValue.string)) }
    if let digest { document["digest"] = .string(digest.description) }
    document["metadata"] = .object(metadata)
    document["graph"] = graph.json
    var entries: [JSONValue] = []
    for (position, entry) in tensors.enumerated() {
      entries.append(.object(JSONObject(entry.members + (try extra(position)))))
    }
    document["tensors"] = .array(entries)
    document["examples"] = .array(examples.map(\.json))
    if !provenance.isEmpty { document["provenance"] = provenance.json }
    if !optional.isEmpty { document["optional"] = .object(optional) }
    return .object(document)
  }

  /// The document without additions.
  package func json() throws(ModelError) -> JSONValue {
    try json { _ in [] }
  }

  /// Reads a document; `extra` takes the members that the encoding adds to each tensor.
  ///
  /// - Parameter digestsRequired: whether the content digest and every tensor's must be there.
  package init(
    _ json: JSONValue, limits: Limits, digestsRequired: Bool = true,
    extra: (TensorEntry, inout ObjectReader) throws(ModelError) -> Void = { (_, _) throws(ModelError) in }
  ) throws(ModelError) {
    var reader = try ObjectReader(json, path: "")
    let format = try reader.string("format")
    guard format == "nnm" else {
      throw ModelError(ContainerProblem.notThisFormat(found: format), at: .key("format"))
    }
    let text = try reader.string("version")
    // The major version comes first: in another one, `requires` may mean anything.
    let version = try located(.key("version")) { () throws(ModelError) in
      let version = try FormatVersion(text: text)
      try version.checkReadable()
      return version
    }
    self.version = version
    let required = reader.optional("requires") == nil ? [] : try reader.strings("requires")
    requires = required
    try located(.key("requires")) { () throws(ModelError) in try version.checkReadable(requiring: required) }
    digest = try Manifest.digest(&reader, required: digestsRequired)
    metadata = try reader.optionalObject("metadata")
    graph = try Graph(try reader.required("graph"), path: "graph", limits: limits)
    provenance =
      try reader.optional("provenance").map { value throws(ModelError) in try Provenance(value) }
      ?? Provenance()
    optional = try reader.optionalObject("optional")
    examples = []
    for (position, value) in try reader.optionalArray("examples").enumerated() {
      examples.append(try ExampleEntry(value, path: "examples[\(position)]"))
    }
    tensors = []
    let values = try reader.optionalArray("tensors")
    guard values.count <= limits.tensorCount else {
      throw ModelError(
        ModelProblem.tooMany(what: "tensors", count: values.count, limit: limits.tensorCount),
        at: .key("tensors"))
    }
    var names: Set<String> = []
    for (position, value) in values.enumerated() {
      var entryReader = try ObjectReader(value, path: "tensors[\(position)]")
      let entry = try TensorEntry(&entryReader, digestRequired: digestsRequired)
      guard names.insert(entry.name).inserted else {
        throw ModelError(ModelProblem.duplicate(what: "tensors", entry.name))
      }
      try located(.tensor(entry.name)) { () throws(ModelError) in try extra(entry, &entryReader) }
      try entryReader.finish()
      tensors.append(entry)
    }
    try reader.finish()
  }

  fileprivate static func digest(_ reader: inout ObjectReader, required: Bool) throws(ModelError) -> Digest? {
    let text = required ? try reader.string("digest") : try reader.optionalString("digest")
    guard let text else { return nil }
    guard let digest = Digest(text) else {
      throw ModelError(ModelProblem.badDigest(text), at: reader.place(of: "digest"))
    }
    return digest
  }
}

extension Manifest.TensorEntry {
  fileprivate var members: [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("dtype", .string(dataType.rawValue)),
      ("shape", .array(shape.dimensions.map { JSONValue($0) })),
    ]
    if let digest { members.append(("digest", .string(digest.description))) }
    return members
  }

  fileprivate init(_ reader: inout ObjectReader, digestRequired: Bool) throws(ModelError) {
    name = try reader.string("name")
    dataType = try located(reader.place(of: "dtype")) { () throws(ModelError) in
      try DataType(name: try reader.string("dtype"))
    }
    var extents: [Int] = []
    for value in try reader.array("shape") {
      guard let extent = value.int else {
        throw ModelError(
          JSONProblem.wrongKind(expected: "an array of integers", found: value.kindInWords),
          at: reader.place(of: "shape"))
      }
      extents.append(extent)
    }
    shape = try located(reader.place(of: "shape")) { () throws(ModelError) in try Shape(extents) }
    digest = try Manifest.digest(&reader, required: digestRequired)
  }
}

extension Manifest.ExampleEntry {
  fileprivate var json: JSONValue {
    var object = JSONObject([("name", .string(name))])
    for section in ExampleSection.allCases {
      object[section.rawValue] = .array((sections[section] ?? []).map(JSONValue.string))
    }
    var bounds = JSONObject()
    if let ulps = tolerance.ulps { bounds["ulps"] = JSONValue(ulps) }
    if let absolute = tolerance.absolute { bounds["absolute"] = JSONValue(number: absolute) }
    if let relative = tolerance.relative { bounds["relative"] = JSONValue(number: relative) }
    object["tolerance"] = .object(bounds)
    object["computed_by"] = [
      "framework": .string(computedBy.framework), "version": .string(computedBy.version),
      "machine": .string(computedBy.machine),
    ]
    return .object(object)
  }

  fileprivate init(_ json: JSONValue, path: String) throws(ModelError) {
    var reader = try ObjectReader(json, path: path)
    name = try reader.string("name")
    sections = [
      .inputs: try reader.strings("inputs"), .outputs: try reader.strings("outputs"),
      .values: reader.optional("values") == nil ? [] : try reader.strings("values"),
    ]
    tolerance = .exact
    if let bounds = reader.optional("tolerance") {
      var boundsReader = try ObjectReader(bounds, path: reader.path(of: "tolerance"))
      tolerance.ulps = boundsReader.optional("ulps") == nil ? nil : try boundsReader.int("ulps")
      tolerance.absolute = try Self.bound(&boundsReader, "absolute")
      tolerance.relative = try Self.bound(&boundsReader, "relative")
      if let ulps = tolerance.ulps, ulps < 0 {
        throw ModelError(
          JSONProblem.wrongKind(expected: "an integer of at least 0", found: String(ulps)),
          at: boundsReader.place(of: "ulps"))
      }
      try boundsReader.finish()
    }
    computedBy = ComputedBy()
    if let author = reader.optional("computed_by") {
      var authorReader = try ObjectReader(author, path: reader.path(of: "computed_by"))
      computedBy.framework = try authorReader.optionalString("framework") ?? ""
      computedBy.version = try authorReader.optionalString("version") ?? ""
      computedBy.machine = try authorReader.optionalString("machine") ?? ""
      try authorReader.finish()
    }
    try reader.finish()
  }

  private static func bound(_ reader: inout ObjectReader, _ name: String) throws(ModelError) -> Double? {
    guard let value = reader.optional(name) else { return nil }
    guard let bound = value.number, bound >= 0 else {
      throw ModelError(
        JSONProblem.wrongKind(expected: "a number of at least 0", found: value.kindInWords),
        at: reader.place(of: name))
    }
    return bound
  }
}

extension Provenance {
  fileprivate var json: JSONValue {
    [
      "sources": .array(
        sources.map { source in
          [
            "name": .string(source.name), "format": .string(source.format),
            "digest": .string(source.digest.description),
          ]
        }),
      "tool": .string(tool),
      "steps": .array(
        steps.map { entry in
          ["tensor": .string(entry.tensor), "steps": .array(entry.steps.map(JSONValue.string))]
        }),
    ]
  }

  fileprivate init(_ json: JSONValue) throws(ModelError) {
    self.init()
    var reader = try ObjectReader(json, path: "provenance")
    for (position, value) in try reader.optionalArray("sources").enumerated() {
      var source = try ObjectReader(value, path: "provenance.sources[\(position)]")
      let name = try source.string("name")
      let format = try source.string("format")
      guard let digest = try Manifest.digest(&source, required: true) else { continue }
      try source.finish()
      sources.append(Source(name: name, format: format, digest: digest))
    }
    tool = try reader.optionalString("tool") ?? ""
    for (position, value) in try reader.optionalArray("steps").enumerated() {
      var entry = try ObjectReader(value, path: "provenance.steps[\(position)]")
      steps.append(TensorSteps(tensor: try entry.string("tensor"), steps: try entry.strings("steps")))
      try entry.finish()
    }
    try reader.finish()
  }
}
