// From which score a message is unsure, and from which it is spam.
import { useEffect, useState } from 'preact/hooks'
import { share, t } from '../words.ts'
import { Source, Wrong } from './fields.tsx'
import { save, settings } from './store.ts'

export function Thresholds() {
  const unsure = settings.value?.get('unsure')
  const spam = settings.value?.get('spam')
  const [low, setLow] = useState(0)
  const [high, setHigh] = useState(1)
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    if (unsure) setLow(Number(unsure.value))
    if (spam) setHigh(Number(spam.value))
  }, [unsure?.value, spam?.value])
  if (!unsure || !spam) return null
  const keep = (key: string, value: number): void => {
    void save({ [key]: String(value) }).then((why) => setWrong(why ?? ''))
  }
  const percent = (value: string): string => share(Number(value))
  return (
    <div class="field thresholds">
      <div class="scale" aria-hidden="true">
        <span class="ham" style={{ flexGrow: low }} />
        <span class="unsure" style={{ flexGrow: Math.max(high - low, 0) }} />
        <span class="spam" style={{ flexGrow: 1 - high }} />
      </div>
      <label>
        <span>{t('set.unsure')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={low}
          aria-valuetext={share(low)}
          onInput={(event) => setLow(Math.min(Number(event.currentTarget.value), high))}
          onChange={() => keep('unsure', low)}
        />
        <output>{share(low)}</output>
      </label>
      <Source setting={unsure} show={percent} />
      <label>
        <span>{t('set.spam')}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={high}
          aria-valuetext={share(high)}
          onInput={(event) => setHigh(Math.max(Number(event.currentTarget.value), low))}
          onChange={() => keep('spam', high)}
        />
        <output>{share(high)}</output>
      </label>
      <Source setting={spam} show={percent} />
      <p class="about">{t('set.thresholds.about', { low: share(low), high: share(high) })}</p>
      <Wrong why={wrong} />
    </div>
  )
}
