/// Short common English words, of which the usual tokenizers make one token each.
enum PromptWords {
    /// Bits of a draw that choose a word: the table has 2^9.
    static let bits = 9

    /// The words' UTF-8 bytes: ASCII letters only.
    static let table: [[UInt8]] = text.utf8.split { $0 == 0x20 || $0 == 0x0A }.map(Array.init)

    private static let text = """
        the and for that with this from have not are was but you all can had her his one our out she
        who has its said each which their time will way about many then them would make like him
        into two more write see number could people than first water been call now find long down
        day did get come made may part over new sound take only little work know place year live
        back give most very after thing just name good sentence man think say great where help
        through much before line right too mean old any same tell boy follow came want show also
        around form three small set put end does another well large must big even such because turn
        here why ask went men read need land home move try kind hand picture again change off play
        air away animal house point page letter mother answer found study still learn should world
        high every near add food between own below country plant last school father keep tree never
        start city earth eye light thought head under story saw left few while along might close
        seem next hard open example begin life always those both paper together got group often run
        until children side feet car mile night walk white sea began grow took river four carry
        state once book hear stop without second later miss idea enough eat face watch far really
        almost let above girl mountain cut young talk soon list song being leave family music color
        body dog black short wind question happen ship area half rock order fire south problem piece
        told knew pass since top whole king space heard best hour better true during hundred five
        remember step early hold west ground interest reach fast sing listen six table travel less
        morning ten simple several toward war lay against pattern slow center love person money
        serve appear road map rain rule pull cold notice voice unit power town fine certain fly fall
        lead cry dark machine note wait plan figure star box field rest correct able done beauty
        drive stood contain front teach week final gave green quick develop ocean warm free minute
        strong special mind behind clear tail produce fact street nothing course stay wheel full
        force blue object decide surface deep moon island foot system busy test record boat common
        gold possible plane age dry wonder laugh thousand ago ran check game shape equal hot brought
        heat snow bring yes distant fill east paint language among grand ball yet wave drop heart
        present heavy dance engine position arm wide sail material size vary settle speak weight
        general ice matter circle pair include divide felt perhaps pick count square reason length
        art subject region energy bed brother ride cell believe forest sit race window store summer
        train sleep prove leg wall catch mount wish sky board joy winter written wild kept glass
        grass job edge sign visit past soft fun bright gas weather month million bear finish happy
        hope flower strange gone jump baby eight village meet root buy raise solve
        """
}
