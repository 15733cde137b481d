/** A reply comes from a foreign server: one line, printable, bounded. */
export function oneLine(reply: string): string {
  return reply
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 500)
}
