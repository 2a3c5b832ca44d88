/// One axis of a resizing: which elements of the input count for each of the output, and how much.
struct ResizeAxis {
  /// An element of the input that counts for one of the output.
  struct Tap {
    var index: Int
    var weight: Double
  }

  private let layer: Resize
  private let extent: Int
  private let size: Int
  private let scale: Double
  private let width: Double

  /// - Parameter entry: the axis's place among those that the layer names.
  init(_ layer: Resize, entry: Int, extent: Int, size: Int) {
    self.layer = layer
    self.extent = extent
    self.size = size
    scale = layer.scales.isEmpty ? Double(size) / Double(extent) : layer.scales[entry].value
    width = layer.scales.isEmpty ? Double(size) : scale * Double(extent)
  }

  /// Whether the filter is stretched, so that it sees all elements that fall together.
  private var isStretched: Bool { layer.antialias && scale < 1 }
  /// How far the filter reaches to each side.
  private var reach: Double { (layer.mode == .cubic ? 2 : 1) / (isStretched ? scale : 1) }

  /// The taps for each element of the output; nil if they cannot be counted.
  var tapCount: Int? {
    guard size > 0 else { return 1 }
    switch layer.mode {
    case .nearest: return 1
    case .linear where !isStretched: return 2
    case .cubic where !isStretched: return 4
    default: return Int(exactly: (2 * reach).rounded(.up) + 1)
    }
  }

  /// Writes the taps of all elements of the output, one behind the other.
  func fill(_ taps: UnsafeMutablePointer<Tap>) {
    guard let tapCount else { return }
    for index in 0..<size {
      fill(UnsafeMutableBufferPointer(start: taps + index * tapCount, count: tapCount), place(of: Double(index)))
    }
  }

  private func fill(_ taps: UnsafeMutableBufferPointer<Tap>, _ place: Double) {
    guard layer.mode != .nearest else {
      taps[0] = Tap(index: min(max(nearest(place), 0), extent - 1), weight: 1)
      return
    }
    let floor = place.rounded(.down)
    let first: Int
    if isStretched {
      first = Int((place - reach).rounded(.down)) + 1
      for number in taps.indices { taps[number].weight = stretchedWeight((Double(first + number) - place) * scale) }
    } else {
      first = Int(floor) - (taps.count / 2 - 1)
      weigh(taps, place - floor)
    }
    var sum = 0.0
    for number in taps.indices {
      let isOutside = first + number < 0 || first + number >= extent
      if layer.excludeOutside, isOutside { taps[number].weight = 0 }
      taps[number].index = min(max(first + number, 0), extent - 1)
      sum += taps[number].weight
    }
    if layer.excludeOutside || isStretched, sum != 0 {
      for number in taps.indices { taps[number].weight /= sum }
    }
  }

  /// Where an element of the output lies in the input.
  private func place(of index: Double) -> Double {
    let half = (index + 0.5) / scale - 0.5
    switch layer.coordinates {
    case .halfPixel: return half
    case .pytorchHalfPixel: return width == 1 ? 0 : half
    case .halfPixelSymmetric:
      return Double(extent) / 2 * (1 - Double(size) / width) + (index + 0.5) / scale - 0.5
    case .alignCorners: return width == 1 ? 0 : index * (Double(extent) - 1) / (width - 1)
    case .asymmetric: return index / scale
    }
  }

  private func nearest(_ place: Double) -> Int {
    switch layer.nearestMode {
    case .roundPreferFloor: Int((place - 0.5).rounded(.up))
    case .roundPreferCeil: Int((place + 0.5).rounded(.down))
    case .floor: Int(place.rounded(.down))
    case .ceil: Int(place.rounded(.up))
    }
  }

  /// The weights of the elements on both sides, for the fraction r between them.
  private func weigh(_ taps: UnsafeMutableBufferPointer<Tap>, _ r: Double) {
    guard layer.mode == .cubic else {
      taps[0].weight = 1 - r
      taps[1].weight = r
      return
    }
    let a = layer.cubicCoefficient.value
    let s = 1 - r
    taps[0].weight = ((a * (r + 1) - 5 * a) * (r + 1) + 8 * a) * (r + 1) - 4 * a
    taps[1].weight = ((a + 2) * r - (a + 3)) * r * r + 1
    taps[2].weight = ((a + 2) * s - (a + 3)) * s * s + 1
    taps[3].weight = ((a * (s + 1) - 5 * a) * (s + 1) + 8 * a) * (s + 1) - 4 * a
  }

  /// The stretched filter's value at a distance.
  private func stretchedWeight(_ distance: Double) -> Double {
    let d = abs(distance)
    guard layer.mode == .cubic else { return max(1 - d, 0) }
    let a = layer.cubicCoefficient.value
    if d <= 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
  }
}
