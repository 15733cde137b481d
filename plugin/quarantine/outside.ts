// Who else knows passwords: what is handed in for a domain, and what becomes of it when it does not answer.
import { Refused } from '../errors.ts'

/** A server of a domain that is asked whether a password is right. */
export interface Backend {
  /** `imap mail.example.com:993`, for the log. */
  readonly title: string
  /** Whoever logs in for the first time gets an account. */
  readonly create: boolean
  /** For so long a right password is not asked about again, in ms. */
  readonly cache: number
  /** Throws Unavailable where it cannot be told. */
  check(address: string, password: string): Promise<boolean>
  /** Whether it can be reached and is who it says, without a password. Throws Unavailable. */
  probe(): Promise<void>
}

/** A provider of OpenID Connect of a domain. */
export interface Provider {
  readonly title: string
  readonly create: boolean
  /** Where to send the browser, and what to keep for its return: a secret of that browser. Throws Unavailable. */
  begin(redirect: string, hint?: string): Promise<{ url: string; state: string }>
  /** The address that the provider vouches for; null: none. `url`: at which the browser came back. */
  finish(url: string, state: string): Promise<string | null>
  probe(): Promise<void>
}

export interface Outside {
  readonly backends: ReadonlyMap<string, Backend>
  readonly providers: ReadonlyMap<string, Provider>
}

/** The password was not looked at: nothing is counted, and what is told says nothing of the account. `cause`: why. */
export class Unavailable extends Refused {
  constructor(title: string, cause: unknown) {
    super(
      'busy',
      'The server that knows the passwords of this domain does not answer now; try again later.',
    )
    const why = cause instanceof Error ? cause.message : String(cause)
    this.cause = new Error(`login back end ${title}: ${why.split('\n')[0].slice(0, 500)}`)
  }
}
