// Whose a file is, said where it cannot be opened.
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asOwnerOf, explain, sentenceOf, userName, whatBars } from '../plugin/whose.ts'
import { tempDir } from './tmp.ts'

const NOBODY = { uid: 65_534, gid: 65_534 }

test('what bars another user is the first thing on the way that does', () => {
  const dir = tempDir()
  chmodSync(dir, 0o755)
  mkdirSync(join(dir, 'closed'), { mode: 0o700 })
  const file = join(dir, 'closed', 'key.pem')
  writeFileSync(file, 'x', { mode: 0o600 })
  const me = userName(process.getuid?.() ?? 0)
  const nobody = userName(NOBODY.uid)
  expect(whatBars(NOBODY, file, 'read')).toBe(
    `${nobody} may not read ${file}: ${join(dir, 'closed')} belongs to ${me} (mode 700)`,
  )
  chmodSync(join(dir, 'closed'), 0o755)
  expect(whatBars(NOBODY, file, 'read')).toMatch(/: .*key\.pem belongs to .* \(mode 600\)$/)
  chmodSync(file, 0o644)
  expect(whatBars(NOBODY, file, 'read')).toBeNull()
  expect(whatBars(NOBODY, file, 'run')).toMatch(/may not run .*mode 644/)
  expect(whatBars({ uid: 0, gid: 0 }, file, 'run')).toBeNull()
})

test('an error of the system names file, owner and who asked; others stay what they are', () => {
  const dir = tempDir()
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: dir })
  const me = userName(process.geteuid?.() ?? 0)
  expect(sentenceOf(error)).toBe(`${me} may not open ${dir}: ${dir} belongs to ${me} (mode 700)`)
  // Of what is not there, the folder that is.
  expect(explain(join(dir, 'a', 'b'), error)).toContain(`: ${dir} belongs to`)
  expect(explain(dir, { code: 'EROFS' })).toMatch(/read-only/)
  expect(sentenceOf(new Error('other'))).toBe('other')
})

test('a file that is not there, or is a folder, is said in words', () => {
  const dir = tempDir()
  const file = join(dir, 'file')
  writeFileSync(file, '')
  const why = (path: string): string => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      return sentenceOf(error)
    }
  }
  expect(why(join(dir, 'nothing'))).toBe(`there is no ${join(dir, 'nothing')}`)
  expect(why(join(dir, 'a', 'b'))).toBe(
    `there is no ${join(dir, 'a', 'b')}, nor a folder ${join(dir, 'a')}`,
  )
  expect(why(join(file, 'b'))).toMatch(/as a folder is a file$/)
  expect(why(dir)).toBe('what was named is a folder, not a file')
  expect(sentenceOf({ code: 'EISDIR', path: dir })).toBe(`${dir} is a folder, not a file`)
})

test.runIf(process.getuid?.() === 0)('root does what it does in a folder as its owner', () => {
  const dir = tempDir()
  chownSync(dir, NOBODY.uid, NOBODY.gid)
  expect(asOwnerOf(dir, () => process.geteuid?.())).toBe(NOBODY.uid)
  expect(process.geteuid?.()).toBe(0)
})
