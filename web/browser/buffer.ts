// What plugin/filter/mask.ts asks of Node's Buffer.
const encoder = new TextEncoder()

export const Buffer = {
  byteLength: (text: string): number => encoder.encode(text).length,
}
