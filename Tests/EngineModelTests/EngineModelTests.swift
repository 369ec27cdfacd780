@testable import EngineModel
