import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Interpolations of images by kernels that no kind has: products with a matrix along rows, and one along columns.
///
/// Source: `tensorflow/core/kernels/image/scale_and_translate_op.cc`, `sampling_kernels.h` and `resize_area_op.cc`.
enum KerasResizeKernel: Equatable {
  case lanczos(radius: Double)
  case gaussian
  case mitchell
  /// What lies within the new element's share of the old ones.
  case area

  /// nil for other interpolations.
  init?(_ mode: String) {
    switch mode {
    case "lanczos3": self = .lanczos(radius: 3)
    case "lanczos5": self = .lanczos(radius: 5)
    case "gaussian": self = .gaussian
    case "mitchellcubic": self = .mitchell
    case "area": self = .area
    default: return nil
    }
  }

  /// An image with other extents.
  ///
  /// - Parameter first: the axis of its rows
  func resized(
    _ site: KerasSite, _ value: KerasValue, _ sizes: [Int], isAntialiased: Bool, first: Int
  ) throws(ModelError) -> KerasValue {
    let letters = "abcdefgh".prefix(value.type.rank).map(String.init)
    guard value.type.rank <= 8, first > 0 else {
      throw site.settings.unsupported("an image of \(value.type.rank) dimensions in this interpolation")
    }
    var result = value
    for (place, size) in sizes.enumerated() {
      let axis = first + place
      guard let extent = value.type.shape[axis].value, extent > 0, size > 0, extent <= (1 << 24) / size else {
        throw site.settings.unsupported("an image of open extents in this interpolation")
      }
      let shares = self == .area ? areas(extent, size) : weights(extent, size, isAntialiased)
      let matrix = try Tensor(shares, try Shape([extent, size])).cast(to: value.type.dataType).tensor
      var shape = [Int](repeating: -1, count: value.type.rank)
      shape[axis] = size
      var output = letters
      output[axis] = "z"
      result = try site.add(
        "einsum_dense",
        [
          "equation": .string("\(letters.joined()),\(letters[axis])z->\(output.joined())"),
          "output_shape": KerasClass.integers(Array(shape.dropFirst())), "bias_axes": "",
        ], [result], [("weights", KerasTensor(matrix, madeFrom: "the interpolation"))],
        suffix: place == 0 ? "rows" : nil)[0]
    }
    return result
  }

  private var radius: Double {
    switch self {
    case .lanczos(let radius): radius
    case .gaussian: 1.5
    case .mitchell: 2
    case .area: 0
    }
  }

  private func kernel(_ x: Double) -> Double {
    switch self {
    case .lanczos(let radius):
      if x > radius { return 0 }
      return x <= 1e-3 ? 1 : radius * sin(.pi * x) * sin(.pi * x / radius) / (.pi * .pi * x * x)
    case .gaussian: return x >= 1.5 ? 0 : exp(-2 * x * x)
    case .mitchell:
      if x >= 2 { return 0 }
      if x >= 1 { return ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9 }
      return (7.0 / 6 * x - 2) * x * x + 8.0 / 9
    case .area: return 0
    }
  }

  /// The share of each old element in each new one: `[extent, size]`.
  private func weights(_ extent: Int, _ size: Int, _ isAntialiased: Bool) -> [Double] {
    let step = Double(extent) / Double(size)
    // Where elements become fewer the kernel becomes as much wider.
    let width = isAntialiased ? max(step, 1) : 1
    var shares = [Double](repeating: 0, count: extent * size)
    for new in 0..<size {
      let place = (Double(new) + 0.5) * step
      let start = max(Int((place - radius * width - 0.5).rounded(.up)), 0)
      let end = min(Int((place + radius * width - 0.5).rounded(.down)), extent - 1)
      guard start <= end else { continue }
      let row = (start...end).map { kernel(abs(Double($0) + 0.5 - place) / width) }
      let sum = row.reduce(0, +)
      for (old, share) in zip(start...end, row) where abs(sum) > 1e-30 { shares[old * size + new] = share / sum }
    }
    return shares
  }

  private func areas(_ extent: Int, _ size: Int) -> [Double] {
    let step = Double(extent) / Double(size)
    var shares = [Double](repeating: 0, count: extent * size)
    for new in 0..<size {
      let (start, end) = (Double(new) * step, Double(new + 1) * step)
      for old in Int(start)..<min(Int(end.rounded(.up)), extent) {
        shares[old * size + new] = (min(Double(old + 1), end) - max(Double(old), start)) / step
      }
    }
    return shares
  }
}
