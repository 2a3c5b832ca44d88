public import ArgumentParser
public import NNConvert

extension OutputKind: ExpressibleByArgument {}
extension WeightsLayout: ExpressibleByArgument {}
