// What plugin/address.ts and plugin/filter/mask.ts ask of `node:url`, as a browser has it.

/** The A-labels of a domain; '' for what is none (UTS #46, as in the WHATWG URL). */
export function domainToASCII(domain: string): string {
  try {
    return new URL(`ws://${domain}`).hostname
  } catch {
    return ''
  }
}

/**
 * A browser does not tell U-labels. The page only asks whether a mask is one, which does not depend on them; in which form
 * it is kept the server says.
 */
export const domainToUnicode = (domain: string): string => domain
