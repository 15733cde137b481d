// What a template of lazaret.ini becomes for one address.

/** `%u`: the address, `%n`: what stands before its @. `how`: what these have to be where they are put. */
export function filled(
  template: string,
  address: string,
  how: (text: string) => string = (text) => text,
): string {
  const local = address.slice(0, address.lastIndexOf('@'))
  return template.replaceAll(/%[un]/g, (one) => how(one === '%u' ? address : local))
}
