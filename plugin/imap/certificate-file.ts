// A configured certificate: read where Haraka still may, and again when it was renewed (Let's Encrypt and the like).
import { statSync } from 'node:fs'
import { ConfigError } from '../config.ts'
import { sentenceOf } from '../whose.ts'
import { PemError, readPem, type CertificateFiles, type Pem } from '../pem.ts'

/** How often a renewed certificate is looked for, in ms. */
const LOOK_MS = 60_000

export class CertificateFile {
  /** As of the last look. */
  pem: Pem
  readonly #files: CertificateFiles
  readonly #error: (line: string) => void
  #stamp: string
  #timer: NodeJS.Timeout | null = null

  /** Throws, in words, what is wrong with the files. */
  constructor(files: CertificateFiles, error: (line: string) => void) {
    this.#files = files
    this.#error = error
    try {
      this.pem = readPem(files)
      this.#stamp = stamp(files)
    } catch (cause) {
      const which = cause instanceof PemError ? cause.which : 'cert'
      throw new ConfigError(
        `lazaret.ini: imap.${which}: ${sentenceOf(cause)} (paths are relative to Haraka's config folder)`,
      )
    }
  }

  /** Tells renewed ones. */
  watch(renewed: (pem: Pem) => void): void {
    this.#timer = setInterval(() => {
      if (this.look()) renewed(this.pem)
    }, LOOK_MS).unref()
  }

  /** Reads the files again where they changed; true: they did, and are good. */
  look(): boolean {
    try {
      const now = stamp(this.#files)
      if (now === this.#stamp) return false
      this.pem = readPem(this.#files)
      this.#stamp = now
      return true
    } catch (error) {
      // A renewal may be half done: the old one serves until it is whole.
      this.#error(
        `imap certificate: ${sentenceOf(error)}; the old one is served on (docs/operate.md "Users and certificates")`,
      )
      return false
    }
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }
}

function stamp({ cert, key }: CertificateFiles): string {
  return [cert, key].map((path) => statSync(path).mtimeMs).join()
}
