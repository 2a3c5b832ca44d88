// swift-tools-version: 6.2
import PackageDescription

/// Warnings fail the build where the tests run, and nowhere else.
let strictness: [SwiftSetting] =
  Context.environment["NNM_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

let swiftSettings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + strictness

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let withHDF5 = TargetDependencyCondition.when(traits: ["HDF5"])

let package = Package(
  name: "swift-nnm",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    // Each library comes with the modules whose types its functions take and give.
    .library(name: "NNRuntime", targets: ["NNRuntime", "NNLayers", "NNContainer", "NNFormat"]),
    .library(name: "NNContainer", targets: ["NNContainer", "NNFormat"]),
    .library(name: "NNNumPy", targets: ["NNNumPy", "NNFormat"]),
    .library(name: "NNConvert", targets: ["NNConvert", "NNFormat"]),
    .executable(name: "nnconvert", targets: ["nnconvert"]),
    .executable(name: "nninfo", targets: ["nninfo"]),
    .executable(name: "nnrun", targets: ["nnrun"]),
  ],
  traits: [
    .trait(
      name: "HDF5",
      description: "Read and write HDF5 (.h5) containers; needs libhdf5, which iOS does not have."),
    .default(enabledTraits: ["HDF5"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // The container, which knows no layers.
    .target(
      name: "NNFormat",
      dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: swiftSettings),
    .systemLibrary(
      name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .target(
      name: "NNHDF5",
      dependencies: ["NNFormat", .target(name: "CHDF5", condition: withHDF5)],
      swiftSettings: swiftSettings),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "NNNumPy", dependencies: ["NNFormat", "CZlib"], swiftSettings: swiftSettings),
    .target(
      name: "NNContainer", dependencies: ["NNFormat", "NNHDF5", "NNNumPy"],
      swiftSettings: swiftSettings),

    // The arithmetic, the layers and the engine.
    .target(name: "CNNKernels"),
    .target(name: "NNKernels", dependencies: ["CNNKernels"], swiftSettings: swiftSettings),
    .target(
      name: "NNLayers", dependencies: ["NNFormat", "NNKernels"], swiftSettings: swiftSettings),
    .target(
      name: "NNRuntime", dependencies: ["NNContainer", "NNFormat", "NNLayers", "NNKernels"],
      swiftSettings: swiftSettings),

    // In and out of other formats.
    .target(
      name: "NNConvert", dependencies: ["NNContainer", "NNFormat", "NNHDF5", "NNLayers", "NNNumPy"],
      swiftSettings: swiftSettings),

    // The commands.
    .target(
      name: "NNTerminal",
      dependencies: ["NNFormat", "NNRuntime", argumentParser], swiftSettings: swiftSettings),
    .executableTarget(
      name: "nnconvert",
      dependencies: ["NNContainer", "NNConvert", "NNFormat", "NNRuntime", "NNTerminal", argumentParser],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "nninfo",
      dependencies: ["NNContainer", "NNFormat", "NNLayers", "NNRuntime", "NNTerminal", argumentParser],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "nnrun",
      dependencies: ["NNContainer", "NNFormat", "NNLayers", "NNNumPy", "NNRuntime", "NNTerminal", argumentParser],
      swiftSettings: swiftSettings),

    // The tests.
    .target(
      name: "NNTestSupport", dependencies: ["NNFormat"], path: "Tests/NNTestSupport",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNFormatTests", dependencies: ["NNFormat", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNHDF5Tests", dependencies: ["NNHDF5", "NNTestSupport"], swiftSettings: swiftSettings),
    .testTarget(
      name: "NNNumPyTests", dependencies: ["NNNumPy", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNContainerTests", dependencies: ["NNContainer", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNKernelsTests", dependencies: ["NNKernels", "CNNKernels", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNLayersTests", dependencies: ["NNLayers", "NNNumPy", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(
      name: "NNRuntimeTests",
      dependencies: ["NNRuntime", "NNKernels", "NNNumPy", "NNTestSupport", "CAllocations"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NNConvertTests",
      dependencies: ["NNConvert", "NNContainer", "NNFormat", "NNLayers", "NNNumPy", "NNRuntime", "NNTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: ["NNContainer", "NNFormat", "NNNumPy", "NNTerminal", "NNTestSupport"],
      exclude: ["Snapshots"], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
