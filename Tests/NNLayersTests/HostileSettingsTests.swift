import NNFormat
import NNLayers
import NNTestSupport
import Testing

/// A file may hold any number as a setting and any extent as a shape: rules refuse what cannot be, and never trap.
@Suite struct HostileSettingsTests {
  private static let integers: [Int] = [
    0, -1, 1, 2, 7, 64, 1 << 20, Int(Int32.max), Int(Int32.min), 1 << 40, 1 << 61, .max, .min, .max - 1, .min + 1,
  ]
  private static let extents: [Int] = [0, 1, 2, 3, 1 << 20, 1 << 31, 1 << 40, 1 << 59, 1 << 60]

  @Test(arguments: LayerCatalog.standard.all.map { $0.kind })
  func noSettingAndNoExtentTraps(kind: String) throws {
    let type = try #require(LayerCatalog.standard[kind])
    // Cases of one kind differ in their names' beginnings: every seventh meets all options.
    let cases = try LayerCase.all(of: kind).enumerated().filter { $0.offset % 7 == 0 }.map(\.element).prefix(12)
    for item in cases { try check(type, item) }
  }

  private func check<L: Layer>(_ type: L.Type, _ item: LayerCase) throws {
    let types = item.inputs.map(\.type)
    var layers = [try L.decoded(from: item.fields)]
    var complete = layers[0].encodedFields
    for field in L.fields where complete[field.name] == nil { complete[field.name] = field.defaultValue }
    for (name, value) in complete.members {
      for changed in HostileSettingsTests.variants(of: value) {
        var fields = complete
        fields[name] = changed
        if let layer = try? L.decoded(from: fields) { layers.append(layer) }
      }
    }
    for layer in layers { ask(layer, types) }
    for (number, type) in types.enumerated() {
      for axis in 0..<type.rank {
        for extent in HostileSettingsTests.extents {
          var hostile = types
          hostile[number].shape[axis] = .known(extent)
          ask(layers[0], hostile)
        }
      }
      for rank in 0...8 {
        var hostile = types
        hostile[number].shape = Array(repeating: .known(1 << 10), count: rank)
        ask(layers[0], hostile)
      }
    }
  }

  /// Everything that a reader or a plan asks of a layer before it runs.
  private func ask(_ layer: some Layer, _ types: [TensorType]) {
    // A plan asks for the rest only if the rule accepts the types, and if their shapes can be counted.
    guard let outputs = try? layer.outputs(for: types), (try? (types + outputs).map { try $0.knownShape() }) != nil
    else { return }
    _ = try? layer.parameters(for: types)
    let scratch = layer.scratchSize(for: types)
    #expect(scratch >= 0)
    _ = layer.multiplyAdds(for: types)
  }

  /// The value with each of its integers, one after another, replaced by each hostile one; and lists that are too short or long.
  private static func variants(of value: JSONValue) -> [JSONValue] {
    if let list = value.array {
      var variants: [JSONValue] = [[], .array(list + list), .array(Array(list.dropLast()))]
      for (index, element) in list.enumerated() {
        for variant in self.variants(of: element) {
          var changed = list
          changed[index] = variant
          variants.append(.array(changed))
        }
      }
      if list.isEmpty { variants += integers.map { [JSONValue($0)] } }
      return variants
    }
    if value.int != nil { return integers.map { JSONValue($0) } }
    if value.number != nil { return [0, -1, 1e308, -1e308, 5e-300, "NaN", "Infinity", "-Infinity"] }
    return []
  }
}
