extension LayerCatalog {
  /// The kinds of this format, in the order of `spec/layers.md`.
  public static let standard = LayerCatalog([
    Dense.self
  ])
}
