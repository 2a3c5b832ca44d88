import Dispatch

extension Model {
  /// The digest of everything that the model computes and says of itself: graph, metadata, examples, and the tensors. It is
  /// the same in every encoding. Provenance and optional members are not part of it.
  ///
  /// - Throws: what ``validate(limits:)`` throws, and ``ModelProblem/digestMismatch(promised:found:)`` if a tensor's bytes are
  ///   not those that its file promised.
  public func contentDigest() throws(ModelError) -> Digest {
    try Manifest(self).contentDigest()
  }
}

extension Manifest {
  /// SHA-256 over the canonical text of graph, metadata, examples, and the tensors' names, types, shapes and digests
  /// (`spec/container.md`, section "Content digest"). The order of the tensors in the file does not matter.
  ///
  /// - Precondition: every tensor has a digest.
  package func contentDigest() throws(ModelError) -> Digest {
    var manifest = self
    manifest.tensors.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    guard case .object(let document) = try manifest.json() else {
      preconditionFailure("a document is an object")
    }
    let part = JSONObject(
      ["examples", "graph", "metadata", "tensors"].compactMap { name in document[name].map { (name, $0) } })
    var text: [UInt8] = []
    Manifest.writeCanonical(.object(part), to: &text)
    return Digest(of: text)
  }

  /// The digests of the tensors, computed on all processors.
  static func digests(_ stored: [(name: String, tensor: Tensor)]) throws(ModelError) -> [Digest] {
    let digests = [Digest?](unsafeUninitializedCapacity: stored.count) { buffer, count in
      buffer.initialize(repeating: nil)
      count = stored.count
      nonisolated(unsafe) let results = buffer
      // Large tensors first, so that the last one to end is a small one. Each position is written once, by one thread.
      let order = stored.indices.sorted { stored[$0].tensor.bytes.count > stored[$1].tensor.bytes.count }
      if stored.reduce(0, { $0 + $1.tensor.bytes.count }) < 1 << 16 {
        for position in order { results[position] = Digest(of: stored[position].tensor.bytes) }
      } else {
        DispatchQueue.concurrentPerform(iterations: order.count) { turn in
          let position = order[turn]
          results[position] = Digest(of: stored[position].tensor.bytes)
        }
      }
    }.compactMap { $0 }
    for (entry, digest) in zip(stored, digests) {
      guard let promised = entry.tensor.promisedDigest, promised != digest else { continue }
      throw ModelError(
        ModelProblem.digestMismatch(promised: promised, found: digest), at: .tensor(entry.name))
    }
    return digests
  }

  /// Appends the canonical text: JSON without white space, members sorted by the bytes of their names, and doubles as `#` with
  /// the 16 hexadecimal digits of their bits, so that no two languages can print them differently.
  private static func writeCanonical(_ value: JSONValue, to text: inout [UInt8]) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += value.description.utf8
    case .unsigned(let value): text += value.description.utf8
    case .double(let value):
      let digits = String(value.bitPattern, radix: 16)
      text.append(UInt8(ascii: "#"))
      text += repeatElement(UInt8(ascii: "0"), count: 16 - digits.utf8.count)
      text += digits.utf8
    case .string(let value): JSONWriter.quote(value, to: &text)
    case .array(let values):
      text.append(UInt8(ascii: "["))
      for (position, value) in values.enumerated() {
        if position > 0 { text.append(UInt8(ascii: ",")) }
        writeCanonical(value, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .object(let object):
      let members = object.members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      text.append(UInt8(ascii: "{"))
      for (position, member) in members.enumerated() {
        if position > 0 { text.append(UInt8(ascii: ",")) }
        JSONWriter.quote(member.0, to: &text)
        text.append(UInt8(ascii: ":"))
        writeCanonical(member.1, to: &text)
      }
      text.append(UInt8(ascii: "}"))
    }
  }
}
