@testable import Scenario
