// Headers that other filters or a mail store wrote: they say what somebody else thought.
import { startsWith } from './bytes'
import { small } from './hash'

/** What a dropped name starts with. Those in `x-` first, in the order of their third letter. */
const PREFIXES: StaticArray<string> = [
  'x-account-key',
  'x-amavis',
  'x-anti',
  'x-asg-',
  'x-barracuda',
  'x-bitdefender',
  'x-bogosity',
  'x-brightmail',
  'x-clamav',
  'x-cloudmark',
  'x-crm114',
  'x-dcc',
  'x-dspam',
  'x-evolution',
  'x-folder',
  'x-forefront-antispam',
  'x-gmail-',
  'x-greylist',
  'x-hashcash',
  'x-imap',
  'x-ironport',
  'x-junk',
  'x-keywords',
  'x-kmail',
  'x-mailscanner',
  'x-microsoft-antispam',
  'x-mimedefang',
  'x-mozilla',
  'x-ms-exchange-organization-scl',
  'x-pmx',
  'x-policyd',
  'x-proofpoint',
  'x-pyzor',
  'x-razor',
  'x-rc-',
  'x-rspamd',
  'x-sanitizer',
  'x-scan',
  'x-spam',
  'x-status',
  'x-uidl',
  'x-uvscan',
  'x-vade',
  'x-virus',
  'xchecker',
  'xlevel',
  'xstatus',
  'content-length',
  'delivery-date',
  'lines',
  'status',
]

/** Where the names outside of `x-` start in PREFIXES. */
const OTHERS: i32 = 44

/** For each letter: where the names `x-` + letter start in PREFIXES. */
let starts: usize = 0

export function prepareDropped(): void {
  starts = heap.alloc(28)
  let k = 0
  for (let letter = 0; letter < 27; letter++) {
    while (k < OTHERS && <i32>PREFIXES[k].charCodeAt(2) - 97 < letter) k++
    store<u8>(starts + letter, k)
  }
}

/** Whether the header named `[p, end)` is not looked at. */
export function isDropped(p: usize, end: usize): bool {
  const first = load<u8>(p) | 32
  let from = OTHERS
  let to = PREFIXES.length
  if (first == 120 && end > p + 2 && load<u8>(p, 1) == 45) {
    const third = small(load<u8>(p, 2)) - 97
    if (third > 25) return false
    from = load<u8>(starts + third)
    to = load<u8>(starts + third, 1)
  } else if (first != 120 && first != 99 && first != 100 && first != 108 && first != 115)
    return false
  for (let i = from; i < to; i++) if (startsWith(p, end, PREFIXES[i])) return true
  return false
}
