// From which score a message is unsure, and from which it is spam: over one's own mail, with what another place would change.
import { useEffect, useState } from 'preact/hooks'
import { share, t, type Word } from '../words.ts'
import { Dots } from './dots.tsx'
import { Source, Wrong } from './fields.tsx'
import { save, settings, type Setting } from './store.ts'
import { asIf, forget, guess, wonder } from './what-if.ts'

type Key = 'unsure' | 'spam'

export function Thresholds({ scope }: { scope: string }) {
  const unsure = settings.value?.get('unsure')
  const spam = settings.value?.get('spam')
  const [low, setLow] = useState(0)
  const [high, setHigh] = useState(1)
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    if (unsure) setLow(Number(unsure.value))
    if (spam) setHigh(Number(spam.value))
    forget()
  }, [unsure?.value, spam?.value, scope])
  if (!unsure || !spam) return null
  const move = (key: Key, value: number): void => {
    if (key === 'unsure') setLow(value)
    else setHigh(value)
    const old = Number((key === 'unsure' ? unsure : spam).value)
    if (value === old) forget()
    else wonder(scope, { [key]: value })
  }
  const keep = (key: Key, value: number): void => {
    if (value === Number((key === 'unsure' ? unsure : spam).value)) return
    void save({ [key]: String(value) }).then((why) => setWrong(why ?? ''))
  }
  return (
    <div class="field thresholds">
      <Dots scope={scope} low={low} high={high} />
      <Line
        setting={unsure}
        label="set.unsure"
        value={low}
        move={(value) => move('unsure', Math.min(value, high))}
        keep={() => keep('unsure', low)}
      />
      <Line
        setting={spam}
        label="set.spam"
        value={high}
        move={(value) => move('spam', Math.max(value, low))}
        keep={() => keep('spam', high)}
      />
      <p class="about effect" role="status">
        {asIf.value === null
          ? t('set.thresholds.about', { low: share(low), high: share(high) })
          : guess(asIf.value)}
      </p>
      <Wrong why={wrong} />
    </div>
  )
}

interface LineProps {
  setting: Setting
  label: Word
  value: number
  move: (value: number) => void
  keep: () => void
}

function Line({ setting, label, value, move, keep }: LineProps) {
  return (
    <div class="threshold">
      <label>
        <span>{t(label)}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={value}
          aria-valuetext={share(value)}
          onInput={(event) => move(Number(event.currentTarget.value))}
          onChange={keep}
        />
      </label>
      <output>{share(value)}</output>
      <Source setting={setting} show={(one) => share(Number(one))} />
    </div>
  )
}
