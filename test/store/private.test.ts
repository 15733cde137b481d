// Whose the data are: nobody else's, whatever the umask was when they were made.
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../plugin/config.ts'
import { open } from '../../plugin/open.ts'
import { tempDir } from '../tmp.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

async function opened(dir: string): Promise<readonly string[]> {
  const lazaret = open(readConfig({ main: { base_model: 'no' } }), dir)
  const { notes } = lazaret
  await lazaret.close()
  return notes
}

test('files are 0600 and a folder is 0700, also where the umask lets everybody in', async () => {
  const mask = process.umask(0)
  onTestFinished(() => void process.umask(mask))
  const dir = join(tempDir(), 'data')
  expect(await opened(dir)).toEqual([])
  expect(modeOf(dir)).toBe('700')
  for (const name of readdirSync(dir).filter((one) => statSync(join(dir, one)).isFile()))
    expect([name, modeOf(join(dir, name))]).toEqual([name, '600'])
})

test('a folder that others can enter is tightened and said; their rights on files go, too', async () => {
  const dir = join(tempDir(), 'data')
  await opened(dir)
  chmodSync(dir, 0o755)
  chmodSync(join(dir, 'data.mdb'), 0o644)
  expect(await opened(dir)).toEqual([`others could enter ${dir} (mode 755); its mode is 700 now`])
  expect([modeOf(dir), modeOf(join(dir, 'data.mdb'))]).toEqual(['700', '600'])
  expect(await opened(dir)).toEqual([])
})

test('a folder with other things in it is refused and left as it is', async () => {
  const dir = join(tempDir(), 'shared')
  mkdirSync(dir)
  chmodSync(dir, 0o755)
  writeFileSync(join(dir, 'index.html'), '')
  await expect(opened(dir)).rejects.toThrow(
    /others can enter .*index\.html.*main\.data_dir.*chmod 700/,
  )
  expect(modeOf(dir)).toBe('755')
  expect(readdirSync(dir)).toEqual(['index.html'])
})
