// How far the filter has come for the mail of the scope shown: what it was taught, and what it holds by that.
import { useEffect, useState } from 'preact/hooks'
import { get } from '../api.ts'
import { t, type Word } from '../words.ts'

interface Stands {
  holds: 'nothing' | 'very sure' | 'sure'
  ham: number
  spam: number
  enough: number
}

export function Standing({ scope }: { scope: string }) {
  const [stands, setStands] = useState<Stands | null>(null)
  useEffect(() => {
    setStands(null)
    // What cannot be said is left out: settings are shown all the same.
    void get<Stands>(`model/${encodeURIComponent(scope)}`).then(setStands, () => setStands(null))
  }, [scope])
  // Its line is there before: nothing below moves when it comes.
  return (
    <p class="standing">
      {stands && t(wordOf(stands), { ham: stands.ham, spam: stands.spam, enough: stands.enough })}
    </p>
  )
}

function wordOf({ holds, ham, spam }: Stands): Word {
  if (holds === 'very sure') return 'stands.very'
  if (holds === 'sure') return 'stands.sure'
  if (ham === 0 && spam === 0) return 'stands.untaught'
  if (ham === 0) return 'stands.ham'
  return spam === 0 ? 'stands.spam' : 'stands.few'
}
