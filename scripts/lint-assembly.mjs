// Lints assembly/. A decorator in front of a function (@inline) is AssemblyScript and no TypeScript: no
// parser of oxlint reads it, so a copy is linted in which such lines are comments. Lines stay where they are.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const copy = mkdtempSync(join(tmpdir(), 'lint-'))
try {
  cpSync('assembly', join(copy, 'assembly'), { recursive: true })
  for (const name of readdirSync(join(copy, 'assembly'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = join(copy, 'assembly', name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^@(?=\w+$)/gm, '//'))
  }
  const { status } = spawnSync(
    process.execPath,
    [
      join(process.cwd(), 'node_modules/oxlint/bin/oxlint'),
      '--deny-warnings',
      '--config',
      join(process.cwd(), 'scripts/oxlint-assembly.json'),
      'assembly',
    ],
    { cwd: copy, stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
