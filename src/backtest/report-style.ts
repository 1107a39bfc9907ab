/** Blue and orange, told apart by every kind of colour vision; light and dark. Contrast: text 4.5:1, marks 3:1 or more. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--blue:#0b62b8;--orange:#b35900}
@media (prefers-color-scheme:dark){:root{--paper:#12161b;--ink:#e6e9ed;--soft:#a0a8b2;--line:#39414b;--blue:#62b0ff;--orange:#ff9d4d}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}
.verdict{border-left:4px solid var(--blue);margin:0;padding:.5rem 1rem;font-weight:600}
figure{margin:0}svg{width:100%;height:auto;display:block}
svg text{fill:var(--soft);font-size:12px}
.grid{stroke:var(--line);stroke-width:1}.zero{stroke:var(--soft);stroke-width:1}
.real{stroke:var(--orange);stroke-width:3;stroke-dasharray:6 3}.dot{fill:var(--blue);fill-opacity:.7}
.line{fill:none;stroke:var(--blue);stroke-width:2}.fall{fill:var(--orange);fill-opacity:.5;stroke:var(--orange)}
.good{fill:var(--blue)}.bad{fill:var(--orange)}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.75rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.2rem .75rem;border-bottom:1px solid var(--line);text-align:right}
th:first-child{text-align:left;font-weight:400;overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:600}
.summary td{text-align:left;overflow-wrap:anywhere}details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft)}
`
