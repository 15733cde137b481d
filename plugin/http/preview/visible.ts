// What is there and is not seen: characters that hide, turn the direction of what follows, or stand for nothing, shown
// by their numbers. Line ends and tabs stay, and what belongs to how emoji and letters are written.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu
const PICTURE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u
/** Which of its forms a sign is drawn in (Unicode §23.4): one, behind an emoji, a digit of a keycap, or an ideograph. */
const SELECTOR = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
const SELECTED = /[\p{Extended_Pictographic}\p{Emoji}\p{Script=Han}]$/u
/** Within words of scripts whose letters join (Unicode §23.2), a joiner, or its opposite, is spelling. */
const JOINER = /[\u200c\u200d]/
const LETTER =
  '[\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Deva}\\p{sc=Beng}\\p{sc=Guru}\\p{sc=Gujr}\\p{sc=Orya}\\p{sc=Taml}\\p{sc=Telu}\\p{sc=Knda}\\p{sc=Mlym}\\p{sc=Sinh}\\p{sc=Khmr}\\p{sc=Mymr}]'
const JOINED = [new RegExp(`${LETTER}$`, 'u'), new RegExp(`^${LETTER}`, 'u')] as const

export function visible(text: string): string {
  return text.replace(UNSEEN, (char, at: number) => {
    if (char === '\n' || char === '\t') return char
    if (char === '\r') return ''
    const before = text.slice(Math.max(0, at - 2), at)
    if (char === '\u200d' && PICTURE.test(before)) return char
    if (SELECTOR.test(char) && SELECTED.test(before)) return char
    if (JOINER.test(char) && JOINED[0].test(before) && JOINED[1].test(text.slice(at + 1, at + 3)))
      return char
    return `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
  })
}
