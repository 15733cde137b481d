// A process that people give lessons in and that judges no mail, as one that serves IMAP: each time it is
// told to, it does one drop, and tells how long that took and how long its event loop stood still.
import { readConfig } from '../../../plugin/config.ts'
import type { Login } from '../../../plugin/mail.ts'
import { open } from '../../../plugin/open.ts'

/** Drops `uid` of `from` into `to`. */
export interface Drop {
  uid: number
  from: string
  to: string
}

export interface Dropped {
  refused: boolean
  ms: number
  /** Longest time between two turns of the event loop, ms. */
  stood: number
}

const [dir, account] = process.argv.slice(2)
const login: Login = { account, tier: 'address', scope: account }
const lazaret = open(readConfig({}), dir)
const person = lazaret.quarantine.as(login)

async function drop({ uid, from, to }: Drop): Promise<Dropped> {
  const folders = person.folders.all()
  const [source, target] = [from, to].map((id) => folders.find((one) => one.id === id))
  if (!source || !target) throw new Error(`there is no folder ${from} or ${to}`)
  const watch = watchTurns()
  const since = performance.now()
  let refused = false
  try {
    await person.messages.move(source, [uid], target)
  } catch {
    refused = true
  }
  return { refused, ms: performance.now() - since, stood: watch() }
}

/** Answers how to stop, which answers the longest time between two turns. */
function watchTurns(): () => number {
  let longest = 0
  let last = performance.now()
  let on = true
  const turn = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (on) setImmediate(turn)
  }
  setImmediate(turn)
  return () => {
    on = false
    return Math.max(longest, performance.now() - last)
  }
}

process.on('message', (asked: Drop | 'end') => {
  if (asked === 'end') void lazaret.close().then(() => process.disconnect())
  else void drop(asked).then((dropped) => process.send?.(dropped))
})
process.send?.('open')
