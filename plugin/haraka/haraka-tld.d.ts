declare module 'haraka-tld' {
  /** RFC 7489 §3.2: the domain that was registered; null for a public suffix or no domain at all. */
  export function get_organizational_domain(host: string): string | null
  /** Resolves when the public suffix list has been read. */
  export const ready: Promise<unknown>
}
