@main
struct Legato {
    static func main() {}
}
