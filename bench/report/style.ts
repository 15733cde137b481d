// The style sheet of the report. Series colours: Okabe and Ito's palette, which colour-blind people can
// tell apart, lighter where the page is dark.
import { COLOURS } from './looks.ts'

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fff; --text: #1c1e21; --faint: #63686e; --rule: #d9dce0; --warn: #8a4b00; --warn-page: #fff4e0;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #b8860b; --c5: #3a9bd9; --c6: #555;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181c; --text: #e6e7e9; --faint: #a0a5ab; --rule: #34383e; --warn: #ffc478; --warn-page: #33270f;
    --c0: #4aa8e0; --c1: #ff8f4d; --c2: #2fd0a0; --c3: #eaa2cb; --c4: #e6c04a; --c5: #8fd0ff; --c6: #bbb;
  }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 1240px; background: var(--page);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
p { max-width: 75ch } .faint, figcaption small { color: var(--faint) }
.warn { background: var(--warn-page); color: var(--warn); padding: .5rem .75rem; border-radius: 6px }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 1.5rem }
figure { margin: 0 } figcaption { font-weight: 600; margin-bottom: .25rem }
svg { width: 100%; height: auto; display: block }
svg text { fill: var(--faint); font: 12px system-ui, sans-serif }
svg .grid { stroke: var(--rule); stroke-width: 1 } svg .axis { stroke: var(--faint); fill: none }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round }
svg .ring { fill: var(--page); stroke-width: 2 }
${Array.from({ length: COLOURS }, (_, i) => `.c${i} { stroke: var(--c${i}); fill: var(--c${i}) }`).join('\n')}
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0 1rem }
th, td { padding: .3rem .8rem .3rem 0; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap }
th { color: var(--faint); font-weight: 600 } th:first-child, td:first-child { text-align: left }
`
