internal import Workload

extension ScenarioReader {
    /// The models of a class: one name, or names with shares that add up to 100 %.
    func models(_ section: SectionReader) -> ModelMix? {
        guard let value = section.value("model") else { return nil }
        guard case .map(let entries, _) = value else {
            return section.filledText("model").flatMap { checked(ModelMix($0), section) }
        }
        var parts: [ModelMix.Part] = []
        for entry in entries {
            guard case .scalar(let text, _, let origin) = entry.value else {
                collector.report(
                    entry.value.origin, "a model's share is one value, such as `50 %`")
                return nil
            }
            do throws(QuantityError) {
                let share = try Quantity.parse(text, .share)
                // An adapter that is given nothing to do is left out.
                if share != 0 { parts.append(ModelMix.Part(model: entry.key, weight: share)) }
            } catch {
                collector.report(origin, "`\(entry.key)`: \(error.message)")
                return nil
            }
        }
        let total = parts.reduce(0) { $0 + $1.weight }
        guard abs(total - 100) <= 0.01 else {
            section.report(
                "model", "the shares of the models add up to \(total) %, not 100 %")
            return nil
        }
        return checked(ModelMix(parts), section)
    }

    private func checked(_ mix: ModelMix, _ section: SectionReader) -> ModelMix? {
        guard let defect = mix.defect else { return mix }
        section.refuse("model", defect)
        return nil
    }
}
