import CoordinatorCore
import EventLoop
import Results
import TimeBase
import TokenLog
import Wire

/// Hears what happens while a run goes on; all calls on the coordinator's loop.
protocol RunObserver: AnyObject {
    func listening(on address: SocketAddress)
    func joined(_ hello: Hello)
    /// The agent could start now.
    func ready(_ hello: Hello)
    /// The start waits; told several times a second.
    func waiting(_ wait: CoordinatorMachine.Wait, now: LocalInstant)
    /// Something that a person should know, one sentence.
    func note(_ sentence: String)
    /// All agents begin at `start`; `offsets` are coordinator minus agent, with their half-widths.
    func starting(at start: LocalInstant, offsets: [(offsetNs: Int64, uncertaintyNs: Int64)])
    /// An agent's clock as the last minute shows it, provisional.
    func clock(of agent: Int, _ bound: ClockBound)
    func status(_ status: AgentStatus, of agent: Int)
    /// An agent's link was lost or is back, or the agent was given up or is done.
    func health(_ health: LiveSnapshot.Health, of agent: Int)
    func records(_ records: LogBatch, of agent: Int)
    /// Nothing more arrives.
    func ended()
}
