import NNFormat

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Spectrograms, whose Fourier transforms are convolutions: with the kernels that a file holds, or with ones made here.
///
/// Source: `keras/src/layers/preprocessing/stft_spectrogram.py` and `mel_spectrogram.py` of Keras 3.15, and `stft` of its
/// TensorFlow backend.
extension KerasClass {
  static let spectrograms: [KerasClass] = [
    KerasClass(
      "STFTSpectrogram", "convolution", "square", "add", "sqrt", "log", limits: "an open number of channels",
      variables: { settings throws(ModelError) in
        switch try settings.string("mode", default: "log") {
        case "real": [KerasVariable("real_kernel")]
        case "imag": [KerasVariable("imag_kernel")]
        default: ["real_kernel", "imag_kernel"].map { KerasVariable($0) }
        }
      }, convert: ofFrames),
    KerasClass(
      "MelSpectrogram", "padding", "convolution", "dense", "log", limits: "signals of a rank other than 2",
      convert: ofMel),
  ]

  // MARK: With kernels of the file

  private static func ofFrames(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    settings.ignore("fft_length", "window", "periodic", "scaling")
    let input = try site.input()
    let isFirst = try settings.channelsFirst()
    guard input.type.rank == 3, let channels = input.type.shape[isFirst ? 1 : 2].value, channels > 0, channels <= 4096
    else { throw settings.unsupported("a signal of an open number of channels") }
    let length = try settings.int("frame_length", default: 256)
    var window: JSONObject = [
      "kernel_size": integers([length]), "strides": integers([try settings.int("frame_step", default: length / 2)]),
      "padding": .string(try settings.string("padding", default: "valid")), "groups": JSONValue(channels),
      "data_format": isFirst ? "channels_first" : "channels_last", "use_bias": false,
    ]
    var bins = 0
    // Each channel is a group with the same kernels.
    func transformed(_ names: [String], _ suffix: String) throws(ModelError) -> KerasValue {
      var parts: [KerasTensor] = []
      for name in names { parts.append(try site.weight(name)) }
      let kernels = try KerasTensor(joining: parts, axis: 2, "of both parts")
      guard kernels.shape.rank == 3 else { throw settings.unsupported("kernels of \(kernels.shape.rank) dimensions") }
      bins = kernels.shape[2]
      guard kernels.shape.count <= (1 << 28) / channels else {
        throw settings.unsupported("kernels for \(channels) channels")
      }
      let all =
        channels == 1
        ? kernels
        : try KerasTensor(
          joining: [KerasTensor](repeating: kernels, count: channels), axis: 2, "once for each channel")
      window["filters"] = JSONValue(all.shape[2])
      return try site.add("convolution", window, [input], [("kernel", all)], suffix: suffix)[0]
    }
    let mode = try settings.string("mode", default: "log")
    let value: KerasValue
    switch mode {
    case "real": value = try transformed(["real_kernel"], "real")
    case "imag": value = try transformed(["imag_kernel"], "imaginary")
    case "stft": value = try transformed(["real_kernel", "imag_kernel"], "parts")
    case "angle":
      value = try site.arcTangent(
        transformed(["imag_kernel"], "imaginary"), transformed(["real_kernel"], "real"), suffix: "angle")
    case "psd", "magnitude", "log":
      let real = try transformed(["real_kernel"], "real")
      let power = try powers(site, real, transformed(["imag_kernel"], "imaginary"))
      value =
        try mode == "psd"
        ? doubled(site, power, bins, channels, isFirst) : magnitude(site, power, isLogarithm: mode == "log")
    default: throw settings.unsupported("the mode '\(mode)'")
    }
    guard try settings.bool("expand_dims", default: false) else { return [value] }
    return try expanded(site, value, bins, channels, isFirst)
  }

  /// The sums of the squares of both parts.
  private static func powers(_ site: KerasSite, _ real: KerasValue, _ imaginary: KerasValue) throws(ModelError)
    -> KerasValue
  {
    let squares = [
      try site.add("square", [:], [real], suffix: "real_square")[0],
      try site.add("square", [:], [imaginary], suffix: "imaginary_square")[0],
    ]
    return try site.add("add", [:], squares, suffix: "power")[0]
  }

  private static func magnitude(
    _ site: KerasSite, _ power: KerasValue, isLogarithm: Bool
  ) throws(ModelError) -> KerasValue {
    let least = try site.constant([1e-7], [], power.type.dataType, suffix: "least")
    let bounded = try site.add("maximum", [:], [power, least], suffix: "bounded_power")
    let root = try site.add("sqrt", [:], bounded, suffix: "magnitude")[0]
    guard isLogarithm else { return root }
    return try site.add(
      "log", [:], site.add("maximum", [:], [root, least], suffix: "bounded"), suffix: "logarithm")[0]
  }

  /// All but the first and the last frequency count twice.
  private static func doubled(
    _ site: KerasSite, _ power: KerasValue, _ bins: Int, _ channels: Int, _ isFirst: Bool
  ) throws(ModelError) -> KerasValue {
    let one = (0..<bins).map { $0 > 0 && $0 < bins - 1 ? 2.0 : 1 }
    let all = (0..<channels).flatMap { _ in one }
    let factors = try site.constant(
      all, isFirst ? [all.count, 1] : [all.count], power.type.dataType, suffix: "factors")
    return try site.add("multiply", [:], [power, factors], suffix: "density")[0]
  }

  /// Channels apart from frequencies: `[steps, frequencies, channels]`, or `[channels, steps, frequencies]`.
  private static func expanded(
    _ site: KerasSite, _ value: KerasValue, _ bins: Int, _ channels: Int, _ isFirst: Bool
  ) throws(ModelError) -> [KerasValue] {
    let steps = value.type.shape[isFirst ? 2 : 1].value ?? -1
    let parts = try site.add(
      "reshape",
      ["target_shape": integers(isFirst ? [channels, bins, steps] : [steps, channels, bins]), "keeps_batch": true],
      [value], suffix: "apart")
    return try site.add("permute", ["permutation": [0, 1, 3, 2]], parts)
  }

  // MARK: Mel

  private static func ofMel(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    let size = try settings.int("fft_length", default: 2048)
    // Without a window nothing is left out of a frame.
    let given = try settings.int("sequence_length", default: size)
    let length = settings.value("window") == nil ? size : given
    let stride = try settings.int("sequence_stride", default: 512)
    let input = try site.computed(site.input())
    guard input.type.rank == 2, (1...65536).contains(size), (1...size).contains(given), stride > 0 else {
      throw settings.unsupported("a signal of \(input.type.rank) dimensions in frames of \(given) of \(size)")
    }
    // Reflected at both ends by half of what is transformed, less what the window leaves out of a frame.
    let half = size / 2
    let before = (size - length) / 2
    let signal = try site.add(
      "padding", ["padding": [[0, 0], integers([half, half])], "mode": "reflect"], [input], suffix: "reflected")
    var framed = signal
    if length < size {
      let end = size - length - before
      framed = try site.add(
        "cropping", ["cropping": [[0, 0], integers([before, end])]], signal, suffix: "cropped")
    }
    let channel = try site.add("expand_dims", ["axes": [2]], framed, suffix: "channel")
    let bins = size / 2 + 1
    guard length * bins <= 1 << 26 else {
      throw settings.unsupported("a transform of \(size) elements, whose kernels would be too large")
    }
    func part(_ function: (Double) -> Double, _ name: String) throws(ModelError) -> KerasValue {
      let window = try window(settings, length)
      var kernel: [Double] = []
      kernel.reserveCapacity(length * bins)
      for (place, factor) in window.enumerated() {
        for bin in 0..<bins {
          // Angles are those of the place in all that is transformed, taken back to one turn.
          let turn = Double((place + before) * bin % size) / Double(size)
          kernel.append(factor * function(2 * .pi * turn))
        }
      }
      let tensor = try Tensor(kernel, try Shape([length, 1, bins])).cast(to: input.type.dataType).tensor
      return try site.add(
        "convolution",
        [
          "filters": JSONValue(bins), "kernel_size": integers([length]), "strides": integers([stride]),
          "padding": "valid", "use_bias": false,
        ], channel, [("kernel", KerasTensor(tensor, madeFrom: "the window"))], suffix: name)[0]
    }
    let power = try powers(site, part(cos, "real"), part(sin, "imaginary"))
    let exponent = try settings.number("mag_exp", default: 2)
    var spectrum = power
    if exponent != 2 {
      let half = try site.constant([exponent / 2], [], power.type.dataType, suffix: "exponent")
      spectrum = try site.add("power", [:], [power, half], suffix: "spectrum")[0]
    }
    let bands = try bands(settings, bins)
    let matrix = try Tensor(bands.values, try Shape([bins, bands.count])).cast(to: input.type.dataType).tensor
    var result = try site.add(
      "dense", ["units": JSONValue(bands.count), "use_bias": false], [spectrum],
      [("weights", KerasTensor(matrix, madeFrom: "the mel scale"))], suffix: "bands")[0]
    if try settings.bool("power_to_db", default: true) { result = try decibels(site, result) }
    settings.ignore("top_db", "min_power", "ref_power")
    return try site.add("permute", ["permutation": [0, 2, 1]], [result])
  }

  /// The window over a frame, as periodic functions.
  private static func window(_ settings: KerasSettings, _ length: Int) throws(ModelError) -> [Double] {
    guard let given = settings.value("window") else { return [Double](repeating: 1, count: length) }
    let base: (Double, Double)
    switch given.string {
    case "hann": base = (0.5, 0.5)
    case "hamming": base = (0.54, 0.46)
    default:
      let numbers = KerasSettings.numbers(given)
      guard numbers.count == length else { throw settings.unsupported("a window in this form") }
      return numbers
    }
    // TensorFlow's windows of odd lengths are not periodic, though asked for.
    let period = length % 2 == 0 ? length : max(length - 1, 1)
    return length == 1 ? [1] : (0..<length).map { base.0 - base.1 * cos(2 * .pi * Double($0) / Double(period)) }
  }

  /// Triangles over the frequencies, linear in mel: `[frequencies, bands]`.
  private static func bands(_ settings: KerasSettings, _ bins: Int) throws(ModelError) -> (values: [Double], count: Int)
  {
    let count = try settings.int("num_mel_bins", default: 128)
    let rate = try settings.number("sampling_rate", default: 16000)
    let low = try settings.number("min_freq", default: 20)
    let high = try settings.number("max_freq", default: (rate / 2).rounded(.down))
    guard (1...65536).contains(count), bins * count <= 1 << 28 else { throw settings.unsupported("\(count) bands") }
    func mel(_ hertz: Double) -> Double { 1127 * log(1 + hertz / 700) }
    let edges = (0..<count + 2).map { mel(low) + (mel(high) - mel(low)) * Double($0) / Double(count + 1) }
    var values = [Double](repeating: 0, count: bins * count)
    for bin in 1..<max(bins, 1) {
      let place = mel(rate / 2 * Double(bin) / Double(bins - 1))
      for band in 0..<count {
        let rise = (place - edges[band]) / (edges[band + 1] - edges[band])
        let fall = (edges[band + 2] - place) / (edges[band + 2] - edges[band + 1])
        values[bin * count + band] = max(0, min(rise, fall))
      }
    }
    return (values, count)
  }

  /// Powers in decibels, at most so many below the greatest of all.
  private static func decibels(_ site: KerasSite, _ power: KerasValue) throws(ModelError) -> KerasValue {
    let settings = site.settings
    let least = try settings.number("min_power", default: 1e-10)
    let reference = max(abs(try settings.number("ref_power", default: 1)), least)
    let bound = try site.constant([least], [], power.type.dataType, suffix: "least")
    let bounded = try site.add("maximum", [:], [power, bound], suffix: "bounded")
    let logarithm = try site.add("log", [:], bounded, suffix: "logarithm")
    let decibels = try site.add(
      "rescaling",
      ["scale": JSONValue(number: 10 / log(10)), "offset": JSONValue(number: -10 * log10(reference))], logarithm,
      suffix: "decibels")[0]
    let greatest = try site.add("reduce_max", ["axes": [], "keepdims": true], [decibels], suffix: "greatest")
    let floor = try site.add(
      "rescaling", ["scale": 1.0, "offset": JSONValue(number: -(try settings.number("top_db", default: 80)))], greatest,
      suffix: "floor")[0]
    return try site.add("maximum", [:], [decibels, floor], suffix: "above_floor")[0]
  }
}
