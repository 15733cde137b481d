// What is there and is not seen: characters that hide, turn the direction of what follows, or stand for nothing, shown
// by their numbers. Line ends and tabs stay, and what joins emoji.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u

export function visible(text: string): string {
  return text.replace(UNSEEN, (char, at: number) => {
    if (char === '\n' || char === '\t') return char
    if (char === '\r') return ''
    if (char === '\u200d' && PICTURE.test(text.slice(Math.max(0, at - 2), at))) return char
    return `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
  })
}
