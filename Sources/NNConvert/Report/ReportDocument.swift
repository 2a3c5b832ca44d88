public import NNFormat

extension ConversionReport {
  /// The name of the document that ``members`` make.
  public static let documentName = "nnconvert-report"
  /// The version of that document.
  public static let documentVersion = 1

  /// The report as members of a JSON document.
  public var members: [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("input", input.map(\.json) ?? .null),
      (
        "sources",
        .array(
          sources.map { source in
            [
              "name": .string(source.name), "format": .string(source.format),
              "digest": .string(source.digest.description),
            ]
          })
      ),
    ]
    members.append(("warnings", .array(warnings.map { .string($0) })))
    if let weightsLayout { members.append(("weights_layout", .string(weightsLayout.rawValue))) }
    members += [
      ("mapped", .array(mapped.map(\.json))),
      (
        "ignored",
        .array(ignored.map { entry in ["name": .string(entry.name), "reason": .string(entry.reason)] })
      ),
      (
        "examples",
        .array(
          examples.map { example in
            [
              "name": .string(example.name), "arrays": .array(example.changes.map(\.json)),
              "ulps": example.ulps.map { JSONValue($0) } ?? .null,
            ]
          })
      ),
      ("output", output.map(\.json) ?? .null),
    ]
    return members
  }
}

extension ConversionReport.ModelFile {
  fileprivate var json: JSONValue {
    ["path": .string(path), "kind": .string(kind), "digest": .string(digest.description)]
  }
}

extension ConversionReport.Mapping {
  fileprivate var json: JSONValue {
    [
      "array": .string(array), "tensor": .string(tensor), "dtype": .string(type.dataType.rawValue),
      "shape": .array(type.shape.map { JSONValue($0.value ?? 0) }), "changes": .array(changes.map(\.json)),
    ]
  }
}

extension TensorChange {
  fileprivate var json: JSONValue {
    switch self {
    case .transposed:
      return ["change": "transposed", "axes": [1, 0]]
    case .permuted(let axes):
      return ["change": "permuted", "axes": .array(axes.map { JSONValue($0) })]
    case .arranged(let text):
      return ["change": "arranged", "how": .string(text)]
    case .reshaped(let from, let to):
      return [
        "change": "reshaped", "from": .array(from.dimensions.map { JSONValue($0) }),
        "to": .array(to.dimensions.map { JSONValue($0) }),
      ]
    case .cast(let from, let to, let loss):
      return [
        "change": "cast", "from": .string(from.rawValue), "to": .string(to.rawValue),
        "count": JSONValue(loss.count), "exact": JSONValue(loss.exact), "overflows": JSONValue(loss.overflows),
        "underflows": JSONValue(loss.underflows),
        "maximum_absolute_error": JSONValue(number: loss.maximumAbsoluteError),
        "maximum_relative_error": JSONValue(number: loss.maximumRelativeError),
      ]
    }
  }
}
