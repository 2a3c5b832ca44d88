import NNFormat

/// `IntegerLookup`: the place of a number in a vocabulary, found by comparing it with all of them.
///
/// Source: `keras/src/layers/preprocessing/index_lookup.py` of Keras 3.15.
enum KerasLookup {
  /// The most entries of a vocabulary, up to which places are exact in f32.
  private static let maximumSize = 1 << 24
  /// The greatest integer up to which all are exact in the numbers of a file.
  private static let greatest = 1 << 53

  static func indices(_ site: KerasSite) throws(ModelError) -> [KerasValue] {
    let settings = site.settings
    settings.ignore("vocabulary_size", "vocabulary_dtype", "oov_method", "salt", "has_input_vocabulary")
    let mode = try settings.string("output_mode", default: "int")
    guard try !settings.bool("invert", default: false), mode != "tf_idf" else {
      throw settings.unsupported("the inverse of a lookup, or the mode 'tf_idf'")
    }
    guard try settings.int("num_oov_indices", default: 1) == 1 else {
      throw settings.unsupported("no index for what is not in the vocabulary, or several")
    }
    // What is not there has the index behind that of the mask.
    let mask = settings.value("mask_token")?.int
    guard mask == nil || mode == "int" else { throw settings.unsupported("a 'mask_token' where the mode is '\(mode)'") }
    let other = settings.value("oov_token")?.int ?? -1
    let unknown = mask == nil ? 0 : 1
    var tokens = (settings.value("vocabulary")?.array ?? []).map(\.int)
    // The vocabulary may begin with the tokens that stand for something else.
    let special = [mask, other].compactMap { $0 }
    if Array(tokens.prefix(special.count)) == special { tokens = Array(tokens.dropFirst(special.count)) }
    guard !tokens.isEmpty, tokens.count < maximumSize,
      tokens.allSatisfy({ $0.map { $0.magnitude <= greatest } ?? false })
    else { throw settings.unsupported("a vocabulary that is not in its settings, or is none of integers") }
    var places = tokens.indices.map { Double($0 + 1) }
    if let mask {
      tokens.append(mask)
      places.append(Double(-unknown))
    }
    let count =
      try settings.bool("pad_to_max_tokens", default: false)
      ? settings.int("max_tokens") : tokens.count + 1
    settings.ignore("max_tokens")

    let input = try site.cast(site.input(), to: .i64)
    let wide = try site.add("expand_dims", ["axes": [-1]], [input], suffix: "wide")[0]
    let vocabulary = try site.constant(
      tokens.map { Double($0 ?? 0) }, [tokens.count], .i64, suffix: "vocabulary")
    let same = try site.add("equal", [:], [wide, vocabulary], suffix: "same")
    let found = try site.add("cast", ["dtype": "f32"], same, suffix: "found")[0]
    let steps = try site.constant(places, [places.count], .f32, suffix: "places")
    let chosen = try site.add("multiply", [:], [found, steps], suffix: "chosen")
    let sum = try site.add("reduce_sum", ["axes": [-1]], chosen, suffix: "sum")
    let place = try site.add(
      "rescaling", ["scale": 1.0, "offset": JSONValue(number: Double(unknown))], sum, suffix: "place")[0]
    if mode == "int" { return try site.add("cast", ["dtype": "i64"], [place]) }
    let index = try site.add("cast", ["dtype": "i64"], [place], suffix: "index")[0]
    return try KerasClass.encoded(site, index, count, mode)
  }
}
