import Foundation
import NNConvert
import NNFormat
import NNTestSupport
import Testing

@Suite struct KerasTests {
  @Test func everyFileComputesWhatKerasComputes() throws {
    let folder = ProcessInfo.processInfo.environment["NNM_KERAS_FIXTURES"] ?? KerasCase.folder
    let cases = try KerasCase.all(in: folder)
    #expect(!cases.isEmpty)
    var failures: [String] = []
    for test in cases {
      switch (test.failure(), test.refused) {
      case (nil, nil): break
      case (let failure?, nil): failures.append("\(test.name): \(failure)")
      case (nil, _?): failures.append("\(test.name): is not refused")
      case (let failure?, let reason?):
        if !failure.contains(reason) { failures.append("\(test.name): \(failure), which does not say '\(reason)'") }
      }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(cases.count):\n\(failures.joined(separator: "\n"))")
  }

  @Test func everyDamagedFileIsRefusedWithItsKindOfFailure() throws {
    let folder = "\(KerasCase.folder)/malformed"
    let list = try JSONReader.value(try MappedFile.contents(of: "\(folder)/manifest.json")).array ?? []
    let listed = Set(list.compactMap { $0.object?["file"]?.string })
    let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(["manifest.json"])
    #expect(files.subtracting(listed).isEmpty && !listed.isEmpty)
    var failures: [String] = []
    for entry in list {
      let object = entry.object ?? JSONObject()
      let (file, code) = (object["file"]?.string ?? "", object["exit"]?.int ?? 0)
      do throws(ModelError) {
        _ = try KerasImport().model(from: "\(folder)/\(file)")
        if code != 0 { failures.append("\(file): is read, where \(code) is expected") }
      } catch {
        let found = Int(error.problem.category.rawValue)
        if found != code { failures.append("\(file): \(found), not \(code): \(error)") }
      }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(list.count):\n\(failures.joined(separator: "\n"))")
  }
}

/// Files that are damaged at random are refused or read, and never stop the process.
@Suite struct KerasDamageTests {
  @Test(arguments: ["net_perceptron.keras", "k1_perceptron.h5", "weights_nested.weights.h5"])
  func randomDamageNeverTraps(file: String) throws {
    let folder = TemporaryFolder()
    let whole = try bytes(of: "\(KerasCase.folder)/cases/\(file)")
    var generator = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<150 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let path = folder.write(file, damaged)
      do throws(ModelError) { _ = try KerasImport().model(from: path) } catch { refused += 1 }
    }
    #expect(refused > 0)
  }
}
