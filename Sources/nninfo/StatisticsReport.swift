import NNFormat
import NNTerminal

extension TensorStatistics {
  /// The table for people.
  static func text(_ statistics: [TensorStatistics]) -> String {
    var table = Table(
      .name("tensor"), .text("type"), .number("min"), .number("max"), .number("mean"), .number("std"),
      .number("zeros"), .number("NaN"), .number("infinite"))
    for entry in statistics {
      let moments = entry.moments
      let isKnown = moments.finite > 0
      table.add(
        entry.name, entry.tensor.type.description, isKnown ? brief(moments.minimum) : "",
        isKnown ? brief(moments.maximum) : "", isKnown ? brief(moments.mean) : "",
        isKnown ? brief(moments.standardDeviation) : "", positive(moments.zeros),
        positive(moments.notNumbers),
        positive(moments.infinities))
    }
    guard !table.isEmpty else { return "no tensors\n" }
    let isPartial = statistics.contains { $0.moments.finite < $0.tensor.shape.count }
    return table.text() + (isPartial ? "min, max, mean and std are those of the finite values\n" : "")
  }

  private static func positive(_ count: Int) -> String {
    count > 0 ? grouped(count) : ""
  }

  /// The members of the JSON document's `statistics`; null where there is no finite value.
  var json: JSONValue {
    let isKnown = moments.finite > 0
    let isInteger = !tensor.dataType.isFloat
    func value(_ number: Double) -> JSONValue {
      if isKnown, isInteger, let integer = Int64(exactly: number) { return JSONValue(integer) }
      return isKnown ? JSONValue(number: number) : .null
    }
    return [
      "min": exactRange?.minimum ?? value(moments.minimum),
      "max": exactRange?.maximum ?? value(moments.maximum),
      "mean": isKnown ? JSONValue(number: moments.mean) : .null,
      "std": isKnown ? JSONValue(number: moments.standardDeviation) : .null,
      "zeros": JSONValue(moments.zeros), "nan": JSONValue(moments.notNumbers),
      "infinite": JSONValue(moments.infinities),
    ]
  }
}
