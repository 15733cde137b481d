// RFC 5322 §3.6.4 identification fields.

/**
 * The message identifiers of a Message-ID, In-Reply-To or References value, in order, without their
 * angle brackets, quoting taken off (RFC 5256 §2.2 compares them so). Words of old mail that are not
 * identifiers ("Your message of Monday") are passed over. Linear in the length of the value.
 */
export function messageIds(value: string): string[] {
  const ids: string[] = []
  let at = value.indexOf('<')
  while (at >= 0) {
    let id = ''
    let quoted = false
    let i = at + 1
    for (; i < value.length; i++) {
      const c = value[i]
      if (c === '"') quoted = !quoted
      else if (c === '\\' && quoted && i + 1 < value.length) id += value[++i]
      else if (!quoted && (c === '>' || c === '<')) break
      else if (c > ' ') id += c
    }
    if (value[i] === '>' && id.includes('@')) ids.push(id)
    at = value.indexOf('<', quoted ? value.length : i)
  }
  return ids
}
