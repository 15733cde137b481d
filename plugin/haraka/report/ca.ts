// report.ca: who vouches for a central Lazaret that has no certificate of a public authority.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, type Config } from '../../config.ts'
import { sentenceOf } from '../../whose.ts'
import { harakaDir } from '../setup.ts'
import type { Plugin } from '../types.ts'

/** Its PEM; '': the usual ones. Throws ConfigError where it is none. */
export function readCa(plugin: Plugin, { report }: Pick<Config, 'report'>): string {
  if (report.ca === '') return ''
  const path = resolve(harakaDir(plugin), 'config', report.ca)
  try {
    const pem = readFileSync(path, 'latin1')
    void new X509Certificate(pem)
    return pem
  } catch (error) {
    throw new ConfigError(
      `lazaret.ini: report.ca: ${path} is no PEM file of certificates: ${sentenceOf(error)}`,
    )
  }
}
