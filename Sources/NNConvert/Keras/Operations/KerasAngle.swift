import NNFormat

extension KerasSite {
  /// The angle of `(x, y)` from the first axis, in radians from -π to π; zeros have signs.
  func arcTangent(
    _ y: KerasValue, _ x: KerasValue, suffix: String? = nil
  ) throws(ModelError) -> KerasValue {
    let name = suffix.map { "\($0)_" } ?? ""
    func add(_ kind: String, _ inputs: [KerasValue], _ what: String) throws(ModelError) -> KerasValue {
      try self.add(kind, [:], inputs, suffix: name + what)[0]
    }
    let zero = try constant([0], [], x.type.dataType, suffix: "\(name)zero")
    func isNegative(_ value: KerasValue, _ what: String) throws(ModelError) -> KerasValue {
      let inverse = try add("reciprocal", [value], "\(what)_inverse")
      return try add(
        "or", [add("less", [value, zero], "\(what)_less"), add("less", [inverse, zero], "\(what)_minus_zero")], what)
    }
    let angle = try add("atan", [add("divide", [y, x], "quotient")], "atan")
    // Where both are 0 there is no quotient.
    let right = try add("where", [add("equal", [y, zero], "is_level"), y, angle], "right")
    let minus = try constant([-Double.pi], [], x.type.dataType, suffix: "\(name)minus_pi")
    let plus = try constant([Double.pi], [], x.type.dataType, suffix: "\(name)pi")
    let turn = try add("where", [isNegative(y, "below"), minus, plus], "turn")
    let left = try add("add", [right, turn], "left")
    return try self.add("where", [:], [isNegative(x, "leftwards"), left, right], suffix: suffix)[0]
  }
}
