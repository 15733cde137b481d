// One message that several people of an administrator's got: released for all of them at once, once their number was seen.
import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { get, post } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { tell, tellBad } from '../told.tsx'
import { t } from '../words.ts'
import { isAdministrator } from './act.ts'
import * as list from './list.ts'

const planned = signal<{ id: number; count: number } | null>(null)
const path = (id: number): string => `items/${id}:releaseForAll`

export function ForAll({ id }: { id: number }) {
  const [count, setCount] = useState(0)
  useEffect(() => {
    if (!isAdministrator()) return undefined
    const stop = new AbortController()
    void get<{ count: number }>(path(id), stop.signal).then(
      (found) => setCount(found.count),
      () => undefined,
    )
    return () => stop.abort()
  }, [id, list.items.value])
  if (count < 2) return null
  return (
    <button type="button" onClick={() => (planned.value = { id, count })}>
      {t('forall', { n: count })}
    </button>
  )
}

export function ConfirmForAll() {
  const plan = planned.value
  if (!plan) return null
  const close = (): void => {
    planned.value = null
  }
  const release = async (): Promise<void> => {
    close()
    const { released } = await post<{ released: number }>(path(plan.id), { count: plan.count })
    tell(t('done.release', { n: released }))
    await list.refresh()
  }
  return (
    <Dialog title={t('forall', { n: plan.count })} close={close}>
      <p>{t('forall.about', { n: plan.count })}</p>
      <div class="choices">
        <button type="button" class="primary" onClick={() => void release().catch(tellBad)}>
          {t('do.release')}
        </button>
        <button type="button" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </Dialog>
  )
}
