// Entries of the domain and of everybody, which hold here as well: to be read, not to be changed.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../api.ts'
import { tellBad } from '../told.tsx'
import { t } from '../words.ts'
import type { Kind } from './entries.ts'

interface Page {
  entries: { scope: string; mask: string }[]
  next: string | null
}

const PAGE = 20

export function Inherited({ scope, kind }: { scope: string; kind: Kind }) {
  const [page, setPage] = useState<Page>({ entries: [], next: null })
  const read = async (from: Page): Promise<void> => {
    const query = new URLSearchParams({ scope, list: kind, limit: String(PAGE) })
    if (from.next !== null) query.set('cursor', from.next)
    const { entries, next } = await get<Page>(`lists:inherited?${query.toString()}`)
    setPage({ entries: [...from.entries, ...entries], next })
  }
  useEffect(() => {
    if (scope !== 'global') void read({ entries: [], next: null }).catch(tellBad)
  }, [scope, kind])
  if (page.entries.length === 0) return null
  return (
    <details class="inherited">
      <summary>{t('list.inherited')}</summary>
      <ul>
        {page.entries.map(({ mask, scope: of }) => (
          <li key={`${of} ${mask}`}>
            <bdi>{mask}</bdi>{' '}
            <span class="quiet">{of === 'global' ? t('scope.everybody') : <bdi>{of}</bdi>}</span>
          </li>
        ))}
      </ul>
      {page.next !== null && (
        <button type="button" class="text" onClick={() => void read(page).catch(tellBad)}>
          {t('more')}
        </button>
      )}
    </details>
  )
}
