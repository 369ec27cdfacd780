@testable import Coordinator
