@testable import EngineServer
