// Another filter on the same mail: it scores messages, and is told what they were.
import type { Mail } from '../harness/mail.ts'

export interface Rival {
  name: string
  /** Why it cannot take part; null when it can. */
  missing(): string | null
  /** One that knows nothing. `dir` is empty. */
  begin(dir: string): Promise<Pupil>
}

export interface Pupil {
  /** The more, the more it is spam. */
  score(one: Labelled): Promise<number>
  learn(one: Labelled): Promise<void>
  close(): Promise<void>
}

/**
 * Protocol P1: scores of the messages in order, each taken before the message is learned.
 * @param late messages that come in between, before one is learned
 */
export async function online(
  rival: Rival,
  mail: readonly Labelled[],
  dir: string,
  late: number,
): Promise<number[]> {
  const pupil = await rival.begin(dir)
  try {
    const scores: number[] = []
    for (const [i, one] of mail.entries()) {
      scores.push(await pupil.score(one))
      if (i >= late) await pupil.learn(mail[i - late])
    }
    return scores
  } finally {
    await pupil.close()
  }
}

/** One whose cost is measured, too. */
export interface Resident extends Rival {
  /** The filter that has learned `mail`, in the cheapest form in which it judges many messages. `dir` is empty. */
  trained(mail: readonly Stored[], dir: string): Promise<Screener>
}

/** A message that is in a file, too. */
export type Stored = Labelled & { file: string }

export interface Screener {
  /** Judges messages; microseconds of a message, without the start of a process. */
  screen(mail: readonly Stored[]): Promise<number>
  close(): Promise<void>
}

export type Labelled = Mail & { label: 'ham' | 'spam' }
