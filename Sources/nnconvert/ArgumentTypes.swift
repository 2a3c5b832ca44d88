public import ArgumentParser
public import NNConvert
public import NNFormat

extension ContainerKind: ExpressibleByArgument {}
extension WeightsLayout: ExpressibleByArgument {}
extension NarrowType: ExpressibleByArgument {}
