// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "HelloNetwork",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-nnm", path: "../..")],
  targets: [
    .executableTarget(
      name: "HelloNetwork", dependencies: [.product(name: "NNRuntime", package: "swift-nnm")]),
    // The README's example, word for word.
    .executableTarget(
      name: "ReadmeExample", dependencies: [.product(name: "NNRuntime", package: "swift-nnm")]),
  ]
)
