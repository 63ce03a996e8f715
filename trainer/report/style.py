"""How a report looks: on a phone, on a screen, light or dark, and on paper."""

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --soft: #6a737d; --line: #d5dae0;
  --first: #2563a8; --second: #c2570c; --good: #1f7a44; --bad: #b3261e; --field: #f3f5f8; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e6e9ed; --soft: #9aa4af; --line: #333a43;
    --first: #6fa8e8; --second: #f0924a; --good: #5cc487; --bad: #ff8a80; --field: #1e2329; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-top: .8rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .5rem 0; max-width: 46rem; }
.verdict { font-weight: 600; padding: .6rem .8rem; border-left: .35rem solid var(--soft); background: var(--field); }
.verdict.yes { border-color: var(--good); } .verdict.no { border-color: var(--bad); }
.remark { color: var(--soft); }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; white-space: nowrap; }
th, td { padding: .28rem .7rem .28rem 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top;
  white-space: nowrap; overflow-wrap: normal; }
th[scope=row], th:first-child, .text { text-align: left; font-weight: 400; white-space: normal; min-width: 7rem; }
thead th, thead th:first-child, thead th.text { font-weight: 600; vertical-align: bottom; white-space: normal; }
td.shaded { padding-left: .7rem; background: color-mix(in srgb, var(--first) calc(var(--share) * 45%), transparent); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.5rem), 1fr)); gap: .5rem 1.2rem;
  margin: .8rem 0; }
dt { color: var(--soft); font-size: .88rem; } dd { margin: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: .5rem 1.5rem; }
figure { margin: .5rem 0; } figure svg { width: 100%; height: auto; max-width: 30rem; }
figcaption { color: var(--soft); font-size: .88rem; }
figure svg * { stroke-linejoin: round; }
figure svg text { font-family: system-ui, sans-serif !important; }
.faces { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.2rem, 1fr)); gap: .8rem; }
.faces img { width: 100%; image-rendering: auto; border-radius: 4px; display: block; }
.scenes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.scenes img { width: 100%; height: auto; display: block; }
summary { cursor: pointer; color: var(--soft); }
@media print {
  :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --first: #2563a8; --second: #c2570c; --good: #1f7a44; --bad: #b3261e; --field: #f3f5f8; }
  html { font-size: 11px; } .scroll { overflow: visible; }
  body { max-width: none; padding: 0; }
  details > *, details::details-content { display: block; content-visibility: visible; }
  figure, tr, dl { break-inside: avoid; } h2, h3, h4, caption, thead { break-after: avoid; } }
"""
