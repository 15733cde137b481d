// Whom a display name claims to be.

/** An address in running text, so far that a person takes it for one. */
const ADDRESS = /[^\s<>"(),:;]+@[^\s<>"(),:;]+\.[^\s<>"(),:;]+/

/** An address in the name that is not the one behind it; null: there is none. */
export function claimed({ name, address }: { name: string; address: string }): string | null {
  const found = ADDRESS.exec(name)?.[0]
  return found !== undefined && found.toLowerCase() !== address.toLowerCase() ? found : null
}
