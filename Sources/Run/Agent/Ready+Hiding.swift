import AnswerStream
import Wire

extension Result<Ready, PreparationFailure> {
    /// The same without the secrets that a server repeated: all that a node tells of its servers
    /// before the start passes here.
    func hiding(_ secrets: SecretFilter, in configuration: RunConfiguration) -> Self {
        switch self {
        case .success(var ready):
            // Names that the run itself gives are no server's words.
            let own =
                configuration.servers.map(\.model) + [configuration.model]
                + configuration.models
            for targetIndex in ready.targets.indices {
                var target = ready.targets[targetIndex]
                if !own.contains(target.model) { target.model = secrets.redact(target.model) }
                target.detail = secrets.redact(target.detail)
                target.profileJSON = secrets.redact(target.profileJSON)
                target.remarks = target.remarks.map(secrets.redact)
                ready.targets[targetIndex] = target
            }
            return .success(ready)
        case .failure(let failure):
            return .failure(PreparationFailure(reason: secrets.redact(failure.reason)))
        }
    }
}
