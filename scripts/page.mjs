// Builds the page (web/) into dist/web, once: whoever installs the package builds nothing.
import { build } from 'esbuild'
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const from = join(root, 'web')
const to = join(root, 'dist', 'web')

rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })
await build({
  entryPoints: { page: join(from, 'main.tsx') },
  outdir: to,
  bundle: true,
  // What few people ever need comes when it is wanted.
  splitting: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  tsconfig: join(from, 'tsconfig.json'),
  legalComments: 'none',
  // The grammar of masks is the server's own (plugin/filter/mask.ts): what it asks of Node, a browser has by other names.
  alias: { 'node:url': join(from, 'browser', 'url.ts') },
  inject: [join(from, 'browser', 'buffer.ts')],
  logLevel: 'warning',
})
await build({
  entryPoints: [join(from, 'page.css')],
  outdir: to,
  bundle: true,
  minify: true,
  target: ['chrome120', 'firefox121', 'safari17'],
  logLevel: 'warning',
})
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(from, name), join(to, name))
for (const name of readdirSync(join(from, 'messages')))
  writeFileSync(
    join(to, name),
    JSON.stringify(JSON.parse(readFileSync(join(from, 'messages', name), 'utf8'))),
  )
