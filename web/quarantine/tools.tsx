// What can be done with the marked items.
import { t } from '../words.ts'
import { isAdministrator, want, wantEntry } from './act.ts'
import type { Action } from './item.ts'
import * as list from './list.ts'

export const TOOLS: readonly Action[] = ['release', 'releaseAndTrain', 'notSpam', 'spam', 'delete']

export function Tools() {
  const marked = [...list.marked.value]
  const total = list.items.value.length
  const isAll = total > 0 && marked.length === total
  const { chip } = list.asked.value
  if (total === 0 && !list.isLoading.value) return null
  const back = chip === 'deleted' && isAdministrator()
  return (
    <div class="tools" role="toolbar" aria-label={t('tools')}>
      <label class="box">
        <input
          type="checkbox"
          checked={isAll}
          indeterminate={marked.length > 0 && !isAll}
          disabled={total === 0}
          onClick={() => list.markAll(!isAll)}
          aria-label={t('mark.all')}
        />
      </label>
      <span class="marked-count" aria-live="polite">
        {t('marked', { n: marked.length })}
      </span>
      {(back ? (['undo'] as const) : TOOLS).map((action) => (
        <button
          type="button"
          class={action === 'release' ? 'primary' : ''}
          disabled={marked.length === 0}
          onClick={() => want(action, marked)}
        >
          {t(back ? 'do.restore' : `do.${action}`)}
        </button>
      ))}
      <button
        type="button"
        disabled={marked.length === 0}
        onClick={() => wantEntry('allow', marked)}
      >
        {t('do.allow')}
      </button>
      <button
        type="button"
        disabled={marked.length === 0}
        onClick={() => wantEntry('block', marked)}
      >
        {t('do.block')}
      </button>
    </div>
  )
}
