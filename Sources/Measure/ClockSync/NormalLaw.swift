/// Constants of the normal law, by which scatter is judged.
enum NormalLaw {
    /// The median of squared standard normals: of chi square with one degree of freedom.
    static let medianSquare = 0.4549
}
