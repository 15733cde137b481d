// Comma-separated values (RFC 4180): rows of fields, with the line on which each begins.
import { Refused } from '../../errors.ts'

export interface Row {
  /** From 1. */
  line: number
  fields: string[]
}

/** Rows that hold anything. Refused, with the line, where a quote stands wrong. */
export function readCsv(text: string): Row[] {
  const rows: Row[] = []
  const whole = text.replace(/^\ufeff/, '') // spreadsheets put it there
  let [line, at] = [1, 0]
  while (at < whole.length) {
    const row: Row = { line, fields: [] }
    for (let ended = false; !ended;) {
      let field = ''
      if (whole[at] === '"') {
        // RFC 4180 §2 rules 5 to 7: line ends and commas may stand in quotes, quotes doubled
        for (at++; whole[at] !== '"' || whole[at + 1] === '"'; at++) {
          if (at >= whole.length)
            throw new Refused('invalid', `Line ${row.line}: a quote is not closed.`)
          if (whole[at] === '\n') line++
          if (whole[at] === '"') at++
          field += whole[at]
        }
        at++
      } else {
        const [plain] = /[^,\r\n]*/y.exec(whole.slice(at, at + FIELD_MAX)) ?? ['']
        field = plain.trim()
        at += plain.length
      }
      row.fields.push(field)
      if (whole[at] === ',') at++
      else if (at >= whole.length || /[\r\n]/.test(whole[at])) ended = true
      else
        throw new Refused(
          'invalid',
          `Line ${line}: a comma is missing behind a field, or a quote stands inside of it.`,
        )
    }
    if (whole[at] === '\r') at++
    if (whole[at] === '\n') at++
    line++
    if (row.fields.some((field) => field !== '')) rows.push(row)
  }
  return rows
}

/** Longer ones are no names and no passwords. */
const FIELD_MAX = 10_000
