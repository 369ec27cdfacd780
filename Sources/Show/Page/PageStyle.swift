/// The page's style: one column, system fonts, two greys, one accent, one red, light and dark.
enum PageStyle {
    static let css = colours + layout + drawings + narrow + print

    private static let light = """
        --paper:#fcfcfb;--ink:#17191d;--grey:#5d646e;--rule:#d8dbe0;--accent:#1d5fa6;
        --fill:#cfdff0;--red:#b3202c;--first:#7d1420;--stall:#cb3a44;--slow:#efa69d;
        --other:#b9a7a7;--tint:#f3e3e2;--code:#f1f2f4;--on-first:#fff;--on-stall:#fff;
        --on-slow:#17191d;--on-other:#17191d;
        """

    private static let dark = """
        --paper:#131519;--ink:#e9ebee;--grey:#9ba2ac;--rule:#343940;--accent:#74b0f2;
        --fill:#223e5e;--red:#ff7a76;--first:#ffb3ab;--stall:#e8555a;--slow:#8d3239;
        --other:#6e6464;--tint:#2c1c1f;--code:#1b1e23;--on-first:#131519;--on-stall:#131519;
        --on-slow:#fff;--on-other:#fff;
        """

    private static let colours = """
        :root{color-scheme:light dark;\(light)}
        @media(prefers-color-scheme:dark){:root{\(dark)}}
        :root[data-theme=light]{color-scheme:light;\(light)}
        :root[data-theme=dark]{color-scheme:dark;\(dark)}

        """

    private static let layout = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
        font-variant-numeric:tabular-nums}
        main{max-width:1096px;margin:0 auto;padding:20px 28px 60px}
        h1{font-size:30px;font-weight:650;line-height:1.2;margin:0 0 10px;text-wrap:balance}
        h2{font-size:18px;font-weight:650;line-height:1.3;margin:0;max-width:66ch}
        h3{font-size:14px;font-weight:650;margin:22px 0 6px}
        b{font-weight:650}
        section{margin-top:44px}
        section>header{display:flex;justify-content:space-between;gap:20px;align-items:baseline}
        p{margin:6px 0;max-width:66ch}
        .read,small,.csv,dt{color:var(--grey)}
        .read{font-size:13px;max-width:80ch;margin:2px 0 10px}
        .say{font-size:14px;overflow-wrap:anywhere}
        small{font-size:12px}
        .grey{color:var(--grey)}.red{color:var(--red)}
        a{color:inherit;text-decoration-color:var(--rule)}
        .csv{font-size:13px;background:none;border:0;padding:0}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        .facts{display:flex;flex-wrap:wrap;gap:2px 18px;max-width:none;font-size:13px;
        color:var(--grey);overflow-wrap:anywhere}
        .tools{margin-left:auto;display:flex;gap:14px}
        .facts>span:first-child,.facts>span:nth-child(2){color:var(--ink);font-weight:650}
        .banner{border-left:3px solid var(--red);background:var(--tint);padding:10px 14px;
        margin:14px 0}
        .banner>b{color:var(--red)}
        .head{display:grid;grid-template-columns:1fr 1fr;gap:36px;margin-top:18px}
        .head>div{min-width:0}
        .ends{display:flex;justify-content:space-between;font-size:13px}
        .bar{display:flex;height:20px;position:relative;background:var(--rule);overflow:hidden;
        print-color-adjust:exact;-webkit-print-color-adjust:exact}
        .bar.tall{height:44px}
        .bar i,.bar>div{display:block;height:100%;flex:none;overflow:hidden;white-space:nowrap;
        text-overflow:ellipsis;font-size:13px}
        .bar s{position:absolute;top:6px;height:8px;border:solid var(--paper);border-width:0 1.5px;
        background:linear-gradient(var(--paper),var(--paper)) center/100% 1.5px no-repeat}
        .kept{background:var(--accent)}
        .cause{background:var(--other);print-color-adjust:exact;-webkit-print-color-adjust:exact}
        .first_token{background:var(--first)}.stall{background:var(--stall)}
        .slow_decode{background:var(--slow)}
        .bar.tall>div{padding:3px 8px;line-height:1.3;border-right:1px solid var(--paper)}
        .bar.tall b,.bar.tall span{display:block;overflow:hidden;text-overflow:ellipsis}
        .bar.tall .cause{color:var(--on-other)}.bar.tall .first_token{color:var(--on-first)}
        .bar.tall .stall{color:var(--on-stall)}.bar.tall .slow_decode{color:var(--on-slow)}
        .bar.tall+.key{justify-content:flex-end;color:var(--red)}
        .kept-part{background:var(--fill);text-indent:8px}.lost-part{background:var(--red)}
        .wedge{display:block;width:100%;height:24px}.wedge path{fill:var(--red);opacity:.1}
        .code{position:relative}.copy{position:absolute;top:6px;right:8px;font-size:12px;
        background:var(--code);padding:2px 6px}
        section,#top{scroll-margin-top:64px}section:focus,#top:focus{outline:0}
        section:focus-visible>header{outline:2px solid var(--accent);outline-offset:4px}
        .words{border-collapse:collapse;font-size:13px;width:100%}
        .words th,.words td{text-align:left;vertical-align:top;font-weight:400;
        padding:7px 14px 7px 0;border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
        .words th,.words td:nth-child(2){white-space:nowrap}
        .words thead th{color:var(--grey);padding-bottom:4px}
        dialog{border:1px solid var(--rule);background:var(--paper);color:var(--ink);
        padding:14px 22px 18px;max-width:min(420px,92vw)}
        dialog::backdrop{background:#0006}
        kbd{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
        border:1px solid var(--rule);padding:0 6px;margin-right:4px}
        .bar.parts{margin-bottom:14px}
        .bar.parts>div{border-right:1px solid var(--paper);padding:0 6px}
        .key{list-style:none;padding:0;margin:6px 0;display:flex;flex-wrap:wrap;gap:2px 22px;
        font-size:13px}
        .key i{display:inline-block;width:10px;height:10px;margin-right:4px}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;font-size:14px;
        margin:14px 0}
        dd{margin:0;overflow-wrap:anywhere;min-width:0}
        ol{margin:0;padding-left:20px;font-size:14px}
        .wide{overflow-x:auto}
        .figures{border-collapse:collapse;font-size:13px;width:100%}
        .figures th,.figures td{padding:4px 0 4px 10px;text-align:right;white-space:nowrap;
        font-weight:400}
        .figures th:first-child{text-align:left;padding-left:0}
        .figures thead th{color:var(--grey);border-bottom:1px solid var(--rule)}
        .figures tbody th{max-width:320px;overflow:hidden;text-overflow:ellipsis}
        .figures .word{text-align:left}
        .figures b{font-weight:400}
        pre{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;margin:0;
        background:var(--code);padding:12px;overflow:auto;max-height:420px;white-space:pre-wrap;
        overflow-wrap:anywhere;padding-right:64px}
        .two{display:grid;grid-template-columns:1fr 1fr;gap:0 36px}.two>div{min-width:0}
        .three{display:grid;grid-template-columns:repeat(3,1fr);gap:22px 28px}
        .four{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:14px 24px;
        margin-bottom:18px}
        figure{margin:0;min-width:0;font-size:13px}
        figure .read{margin-bottom:2px}
        #lens{position:sticky;top:0;z-index:1;background:var(--paper);display:flex;gap:8px 30px;
        flex-wrap:wrap;align-items:center;border-bottom:1px solid var(--rule);padding:10px 0;
        margin-top:22px;font-size:13px}
        #lens[hidden]{display:none}
        #lens label{display:flex;gap:8px;align-items:center}
        #lens input{width:150px;accent-color:var(--accent)}
        #lens output{min-width:5.5em}
        #result{margin-left:auto}
        button{font:inherit;color:inherit;background:none;border:0;padding:2px 0;cursor:pointer;
        text-decoration:underline;text-decoration-color:var(--rule)}
        #reset[hidden]{display:none}
        .other h1,.other .head dl,.other .head table,.other #loss,.other #parts{opacity:.4}
        .point{min-height:1.5em;font-size:13px;max-width:none;margin:0}

        """

    private static let drawings = """
        svg{display:block;max-width:100%;height:auto;overflow:visible}
        .drawn svg,.drawn canvas{max-width:none;display:block}
        .drawn{position:relative;touch-action:pan-y}
        .drawn canvas{position:absolute;left:0;top:0}.drawn svg{position:relative}
        .three.drawn>figure{position:relative}
        svg text{font-size:12px;fill:var(--ink)}
        svg text.grey{fill:var(--grey)}svg text.red{fill:var(--red)}
        svg .accent{fill:var(--accent)}
        svg .end{text-anchor:end}svg .middle{text-anchor:middle}
        svg .halo,svg .label,svg .label-reader{paint-order:stroke;stroke:var(--paper);
        stroke-width:3px}
        svg .label{fill:var(--red)}
        .rule{stroke:var(--rule);stroke-width:.5}.zero{stroke:var(--grey);stroke-width:1}
        .bound{stroke:var(--red);stroke-width:1.2}
        .curve{fill:none}.curve.node{stroke:var(--grey);stroke-width:.7;opacity:.6}
        .curve.whole{stroke:var(--accent);stroke-width:2}
        .contour{fill:var(--red);fill-opacity:.14;stroke:var(--red);stroke-width:.8}
        .frame{fill:none;stroke:var(--rule)}
        .reader{fill:var(--paper);stroke:var(--ink);stroke-width:2}
        .kept-area{fill:var(--fill)}.lost-area{fill:var(--stall)}
        .outline{fill:none;stroke:var(--ink);stroke-width:1.1}
        .buffer{fill:var(--fill)}.waiting{fill:var(--red);fill-opacity:.22}
        .delivered{fill:none;stroke:var(--ink);stroke-width:1.6}
        .reading{fill:none;stroke:var(--accent);stroke-width:1.8}
        .flat{fill:none;stroke:var(--red);stroke-width:2.2}
        .ideal{fill:none;stroke:var(--grey);stroke-dasharray:1.5 3}
        .steady{fill:none;stroke:var(--grey)}
        .gap{fill:none;stroke:var(--red)}
        .area-first_token{fill:var(--first)}.area-stall{fill:var(--stall)}
        .area-slow_decode{fill:var(--slow)}.area-client_late,.area-unfinished,.area-void,
        .area-thought{fill:var(--other)}
        .waiting-area{fill:var(--red)}.cache{fill:none;stroke:var(--ink);stroke-width:1}
        .interval{stroke:var(--ink);stroke-width:1.2}.estimate{fill:var(--accent)}
        #surface svg{cursor:crosshair}
        .hair{stroke:var(--ink);stroke-width:.7}
        .drag{fill:var(--accent);fill-opacity:.15}

        """

    private static let narrow = """
        @media(max-width:860px){.head,.two{grid-template-columns:1fr}
        .three{grid-template-columns:repeat(2,1fr)}}
        @media(max-width:620px){main{padding:14px 16px 110px}h1{font-size:24px}
        .three{grid-template-columns:1fr}
        .wide>svg{min-width:620px}.four svg{width:100%}
        .figures td.word{white-space:normal;min-width:150px}
        #lens{position:fixed;top:auto;bottom:0;left:0;right:0;padding:8px 16px;margin:0;
        border-top:1px solid var(--rule);border-bottom:0}
        #lens input{width:110px}#result{margin-left:0}
        dl{grid-template-columns:1fr;gap:0}dt{margin-top:6px}
        dialog dl{grid-template-columns:max-content 1fr;gap:4px 14px}
        .words thead{display:none}
        .words tr,.words th,.words td{display:block;border:0;padding:1px 0}
        .words tr{border-bottom:1px solid var(--rule);padding:7px 0}.words th{font-weight:650}
        .words th,.words td:nth-child(2){white-space:normal}
        .words td::before{content:attr(data-of) ": ";color:var(--grey)}
        section,#top{scroll-margin-top:8px}}
        @media(prefers-reduced-motion:reduce){*{scroll-behavior:auto;transition:none;
        animation:none}}

        """

    private static let print = """
        :root.printing,:root.printing[data-theme]{color-scheme:light;\(light)}
        .printing main{width:700px;max-width:none;padding:0}
        .printing .three{grid-template-columns:repeat(3,1fr)}
        @media print{:root,:root[data-theme]{color-scheme:light;\(light)}
        main{max-width:none;padding:0}
        #lens,.csv,.point,.tools,.copy,dialog{display:none}
        section{margin-top:26px}section>header,.read{break-after:avoid}
        figure,svg,tr,.drawn,.bar,pre{break-inside:avoid}
        .wide{overflow:visible}.figures td.word{white-space:normal}
        .three{grid-template-columns:repeat(3,1fr)}pre{font-size:9px}
        .kept-area,.lost-area,.bar *,.wedge,canvas{print-color-adjust:exact;
        -webkit-print-color-adjust:exact}
        pre{max-height:none}}
        """
}
