// What an address is told of its caught mail: how often, when, where to; how it would be now, and one now.
import { useEffect, useState } from 'preact/hooks'
import { get, post } from '../api.ts'
import { Dialog } from '../dialog.tsx'
import { Moment } from '../parts.tsx'
import { translated } from '../sentences.ts'
import { tell, tellBad } from '../told.tsx'
import { t, type Word } from '../words.ts'
import { Choose, TextField } from './fields.tsx'
import { settings } from './store.ts'

interface Status {
  next: string | null
  waiting: number
  last: { at: string; items: number; state: string; reply: string } | null
  note: string | null
}

interface Preview {
  subject: string
  path: string
}

const EVERY: Record<string, Word> = {
  off: 'digest.off',
  weekly: 'digest.weekly',
  weekdays: 'digest.weekdays',
  daily: 'digest.daily',
  '12 hours': 'digest.12',
  '8 hours': 'digest.8',
  '6 hours': 'digest.6',
  '4 hours': 'digest.4',
  '2 hours': 'digest.2',
  hourly: 'digest.hourly',
}
const DAYS: Record<string, Word> = {
  monday: 'day.monday',
  tuesday: 'day.tuesday',
  wednesday: 'day.wednesday',
  thursday: 'day.thursday',
  friday: 'day.friday',
  saturday: 'day.saturday',
  sunday: 'day.sunday',
}

/** Of what became of the last one, what a person should know. */
const LAST: Record<string, Word> = { failed: 'digest.failed', unknown: 'digest.unknown' }

/** `isAbove`: whoever looks may say what links do. */
export function Digest({ scope, isAbove }: { scope: string; isAbove: boolean }) {
  const every = settings.value?.get('digest')?.value ?? 'off'
  return (
    <>
      <h2>{t('digest')}</h2>
      <Choose name="digest" label="digest.every" about="digest.about" values={EVERY} />
      {every !== 'off' && (
        <>
          {every === 'weekly' && <Choose name="digest_day" label="digest.day" values={DAYS} />}
          {every !== 'hourly' && (
            <TextField name="digest_hour" label="digest.hour" kind="number" unit="oclock" />
          )}
          <TextField name="time_zone" label="digest.zone" about="digest.zone.about" />
          <Choose
            name="digest_to"
            label="digest.to"
            values={{ both: 'digest.to.both', mail: 'digest.to.mail', inbox: 'digest.to.inbox' }}
          />
        </>
      )}
      {isAbove && every !== 'off' && (
        <Choose
          name="digest_links"
          label="digest.links"
          about="digest.links.about"
          values={{
            none: 'digest.links.none',
            release: 'digest.links.release',
            train: 'digest.links.train',
            all: 'digest.links.all',
          }}
        />
      )}
      {scope.includes('@') && <Now scope={scope} />}
    </>
  )
}

function Now({ scope }: { scope: string }) {
  const path = `digest/${encodeURIComponent(scope)}`
  const [status, setStatus] = useState<Status | null>(null)
  const [preview, setPreview] = useState<Preview | null>(null)
  const plan = [...(settings.value?.values() ?? [])].map(({ value }) => value).join()
  const look = (): void => void get<Status>(path).then(setStatus, () => setStatus(null))
  useEffect(look, [path, plan])
  const send = (): void =>
    void post<{ items: number }>(`${path}/send`, {}).then(({ items }) => {
      tell(t('digest.sent', { n: items }))
      look()
    }, tellBad)
  const show = (): void =>
    void post<Preview>(`${path}/preview`, { all: status?.waiting === 0 }).then(setPreview, tellBad)
  return (
    <div class="field">
      <span class="about">
        {status && (
          <span>
            {t('digest.waiting', { n: status.waiting })}{' '}
            {status.next !== null && (
              <>
                {t('digest.next')} <Moment at={status.next} ahead />.
              </>
            )}
          </span>
        )}
        {status?.last && LAST[status.last.state] && (
          <span>
            <Moment at={status.last.at} />: {t(LAST[status.last.state])}{' '}
            <bdi>{translated(status.last.reply)}</bdi>
          </span>
        )}
        {status !== null && status.note !== null && <span>{t('digest.linkless')}</span>}
      </span>
      <p class="buttons">
        <button type="button" onClick={show}>
          {t('digest.preview')}
        </button>
        <button type="button" onClick={send}>
          {t('digest.send')}
        </button>
      </p>
      {preview && (
        <Dialog title={preview.subject} close={() => setPreview(null)} kind="preview">
          <iframe
            class="formatted"
            title={t('digest')}
            sandbox=""
            referrerpolicy="no-referrer"
            src={preview.path}
          />
        </Dialog>
      )}
    </div>
  )
}
