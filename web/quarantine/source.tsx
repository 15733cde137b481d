// A message byte for byte as it came, as far as a person reads: what hides in it is shown.
import { useEffect, useState } from 'preact/hooks'
import { visible } from '../../plugin/http/preview/visible.ts'
import { urlOf } from '../api.ts'
import { sentence } from '../told.tsx'
import { size, t } from '../words.ts'
import type { Item } from './item.ts'

/** Octets: the rest is in the file. */
const SHOWN_MAX = 200_000

async function begin(id: number, signal: AbortSignal): Promise<string> {
  const answer = await fetch(urlOf(`items/${id}/raw`), { signal })
  const reader = answer.ok ? answer.body?.getReader() : undefined
  if (!reader) throw new Error(answer.statusText)
  const decoder = new TextDecoder()
  let text = ''
  for (let octets = 0; octets < SHOWN_MAX;) {
    const { value, done } = await reader.read()
    if (done) break
    octets += value.length
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return visible(text)
}

export function Source({ item }: { item: Item }) {
  const [text, setText] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    const stop = new AbortController()
    void begin(item.id, stop.signal).then(setText, (error: unknown) => {
      if (!stop.signal.aborted) setWrong(sentence(error))
    })
    return () => stop.abort()
  }, [item.id])
  return (
    <>
      <p>
        <a href={urlOf(`items/${item.id}/raw`)} download={`${item.id}.eml`}>
          {t('source', { size: size(item.size) })}
        </a>
      </p>
      {wrong !== '' && (
        <p class="wrong" role="alert">
          <bdi>{wrong}</bdi>
        </p>
      )}
      {text === null ? (
        wrong === '' && <p class="quiet">{t('loading')}</p>
      ) : (
        <pre class="text" dir="ltr">
          {text}
          {item.size > SHOWN_MAX && '\n[...]'}
        </pre>
      )}
    </>
  )
}
