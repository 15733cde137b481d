// Texts as people paste and see them, without a browser around them.
import { describe, expect, test } from 'vitest'
import { visible } from '../../plugin/http/preview/visible.ts'
import { masksIn } from '../../web/settings/pasted.ts'

describe('what is pasted as masks', () => {
  test.each<[what: string, text: string, masks: string[]]>([
    ['lines of any system', 'a@x\r\nb@x\n\n\rc@x\u2028d@x', ['a@x', 'b@x', 'c@x', 'd@x']],
    ['an address with its name', 'Ann Doe <ann@x.example>', ['ann@x.example']],
    ['a field of a mail client', '"Doe, Ann" <ann@x>, Bob <bob@x>; c@x', ['ann@x', 'bob@x', 'c@x']],
    [
      'names with commas, as Outlook writes them',
      'Doe, Ann <ann@x>; Roe, Jim, PhD <jim@x>',
      ['ann@x', 'jim@x'],
    ],
    ['a link', 'mailto:ann@x.example', ['ann@x.example']],
    ['a link in brackets', '<mailto:ann@x.example>', ['ann@x.example']],
    ['a comment', 'ann@x.example (Ann)', ['ann@x.example']],
    ['between spaces', '*@spam.net  .evil.example\ta@b', ['*@spam.net', '.evil.example', 'a@b']],
    ['quotes', '"a, b;c"@x, "d <e"@x', ['"a, b;c"@x', '"d <e"@x']],
    ['other letters', 'Jürgen <jürgen@bücher.example>', ['jürgen@bücher.example']],
    [
      'what is none, whole',
      'no mask\njo*hn@x\nundisclosed-recipients:;',
      ['no mask', 'jo*hn@x', 'undisclosed-recipients:'],
    ],
    ['a quote without its end', '"a@x, b@x', ['"a@x', 'b@x']],
    ['nothing', ' \n ; , \n', []],
  ])('%s', (_what, text, masks) => {
    expect(masksIn(text)).toEqual(masks)
  })

  test('tens of thousands', () => {
    const all = Array.from({ length: 50_000 }, (_, i) => `ann${i}@x.example`)
    expect(masksIn(all.map((one) => `Ann <${one}>`).join(', '))).toEqual(all)
  })
})

describe('what hides is seen', () => {
  test.each<[what: string, text: string, seen: string]>([
    ['turned', 'in\u202evoice\u2066\u2069\u061c', 'in[U+202E]voice[U+2066][U+2069][U+061C]'],
    ['of no width', 'pay\u200bpal\u2060\ufeff\u00ad', 'pay[U+200B]pal[U+2060][U+FEFF][U+00AD]'],
    [
      'letters that are empty',
      '\u3164\u115f\uffa0\u17b4\u2800',
      '[U+3164][U+115F][U+FFA0][U+17B4][U+2800]',
    ],
    ['marks that are empty', 'a\u034fb\ufe0fc\u{e0101}', 'a[U+034F]b[U+FE0F]c[U+E0101]'],
    ['tags', '\u{e0041}\u{e007f}', '[U+E0041][U+E007F]'],
    ['controls', 'a\u0007\u0085b\u2028c\ud800', 'a[U+0007][U+0085]b[U+2028]c[U+D800]'],
    ['lines and tabs', 'a\r\n\tb', 'a\n\tb'],
    ['emoji as they are', '👩‍💻 ❤️ 1️⃣ ☎︎', '👩‍💻 ❤️ 1️⃣ ☎︎'],
    ['emoji, and more behind', '❤️\ufe0f', '❤️[U+FE0F]'],
    ['an ideograph of a name', '辻\u{e0100}', '辻\u{e0100}'],
    ['Persian and Hindi spelling', 'می\u200cخواهم क्\u200dष', 'می\u200cخواهم क्\u200dष'],
    ['the same in Latin words', 'pay\u200cpal pay\u200dpal', 'pay[U+200C]pal pay[U+200D]pal'],
  ])('%s', (_what, text, seen) => {
    expect(visible(text)).toBe(seen)
  })
})
