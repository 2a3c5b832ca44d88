import Foundation
import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// What the pages in `spec` print is so.
@Suite struct SpecificationTests {
  private func page(_ name: String) throws -> String {
    String(decoding: try bytes(of: "\(fixtures)/../spec/\(name).md"), as: UTF8.self)
  }

  private func block(after fence: String, in page: String) throws -> String {
    let start = try #require(page.range(of: fence))
    let rest = page[start.upperBound...]
    return String(rest[..<(try #require(rest.range(of: "\n```")).lowerBound)])
  }

  @Test func theExampleIsAModelWithTheDigestThatIsPrinted() throws {
    let folder = TemporaryFolder()
    let path = folder.write("example.json", Array(try block(after: "```json\n", in: page("json")).utf8))
    let digest = try Container.open(path).verifyDigests()
    let container = try page("container")
    #expect(container.contains("    \(digest)\n"))
    let text = try block(after: "`⏎`:\n\n```\n", in: container).replacing("⏎\n", with: "")
    #expect(NNFormat.Digest(of: Array(text.utf8)) == digest)
    #expect(container.contains("one line of \(text.utf8.count) bytes"))
  }

  @Test func numbersAreIntegersOrTheNearestDoubles() throws {
    func value(_ text: String) throws -> JSONValue { try JSONReader.value(text) }
    #expect(try value("18446744073709551615") == .unsigned(.max))
    #expect(try value("18446744073709551616") == .double(0x1p64))
    #expect(try value("-9223372036854775809") == .double(-0x1p63))
    #expect(try value("-0") == .double(-0.0))
    #expect(try value("1e-400") == .double(0))
    #expect(try value("2.4703282292062328e-324") == .double(.leastNonzeroMagnitude))
    #expect(try value("1.7976931348623158e308") == .double(.greatestFiniteMagnitude))
    #expect(throws: (any Error).self) { try value("1.7976931348623159e308") }
  }
}
