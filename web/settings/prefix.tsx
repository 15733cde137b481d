// The prefix of spam that is delivered: whether there is one, and which. Two fields of one setting.
import { useId, useState } from 'preact/hooks'
import { t } from '../words.ts'
import { Source, useDraft, Wrong } from './fields.tsx'
import { isOff, save, settings } from './store.ts'

const USUAL = '***SPAM***'

export function Prefix() {
  const setting = settings.value?.get('subject_prefix')
  const id = useId()
  const value = setting?.value ?? ''
  const isOn = !isOff(value)
  /** What stood there before it was switched off. */
  const [before, setBefore] = useState(USUAL)
  const shown = isOn ? value : before
  const [problem, setProblem] = useState('')
  const { text, setText, commit, wrong } = useDraft(shown, (next) =>
    isOff(next) ? Promise.resolve(t('prefix.empty')) : save({ subject_prefix: next }),
  )
  if (!setting) return null
  const toggle = (field: HTMLInputElement): void => {
    if (isOn) setBefore(value)
    void save({ subject_prefix: field.checked ? shown : 'off' }).then((why) => {
      setProblem(why ?? '')
      if (why !== null) field.checked = isOn
    })
  }
  return (
    <div class="field">
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-describedby={id}
          onChange={(event) => toggle(event.currentTarget)}
        />
        <span>{t('set.prefix')}</span>
      </label>
      <label class="below">
        <span>{t('set.prefix.text')}</span>
        <input
          value={text}
          disabled={!isOn}
          maxLength={60}
          spellcheck={false}
          aria-invalid={wrong !== ''}
          onInput={(event) => setText(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => event.key === 'Enter' && commit()}
        />
      </label>
      <Wrong why={wrong || problem} />
      <span id={id} class="about">
        <span>{t('set.prefix.about')}</span>
        <Source setting={setting} show={(one) => (isOff(one) ? t('no') : one)} />
      </span>
    </div>
  )
}
