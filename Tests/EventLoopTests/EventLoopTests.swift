@testable import EventLoop
