// What people paste as masks: lines of a list, or addresses as mail clients copy them, `Ann <ann@example.com>, bob@example.com`.

/** The texts of masks in it, in their order; what is none is left as it is, to be told about. */
export function masksIn(text: string): string[] {
  return text.split(/[\r\n\u2028\u2029]+/).flatMap(ofLine)
}

function ofLine(line: string): string[] {
  const found: string[][] = []
  // From the end: what stands before `Ann <ann@example.com>` without an "@" is of her name, as in `Doe, Ann <...>`.
  let isName = false
  for (const piece of pieces(line).toReversed()) {
    const hasAddress = /<[^<>]*>$/.test(piece)
    if (isName && !hasAddress && !/^\.|@/.test(piece)) continue
    isName = hasAddress
    found.push(addressesOf(piece))
  }
  return found.toReversed().flat()
}

/** Between commas, semicolons and tabs that stand neither in quotes nor in `<...>` (RFC 5322 §3.4). */
function pieces(line: string): string[] {
  const found = line.match(/(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|[^,;\t])+/g) ?? []
  return found.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

function addressesOf(piece: string): string[] {
  const address = /<\s*([^<>]*?)\s*>$/.exec(piece)?.[1]
  if (address) return [bare(address)]
  // A comment behind an address (RFC 5322 §3.2.2).
  const told = /^(\S*@\S*)\s+\([^()]*\)$/.exec(piece)?.[1]
  if (told !== undefined) return [bare(told)]
  const words = piece.split(/\s+/)
  return !piece.includes('"') && words.every((word) => /^\.|@/.test(word))
    ? words.map(bare)
    : [piece]
}

const bare = (address: string): string => address.replace(/^mailto:/i, '')
