import NNFormat
import NNTestSupport
import Testing

@Suite struct JSONReaderTests {
  private func refusal(_ text: String) -> ModelError? {
    error { () throws(ModelError) in try JSONReader.value(text) }
  }

  @Test func everyKindOfValueIsRead() throws {
    let text = #" { "a" : [ 1 , -2.5e3, true, false, null, "x" ], "b" : {} } "#
    #expect(try JSONReader.value(text) == ["a": [1, -2500.0, true, false, .null, "x"], "b": [:]])
  }

  @Test(arguments: [
    ("0", JSONValue.integer(0)), ("-0", .double(-0.0)), ("-0.0", .double(-0.0)), ("1.0", .double(1)),
    ("1e0", .double(1)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
    ("18446744073709551616", .double(0x1p64)), ("-9223372036854775809", .double(-0x1p63)),
    ("5e-324", .double(.leastNonzeroMagnitude)), ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
    ("2.2250738585072011e-308", .double(Double.leastNormalMagnitude.nextDown)), ("0.1", .double(0.1)),
    ("1e-400", .double(0)),
    ("123456789.123456789e-3", .double(123456.789123456789)),
  ])
  func numbersAreExact(_ text: String, _ value: JSONValue) throws {
    let read = try JSONReader.value(text)
    #expect(read == value)
    if case .double(let left) = read, case .double(let right) = value { #expect(left.bitPattern == right.bitPattern) }
  }

  @Test func escapesAreRead() throws {
    let text = #""\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00 é€😀""#
    #expect(try JSONReader.value(text) == "\"\\/\u{8}\u{C}\n\r\té€😀 é€😀")
  }

  @Test(arguments: [
    ("", JSONProblem.endsEarly(expected: "a value"), 1, 1),
    ("[1,", .endsEarly(expected: "a value"), 1, 4),
    ("[1 2]", .unexpected(found: "'2'", expected: "',' or ']'"), 1, 4),
    ("[1,]", .unexpected(found: "']'", expected: "a value"), 1, 4),
    ("{\"a\" 1}", .unexpected(found: "'1'", expected: "':'"), 1, 6),
    ("{a: 1}", .unexpected(found: "'a'", expected: "a name in quotes"), 1, 2),
    ("{\"a\": 1,\n \"a\": 2}", .duplicateName("a"), 2, 2),
    ("01", .unexpected(found: "a number that begins with 0", expected: "one without leading zeros"), 1, 1),
    ("1.", .endsEarly(expected: "a digit"), 1, 3),
    ("1e", .endsEarly(expected: "a digit"), 1, 3),
    ("-", .endsEarly(expected: "a digit"), 1, 2),
    ("+1", .unexpected(found: "'+'", expected: "a value"), 1, 1),
    ("NaN", .unexpected(found: "'N'", expected: "a value"), 1, 1),
    ("1e999", .numberTooLarge("1e999"), 1, 1),
    ("nul", .unexpected(found: "'n'", expected: "a value"), 1, 1),
    ("\"a", .endsEarly(expected: "the end of this string"), 1, 1),
    ("\"\t\"", .controlCharacter(9), 1, 2),
    ("\"\\ud800\"", .loneSurrogate("\\ud800"), 1, 2),
    ("\"\\udc00\\ud800\"", .loneSurrogate("\\udc00"), 1, 2),
    ("\"\\ud800\\u0041\"", .loneSurrogate("\\ud800"), 1, 2),
    ("\"\\x\"", .unexpected(found: "'x'", expected: "one of \" \\ / b f n r t u after a backslash"), 1, 3),
    ("1 1", .unexpected(found: "'1'", expected: "the end of the text"), 1, 3),
    ("\u{FEFF}1", .unexpected(found: "'\u{FEFF}'", expected: "a value"), 1, 1),
    ("\u{0}", .unexpected(found: "the control character 0", expected: "a value"), 1, 1),
  ])
  func wrongTextIsRefused(_ text: String, _ problem: JSONProblem, _ line: Int, _ column: Int) {
    #expect(refusal(text) == ModelError(problem, at: .line(line, column: column)))
  }

  @Test(
    arguments: [[0xFF], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22]] as [[UInt8]])
  func textThatIsNotUTF8IsRefused(_ bytes: [UInt8]) {
    let found = error { () throws(ModelError) in try JSONReader.value(ByteRegion(bytes)) }
    #expect(found?.problem as? JSONProblem == .notUTF8)
  }

  @Test func depthIsBounded() throws {
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    _ = try JSONReader.value(deep)
    #expect(refusal("[" + deep + "]")?.problem as? JSONProblem == .tooDeep(limit: 64))
    #expect(refusal(String(repeating: "[", count: 1_000_000))?.problem as? JSONProblem == .tooDeep(limit: 64))
  }

  @Test func inABinaryFileThePlaceIsAByte() {
    let found = error { () throws(ModelError) in try JSONReader.value(ByteRegion("[1,]".utf8), origin: 64) }
    #expect(found?.places == [.byte(67)])
  }

  @Test func everyPrefixIsRefusedAndTheWholeIsRead() throws {
    let text = Array(#"{"a":[1,-2.5e3,"é\n\ud83d\ude00",true,null],"b":{"c":false}}"#.utf8)
    for count in text.indices {
      let found = error { () throws(ModelError) in try JSONReader.value(ByteRegion(text[..<count])) }
      #expect(found != nil, "the first \(count) bytes")
    }
    _ = try JSONReader.value(ByteRegion(text))
  }

  @Test func writtenValuesReadBackTheSame() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let json: JSONValue = ["v": [.double(value), JSONValue(UInt64.random(in: 0 ... .max)), "\u{1}\"\\/\u{7F}é"]]
      for style in [JSONWriter.Style.compact, .pretty] {
        #expect(try JSONReader.value(ByteRegion(JSONWriter.text(json, style: style))) == json, "\(value)")
      }
    }
  }

  @Test func prettyTextIsLaidOutForPeople() throws {
    let value: JSONValue = ["a": [1, 2.0, "x"], "b": [["c": true]], "d": [], "e": [:]]
    let text = String(decoding: try JSONWriter.text(value), as: UTF8.self)
    let expected = """
      {
        "a": [1, 2.0, "x"],
        "b": [
          {
            "c": true
          }
        ],
        "d": [],
        "e": {}
      }

      """
    #expect(text == expected)
  }

  @Test func infinityIsNotWritten() {
    let found = error { () throws(ModelError) in try JSONWriter.text([.double(.infinity)]) }
    #expect(found == ModelError(JSONProblem.notFinite))
  }

  @Test func membersKeepTheirOrderAlsoWhenThereAreMany() {
    var object = JSONObject()
    var added = 0
    for number in 0..<100 where object.append("name \(99 - number)", JSONValue(number)) { added += 1 }
    #expect(added == 100)
    let addedAgain = object.append("name 50", 0)
    #expect(!addedAgain)
    #expect(object.names.first == "name 99")
    #expect(object["name 0"] == 99)
    object["name 99"] = nil
    #expect(object.count == 99)
    #expect(object["name 98"] == 1)
  }
}
