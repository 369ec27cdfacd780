import Agent
import Testing

@Suite("What an agent is called")
struct AgentNameTests {
    @Test(
        "Under Slurm by the node, with the task's number where a node has several",
        arguments: [
            ([:], "host"),
            (["SLURMD_NODENAME": "n3"], "host"),
            (["SLURM_JOB_ID": "7", "SLURMD_NODENAME": ""], "host"),
            (["SLURM_JOB_ID": "7", "SLURMD_NODENAME": "n3"], "n3"),
            (one("1(x4)", node: 2, task: 2), "n3"),
            (one("2(x4)", node: 2, task: 5), "n3-5"),
            (one("1(x2),2,1", node: 2, task: 2), "n3-2"),
            (one("1(x2),2,1", node: 3, task: 4), "n3"),
            (one("rubbish", node: 0, task: 0), "n3"),
            (one("2(x99999999)", node: 0, task: 0), "n3"),
            (one("2(x4)", node: 9, task: 1), "n3-1"),
            (
                [
                    "SLURM_JOB_ID": "7", "SLURMD_NODENAME": "n3", "SLURM_NTASKS_PER_NODE": "2",
                    "SLURM_PROCID": "1",
                ], "n3-1"
            ),
            (["SLURM_JOB_ID": "7", "SLURMD_NODENAME": "n3", "SLURM_LOCALID": "1"], "n3-1"),
        ] as [([String: String], String)])
    func names(_ environment: [String: String], _ name: String) {
        #expect(AgentName.standard(environment: environment, host: "host") == name)
    }

    private static func one(_ tasks: String, node: Int, task: Int) -> [String: String] {
        [
            "SLURM_JOB_ID": "7", "SLURMD_NODENAME": "n3", "SLURM_STEP_TASKS_PER_NODE": tasks,
            "SLURM_NODEID": "\(node)", "SLURM_PROCID": "\(task)", "SLURM_LOCALID": "0",
        ]
    }
}
