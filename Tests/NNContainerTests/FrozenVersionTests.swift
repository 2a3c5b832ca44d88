import Foundation
import NNContainer
import NNFormat
import NNTestSupport
import Testing

/// `Fixtures/versions`: files of every released version load for ever.
@Suite struct FrozenVersionTests {
  private static let folder = "\(fixtures)/versions"

  static let versions: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { MappedFile.isDirectory("\(folder)/\($0)") }.sorted()
  }()

  static let kinds: [ContainerKind] = {
    #if HDF5
      return ContainerKind.allCases
    #else
      return ContainerKind.allCases.filter { $0 != .hdf5 }
    #endif
  }()

  @Test func theVersionThatIsWrittenIsAmongThem() {
    #expect(FrozenVersionTests.versions.contains(FormatVersion.current.description))
  }

  @Test(arguments: versions)
  func everyEncodingLoadsWithTheRecordedDigestAndIsTheSameModel(_ version: String) throws {
    let folder = "\(FrozenVersionTests.folder)/\(version)"
    let digests = try JSONReader.value(ByteRegion(try bytes(of: "\(folder)/digests.json"))).object
    #expect(digests?.names == ["model", "types"])
    for (name, digest) in try #require(digests).members {
      let first = try Container.open("\(folder)/\(name).nnm").model
      for kind in FrozenVersionTests.kinds {
        let container = try Container.open("\(folder)/\(name)" + (kind == .folder ? "" : ".\(kind.rawValue)"))
        #expect(container.kind == kind)
        #expect(container.version.description == version)
        #expect(container.promisedDigest?.description == digest.string)
        #expect(try container.verifyDigests().description == digest.string)
        #expect(container.model == first, "\(name) \(kind)")
      }
    }
  }

  @Test func theModelOfVersion1_0HasAllThatADocumentCanHave() throws {
    let model = try Container.open("\(FrozenVersionTests.folder)/1.0/model.nnm").model
    #expect(!model.metadata.isEmpty && !model.optional.isEmpty && !model.provenance.isEmpty)
    #expect(model.examples.first.map { !$0.values.isEmpty && $0.tolerance.relative != nil } == true)
    #expect(model.graph.nodes.filter { $0.tensorName(for: "weights") == "shared/weights" }.count == 2)
    let types = try Container.open("\(FrozenVersionTests.folder)/1.0/types.nnm").model
    #expect(Set(types.tensors.entries.map(\.tensor.dataType)) == Set(DataType.allCases))
  }
}
