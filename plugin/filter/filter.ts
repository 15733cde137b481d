// The filter: masks, kernel and judge behind one value. Knows nothing of store or Haraka; whoever owns it
// brings lessons and list entries.
import type { Thresholds, Verdict } from '../mail.ts'
import { judge, type Lessons } from './judge.ts'
import { Kernel } from './kernel.ts'
import type { Score } from './score.ts'
import { decideLists, type ListQuery } from './lists.ts'
import { MaskIndex } from './mask-index.ts'

/** Nobody asks for them where a list decides. */
const NO_LESSONS: Lessons = { ham: 0, spam: 0, prior: false }

/** Octets of a process for the layers of those who get mail at the moment: some 600 people with 20 lessons each. */
const LAYERS_ROOM = 24 * 1024 * 1024

export class Filter {
  // Made when they are needed: most processes judge nothing.
  #kernel: Kernel | null = null
  #masks: MaskIndex | null = null

  get kernel(): Kernel {
    return (this.#kernel ??= new Kernel({ layers: LAYERS_ROOM }))
  }

  /** Makes the kernel, which takes some ms; false: it was there. */
  start(): boolean {
    if (this.#kernel) return false
    this.#kernel = new Kernel({ layers: LAYERS_ROOM })
    return true
  }

  get masks(): MaskIndex {
    return (this.#masks ??= new MaskIndex())
  }

  /** Masks anew, of which there are none. */
  freshMasks(): MaskIndex {
    return (this.#masks = new MaskIndex())
  }

  /**
   * The verdict for one recipient. `score` is asked for only where no list decides, and answers with the lessons that it comes
   * from.
   */
  verdict(
    query: ListQuery,
    score: () => { score: Score; lessons: Lessons },
    thresholds: Thresholds,
  ): Verdict {
    const list = decideLists(this.masks, query)
    if (list) return judge({ score: null, list, thresholds, lessons: NO_LESSONS })
    return judge({ list, thresholds, ...score() })
  }
}
