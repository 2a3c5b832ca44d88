/// Takes the members of a JSON object one by one and demands in the end that none is left over.
package struct ObjectReader {
  private let object: JSONObject
  private let path: String
  private var taken: Set<String> = []

  /// A reader of `value`, which stands at `path` in its document ("graph.nodes[2]"; empty for the document itself).
  package init(_ value: JSONValue, path: String) throws(ModelError) {
    guard let object = value.object else {
      throw ModelError(
        JSONProblem.wrongKind(expected: "an object", found: value.kindInWords),
        at: .key(path.isEmpty ? "the document" : path))
    }
    self.object = object
    self.path = path
  }

  /// The path of a member, for messages.
  package func path(of name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }

  /// The place of a member, for messages.
  package func place(of name: String) -> Place { .key(path(of: name)) }

  /// The value of a member that may be missing.
  package mutating func optional(_ name: String) -> JSONValue? {
    taken.insert(name)
    return object[name]
  }

  /// The value of a member that must be there.
  package mutating func required(_ name: String) throws(ModelError) -> JSONValue {
    guard let value = optional(name) else {
      let missing = ModelError(JSONProblem.missing(name))
      throw path.isEmpty ? missing : missing.inside(.key(path))
    }
    return value
  }

  /// The text of a member.
  package mutating func string(_ name: String) throws(ModelError) -> String {
    try convert(name, try required(name), "a string", \.string)
  }

  /// The text of a member that may be missing.
  package mutating func optionalString(_ name: String) throws(ModelError) -> String? {
    guard let value = optional(name) else { return nil }
    return try convert(name, value, "a string", \.string)
  }

  /// The integer of a member.
  package mutating func int(_ name: String) throws(ModelError) -> Int {
    try convert(name, try required(name), "an integer", \.int)
  }

  /// The list of a member.
  package mutating func array(_ name: String) throws(ModelError) -> [JSONValue] {
    try convert(name, try required(name), "an array", \.array)
  }

  /// The list of a member, empty if it is missing.
  package mutating func optionalArray(_ name: String) throws(ModelError) -> [JSONValue] {
    guard let value = optional(name) else { return [] }
    return try convert(name, value, "an array", \.array)
  }

  /// The texts of a member that is a list of texts.
  package mutating func strings(_ name: String) throws(ModelError) -> [String] {
    var strings: [String] = []
    for value in try array(name) { strings.append(try convert(name, value, "an array of strings", \.string)) }
    return strings
  }

  /// The object of a member, without members if it is missing.
  package mutating func optionalObject(_ name: String) throws(ModelError) -> JSONObject {
    guard let value = optional(name) else { return JSONObject() }
    return try convert(name, value, "an object", \.object)
  }

  /// Demands that every member was taken.
  package func finish() throws(ModelError) {
    guard let unknown = object.names.first(where: { !taken.contains($0) }) else { return }
    let offered = nearest(to: unknown, among: taken.filter { object[$0] == nil }.sorted())
    let error = ModelError(JSONProblem.unknownName(unknown, nearest: offered))
    throw path.isEmpty ? error : error.inside(.key(path))
  }

  private func convert<Value>(
    _ name: String, _ value: JSONValue, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(ModelError) -> Value {
    guard let result = read(value) else {
      throw ModelError(
        JSONProblem.wrongKind(expected: expected, found: value.kindInWords), at: place(of: name))
    }
    return result
  }
}
