#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An integer with a comma between groups of three digits: `1,234,567`.
package func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (position, digit) in digits.enumerated() {
    if position > 0, (digits.count - position) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}

/// A count of bytes in about three digits: `832 bytes`, `1.5 MiB`.
package func byteSize(_ count: Int) -> String {
  guard count >= 1024 else { return counted(count, "byte") }
  var value = Double(count)
  var unit = ""
  for name in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
    value /= 1024
    unit = name
    // Below the step at which rounding would show 1024 of this unit.
    if value < 1023.5 { break }
  }
  let tenths = (value * 10).rounded()
  guard tenths < 1000 else { return "\(Int(value.rounded())) \(unit)" }
  let whole = Int(tenths) / 10
  let fraction = Int(tenths) % 10
  return fraction == 0 ? "\(whole) \(unit)" : "\(whole).\(fraction) \(unit)"
}

/// A count with its noun: `1 layer`, `2 layers`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// A number in four significant digits, for tables: `0.05101`, `-1.500`, `2.300e-07`; an integer is shown whole.
package func brief(_ value: Double) -> String {
  if let integer = Int(exactly: value), abs(integer) < 1_000_000 { return String(integer) }
  var text = [CChar](repeating: 0, count: 32)
  let length = withVaList([value]) { vsnprintf(&text, text.count, "%#.4g", $0) }
  return String(decoding: text.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
