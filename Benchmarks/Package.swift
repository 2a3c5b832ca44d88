// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what only benchmarks need stays out of the library.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-nnm", path: "..")],
  targets: [
    .executableTarget(
      name: "nnbench",
      dependencies: [
        .product(name: "NNRuntime", package: "swift-nnm"),
        .product(name: "NNContainer", package: "swift-nnm"),
      ])
  ]
)
