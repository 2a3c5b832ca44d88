import Foundation
package import Testing

/// Compares a text with a committed file. With `RECORD_SNAPSHOTS=1` in the environment it is written instead, and the test fails,
/// so that nobody records by accident.
package func expectSnapshot(
  _ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("recorded \(path)", sourceLocation: sourceLocation)
    return
  }
  let committed = (try? bytes(of: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  let (old, new) = (committed.split(separator: "\n"), text.split(separator: "\n"))
  let difference = zip(old, new).first { $0 != $1 }.map { "has '\($0)', should have '\($1)'" }
  #expect(
    committed == text, "\(path) is stale: \(difference ?? "other length"); run with RECORD_SNAPSHOTS=1",
    sourceLocation: sourceLocation)
}

/// The package's folder.
package let packageFolder = String(fixtures.dropLast("/Fixtures".count))
