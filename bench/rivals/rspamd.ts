// rspamd's Bayes with redis behind it, by HTTP as rspamc does; of its rules only the Bayes symbols.
import { startRspamd, rspamd as service } from './daemons.ts'
import type { Rival } from './rival.ts'

interface Checked {
  symbols: Record<string, { score: number } | undefined>
}

/** Scores of a sure BAYES_SPAM and BAYES_HAM (scores.d/statistics_group.conf as it comes). */
const SPAM_MOST = 5.1
const HAM_MOST = -3
const ONLY_BAYES = JSON.stringify({ symbols_enabled: ['BAYES_SPAM', 'BAYES_HAM'] })
/** From the first lesson on, as with the others; what it stores and how it learns is as it comes. */
const CLASSIFIER = { 'local.d/classifier-bayes.conf': 'min_learns = 1;\nautolearn = false;\n' }

export const rspamd: Rival = {
  name: 'rspamd Bayes',
  missing: service.missing,
  begin: async (dir) => {
    const daemon = await startRspamd(dir, CLASSIFIER)
    const { scan, control } = daemon
    return {
      score: async ({ raw }) => {
        const checked = await post(`${scan}/checkv2`, raw, { Settings: ONLY_BAYES })
        return scoreOf((await checked.json()) as Checked)
      },
      learn: async ({ raw, label }) => {
        const learned = await post(`${control}/learn${label}`, raw)
        await learned.arrayBuffer()
      },
      close: async () => await daemon.stop(),
    }
  },
}

/** Monotone in its probability: the symbol's score is. */
function scoreOf({ symbols }: Checked): number {
  const { BAYES_SPAM: spam, BAYES_HAM: ham } = symbols
  if (spam) return 0.5 + spam.score / SPAM_MOST / 2
  return ham ? 0.5 - ham.score / HAM_MOST / 2 : 0.5
}

/** 204 and 208: it learns nothing from what it knows, or has too few words. */
async function post(url: string, raw: Buffer, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { method: 'POST', body: new Uint8Array(raw), headers })
  if (answer.ok) return answer
  const text = await answer.text()
  if (/already learned|skip|too few|<error>|no tokens|not enough/i.test(text)) return new Response()
  throw new Error(`${url}: ${answer.status} ${text.slice(0, 300)}`)
}
