// The filter: masks, kernel and judge behind one value. Knows nothing of store or Haraka; whoever owns it
// brings lessons and list entries.
import type { Thresholds, Verdict } from '../mail.ts'
import { judge, type Lessons } from './judge.ts'
import { Kernel } from './kernel.ts'
import type { Score } from './score.ts'
import { decideLists, type ListQuery } from './lists.ts'
import { MaskIndex } from './mask-index.ts'

export class Filter {
  // Made when they are needed: most processes judge nothing.
  #kernel: Kernel | null = null
  #masks: MaskIndex | null = null

  get kernel(): Kernel {
    return (this.#kernel ??= new Kernel())
  }

  /** Makes the kernel, which takes some ms; false: it was there. */
  start(): boolean {
    if (this.#kernel) return false
    this.#kernel = new Kernel()
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
   * The verdict for one recipient. `score` is asked for only where no list decides, so that a message
   * to many recipients is scored once at most.
   */
  verdict(query: ListQuery, score: () => Score, thresholds: Thresholds, lessons: Lessons): Verdict {
    const list = decideLists(this.masks, query)
    return judge({ score: list ? null : score(), list, thresholds, lessons })
  }
}
